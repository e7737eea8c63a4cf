// usage: node ask.js < question.json
// Asks the engines of the figures what the live tests ask the clients and the broker, in the same form.
'use strict';

const fs = require('node:fs');
const { engines } = require('./engines');
const { routed } = require('./replay');

const sim = engines();
const question = JSON.parse(fs.readFileSync(0, 'utf8'));

function keys() {
  return question.keys.map((key) => question.partitions.map((partitions) => sim.keys.partition(question.client, sim.keys.bytes(key), partitions)));
}

// The rounds for the first members, then those of the change.
function rounds(one) {
  const first = sim.assign.rounds(one.strategy, one.members, one.topics, {});
  if (!one.then) { return first; }
  return first.concat(sim.assign.rounds(one.strategy, one.then, one.topics, first[first.length - 1]));
}

function routes(one) {
  return one.messages.map((message) => {
    const { found, dead } = routed(sim, one.map, message.exchange, message);
    return { queues: found.delivered, dead };
  });
}

function queues() {
  const { byMessageGroup, byShardingKey } = sim.select;
  return question.groups.map((key) => [byMessageGroup, byShardingKey].map((pick) => question.queues.map((count) => pick(key, count))));
}

const answer = question.groups ? queues() : question.keys ? keys() : question.cases ? question.cases.map(rounds) : question.stacks.map(routes);
process.stdout.write(JSON.stringify(answer));
