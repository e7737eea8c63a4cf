(function (sim) {
  'use strict';

  sim.figures['queue-selection'] = function (data, values) {
    const { say, visible } = sim.text;
    const { byShardingKey, byMessageGroup } = sim.select;
    const queues = Number(values.queues);
    const pick = (way, key, count) => (way === 'group' ? byMessageGroup : byShardingKey)(key, count);
    const view = (at, count, own) => [{
      label: say(data, 'select_lane'),
      cells: Array.from({ length: count }, (_, queue) => [[queue].concat((own && own[queue]) || []).join(' '), queue === at ? 'good' : '']),
    }];
    const start = view(-1, queues);
    const steps = [];
    if (values.way === 'round') {
      const own = [];
      steps.push({ text: say(data, 'select_round', { topic: data.model.topic, n: queues }), view: start });
      for (let number = 0; number < data.model.messages; number += 1) {
        const queue = number % queues;
        own[queue] = (own[queue] || []).concat('m' + (number + 1));
        steps.push({ text: say(data, 'select_turn', { message: 'm' + (number + 1), queue }), view: view(queue, queues, own.slice()) });
      }
      steps.push({ text: say(data, 'select_unordered'), view: view(-1, queues, own) });
    } else {
      const key = visible(values.key);
      const group = values.way === 'group';
      const hash = sim.keys.stringHash(values.key);
      const own = pick(values.way, values.key, queues);
      const moved = pick(values.way, values.key, queues + 1);
      steps.push({ text: say(data, group ? 'select_group_hash' : 'select_key_hash', { key, hash }), view: start });
      steps.push({ text: say(data, group ? 'select_bucket' : 'select_queue', { hash, n: queues, queue: own }), view: view(own, queues) });
      steps.push({ text: say(data, 'select_same', { key, queue: own }), view: view(own, queues) });
      steps.push({ text: say(data, moved === own ? 'select_more_same' : 'select_more_moves', { n: queues + 1, queue: moved }), view: view(moved, queues + 1) });
    }
    return {
      start,
      steps,
      table: {
        caption: say(data, 'select_caption', { topic: data.model.topic, n: queues }),
        head: [say(data, 'select_key'), say(data, 'select_group'), say(data, 'select_sharding')],
        rows: [values.key].concat(data.model.keys).map((key) => [visible(key), String(pick('group', key, queues)), String(pick('sharding', key, queues))]),
      },
    };
  };
}(window.mqlabSim));
