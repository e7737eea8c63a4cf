(function (sim) {
  'use strict';

  const FUNCTIONS = { java: 'murmur2', librdkafka: 'CRC32' };

  sim.figures = sim.figures || {};
  sim.figures['key-partition'] = function (data, values) {
    const { say, visible } = sim.text;
    const { bytes, hash, partition } = sim.keys;
    const partitions = Number(values.partitions);
    const family = (client) => say(data, 'key_' + client);
    const key = bytes(values.key);
    const own = partition(values.client, key, partitions);
    const made = hash(values.client, key);
    // Every partition as a cell; the one that gets the message is marked.
    const view = (at, count) => {
      const cells = [];
      for (let number = 0; number < count; number += 1) { cells.push([String(number), number === at ? 'good' : '']); }
      return [{ label: say(data, 'key_lane'), cells }];
    };
    const steps = [{ text: say(data, 'key_bytes', { key: visible(values.key), n: key.length }), view: view(-1, partitions) }];
    if (own === null) {
      steps.push({ text: say(data, 'key_none', { client: family(values.client) }), view: view(-1, partitions) });
    } else {
      steps.push({ text: say(data, 'key_hash', { client: family(values.client), function: FUNCTIONS[values.client], hash: made }), view: view(-1, partitions) });
      steps.push({ text: say(data, 'key_partition', { hash: made, partitions, partition: own }), view: view(own, partitions) });
    }
    const other = values.client === 'java' ? 'librdkafka' : 'java';
    const theirs = partition(other, key, partitions);
    const form = theirs === null ? 'key_other_none' : theirs === own ? 'key_other_same' : 'key_other_differs';
    steps.push({
      text: say(data, form, { client: family(other), function: FUNCTIONS[other], hash: hash(other, key), partition: theirs }),
      view: view(theirs === null ? -1 : theirs, partitions),
    });
    if (own !== null) {
      const moved = partition(values.client, key, partitions + 1);
      const text = say(data, moved === own ? 'key_more_same' : 'key_more_moves', { hash: made, partitions: partitions + 1, partition: moved });
      steps.push({ text, view: view(moved, partitions + 1) });
    }
    const cell = (found) => (found === null ? say(data, 'key_any') : String(found));
    const row = (text) => {
      const raw = bytes(text);
      return [visible(text), cell(partition('java', raw, partitions)), cell(partition('librdkafka', raw, partitions)), cell(partition('java', raw, partitions + 1))];
    };
    return {
      start: view(-1, partitions),
      steps,
      table: {
        caption: say(data, 'key_caption', { topic: data.model.topic, n: partitions }),
        head: [say(data, 'key'), family('java'), family('librdkafka'), say(data, 'key_more', { n: partitions + 1 })],
        rows: [values.key].concat(data.model.keys).map(row),
      },
    };
  };
}(typeof module !== 'undefined' ? module.exports : (window.mqlabSim = window.mqlabSim || {})));
