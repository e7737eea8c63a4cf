// usage: node vectors.js
// The engines of the figures against what was recorded from clients and brokers, and against what Rust says.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { ROOT, engines, figure } = require('./engines');

const FOLDER = path.join(ROOT, 'tests', 'fixtures', 'vectors');
const sim = engines();
const failures = [];
let checks = 0;

function expect(what, found, wanted) {
  checks += 1;
  if (JSON.stringify(found) !== JSON.stringify(wanted)) {
    failures.push(`${what}: found ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`);
  }
}

function recorded(name, check) {
  const file = path.join(FOLDER, name);
  if (!fs.existsSync(file)) { failures.push(`${file} is missing`); return; }
  check(JSON.parse(fs.readFileSync(file, 'utf8')));
}

// With the input that it begins with, a figure says what the page says without a script.
function figures() {
  const folder = path.join(FOLDER, 'figures');
  fs.readdirSync(folder).sort().forEach((name) => {
    const page = figure(fs.readFileSync(path.join(folder, name), 'utf8'));
    const values = {};
    page.data.controls.forEach((one) => { values[one.name] = one.value; });
    const run = sim.figures[page.name](page.data, values);
    expect(`${name}: steps`, run.steps.map((step) => step.text), page.steps);
    if (run.table) { expect(`${name}: table`, run.table, page.table); }
    everyInput(name, page);
  });
}

// Whatever is chosen, every step has a sentence, and the same choice gives the same steps.
function everyInput(name, page) {
  const choices = page.data.controls.map((one) => {
    if (one.type === 'select') { return one.options.map(([value]) => value); }
    if (one.range) { return [one.range[0], Math.min(one.range[0] + 1, one.range[1]), one.range[1]].map(String); }
    return [one.value, '', 'a.b', 'a=01, b=-0, c=1.5', '<i>\u202e', '订单.😀'];
  });
  const all = choices.reduce((before, values) => before.flatMap((one) => values.map((value) => one.concat(value))), [[]]);
  all.forEach((chosen) => {
    const values = {};
    page.data.controls.forEach((one, at) => { values[one.name] = chosen[at]; });
    const run = sim.figures[page.name](page.data, values);
    const good = run.steps.length > 0 && run.steps.every((step) => typeof step.text === 'string' && !/undefined|NaN|\u202e|\{\w+\}/.test(step.text));
    if (!good) { failures.push(`${name}: ${JSON.stringify(values)}: ${JSON.stringify(run.steps.map((step) => step.text))}`); }
    checks += 1;
    expect(`${name}: ${chosen}: the same again`, sim.figures[page.name](page.data, values), run);
  });
}

function keys() {
  recorded('keys.json', ({ keys: all, partitions, clients }) => {
    Object.keys(clients).forEach((client) => all.forEach((key, at) => {
      expect(`${client}: ${key}`, partitions.map((count) => sim.keys.partition(client, sim.keys.bytes(key), count)), clients[client][at]);
    }));
    expect('keys', all.length >= 500, true);
  });
  recorded('queues.json', ({ queues, keys: all, found }) => {
    const { byMessageGroup, byShardingKey } = sim.select;
    all.forEach((key, at) => {
      expect(`queue of ${key}`, [byMessageGroup, byShardingKey].map((pick) => queues.map((count) => pick(key, count))), found[at]);
    });
  });
  expect('hashCode', sim.keys.stringHash('hello'), 99162322);
}

function assignments() {
  recorded('assignments.json', (all) => {
    expect('groups', all.length >= 200, true);
    all.forEach(({ case: one, rounds }) => {
      const first = sim.assign.rounds(one.strategy, one.members, one.topics, {});
      const found = first.concat(sim.assign.rounds(one.strategy, one.then, one.topics, first[first.length - 1]));
      // Which partitions a member of a share group gets depends on the topic's id; how many does not.
      const sizes = (list) => list.map((round) => Object.keys(round).sort().map((member) => round[member].length));
      const sorted = (list) => list.map((round) => Object.keys(round).sort().map((member) => [member, round[member]]));
      const shown = one.strategy === 'share' ? sizes : sorted;
      expect(JSON.stringify(one), shown(found), shown(rounds));
    });
  });
}

function routes() {
  recorded('routes.json', ({ map, vectors }) => {
    expect('routes', vectors.length >= 100, true);
    vectors.forEach(({ exchange, key, headers, queues, steps }) => {
      const found = sim.route.trace(map, exchange, { key, headers });
      const label = `route ${exchange} ${key} ${JSON.stringify(headers)}`;
      expect(`${label}: queues`, found.delivered, queues);
      if (steps) { expect(`${label}: steps`, found.steps.map((step) => [step.from, step.to, step.matched, step.code]), steps); }
    });
  });
  recorded('patterns.json', ({ patterns, keys: all }) => {
    all.forEach(([key, row]) => patterns.forEach((pattern, at) => {
      const { took, stop } = sim.route.walk(pattern, key);
      expect(`${pattern} ${key}`, stop.code[0] + took.map((one) => one.to - one.from).join(''), row[at]);
      expect(`${pattern} ${key} matches`, sim.route.matches(pattern, key), row[at][0] === 'm');
    }));
  });
}

keys();
assignments();
routes();
figures();
console.log(`vectors: ${checks} checks, ${failures.length} failed`);
failures.slice(0, 20).forEach((failure) => console.error(`  ✗ ${failure.slice(0, 1500)}`));
process.exit(failures.length ? 1 : 0);
