// What was recorded from clients and brokers, given to the engines of the figures again. These functions use nothing but
// each other, so that a page can be given their source.
'use strict';

// Where a message goes, and where each queue that has it and has dead letters sends it when it is rejected.
function routed(sim, map, exchange, message) {
  const found = sim.route.trace(map, exchange, message);
  const dead = {};
  found.steps.filter((step) => ['dead', 'dead_key'].includes(step.code)).forEach(({ to, values }) => {
    const again = { key: values.key === undefined ? message.key : values.key, headers: message.headers };
    dead[values.queue] = sim.route.trace(map, to, again).delivered;
  });
  return { found, dead };
}

// `recorded`: the files below tests/fixtures/vectors, and in `figures` what `figure` of engines.js reads from them.
// Gives how many things were compared, and what was not as recorded.
function replay(sim, recorded, where) {
  const failures = [];
  let checks = 0;

  function expect(what, found, wanted) {
    checks += 1;
    if (JSON.stringify(found) !== JSON.stringify(wanted)) {
      failures.push(`${what}: found ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`);
    }
  }

  // With the input that it begins with, a figure says what the page says without a script.
  function figure(name, page) {
    const values = {};
    page.data.controls.forEach((one) => { values[one.name] = one.value; });
    const run = sim.figures[page.name](page.data, values);
    expect(`${name}: steps`, run.steps.map((step) => step.text), page.steps);
    if (run.table) { expect(`${name}: table`, run.table, page.table); }
    everyInput(name, page);
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

  function keys({ keys: all, partitions, clients }) {
    Object.keys(clients).forEach((client) => all.forEach((key, at) => {
      expect(`${client}: ${key}`, partitions.map((count) => sim.keys.partition(client, sim.keys.bytes(key), count)), clients[client][at]);
    }));
    expect('keys', all.length >= 500, true);
    expect('hashCode', sim.keys.stringHash('hello'), 99162322);
  }

  function queues({ queues: counts, keys: all, found }) {
    const { byMessageGroup, byShardingKey } = sim.select;
    all.forEach((key, at) => {
      expect(`queue of ${key}`, [byMessageGroup, byShardingKey].map((pick) => counts.map((count) => pick(key, count))), found[at]);
    });
    expect('queues', all.length >= 500, true);
  }

  function assignments(all) {
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
  }

  function routes({ map, vectors }) {
    expect('routes', vectors.length >= 100, true);
    expect('rejected', vectors.some(({ dead }) => dead), true);
    vectors.forEach(({ exchange, key, headers, queues: wanted, steps, dead }) => {
      const { found, dead: lands } = routed(sim, map, exchange, { key, headers });
      const label = `route ${exchange} ${key} ${JSON.stringify(headers)}`;
      expect(`${label}: queues`, found.delivered, wanted);
      expect(`${label}: dead letters`, Object.entries(lands).sort(), Object.entries(dead || {}).sort());
      if (steps) { expect(`${label}: steps`, found.steps.map((step) => [step.from, step.to, step.matched, step.code]), steps); }
    });
  }

  function patterns({ patterns: all, keys: rows }) {
    rows.forEach(([key, row]) => all.forEach((pattern, at) => {
      const { took, stop } = sim.route.walk(pattern, key);
      expect(`${pattern} ${key}`, stop.code[0] + took.map((one) => one.to - one.from).join(''), row[at]);
      expect(`${pattern} ${key} matches`, sim.route.matches(pattern, key), row[at][0] === 'm');
    }));
  }

  keys(recorded['keys.json']);
  queues(recorded['queues.json']);
  assignments(recorded['assignments.json']);
  routes(recorded['routes.json']);
  patterns(recorded['patterns.json']);
  Object.entries(recorded.figures).forEach(([name, page]) => figure(name, page));
  return { checks, failures: failures.map((failure) => `${where}: ${failure}`) };
}

module.exports = { replay, routed };
