(function (sim) {
  'use strict';

  // More partitions than this are shown as runs.
  const CELLS = 48;

  sim.figures['group-assignment'] = function (data, values) {
    const { say, visible, ranges } = sim.text;
    const { rounds, number, topic } = sim.assign;
    const { group, topics, most } = data.model;
    const names = Object.keys(topics).sort();
    const partitions = names.reduce((sum, name) => sum + topics[name], 0);
    const member = (at) => 'c' + String(at).padStart(String(most + 1).length, '0');
    const count = Number(values.members);
    const members = Array.from({ length: count }, (_, at) => member(at + 1));
    const numbers = (own, name) => own.filter((one) => topic(one) === name).map(number).sort((one, two) => one - two);
    const list = (own) => names.filter((name) => numbers(own, name).length)
      .map((name) => visible(name) + ': ' + ranges(numbers(own, name))).join('; ');
    const cells = (own, before) => {
      if (!own.length) { return [[say(data, 'group_none'), 'off']]; }
      if (partitions > CELLS) { return [[list(own), '']]; }
      return own.map((one) => [(names.length > 1 ? visible(topic(one)) + ' ' : '') + number(one), before && !before.includes(one) ? 'good' : '']);
    };
    const view = (found, before) => Object.keys(found).sort().map((name) => ({ label: name, cells: cells(found[name], before && (before[name] || [])) }));
    const empty = {};
    members.forEach((name) => { empty[name] = []; });
    const steps = [{ text: say(data, 'group_begin', { group, n: count, partitions }), view: view(empty) }];
    let now = rounds(values.strategy, members, topics, {}).pop();
    const dealt = {};
    Object.keys(now).sort().forEach((name) => {
      dealt[name] = now[name];
      const text = now[name].length ? say(data, 'group_gets', { member: name, list: list(now[name]) }) : say(data, 'group_idle', { member: name });
      steps.push({ text, view: view(Object.assign({}, empty, dealt)) });
    });
    if (values.strategy === 'share') { steps.push({ text: say(data, 'group_shared'), view: view(now) }); }
    if (values.change !== 'none') { now = change(now); }

    function change(first) {
      const joins = values.change === 'joins';
      const who = joins ? member(count + 1) : members[0];
      const left = joins ? members.concat(who) : members.slice(1);
      const owned = {};
      left.forEach((name) => { owned[name] = first[name] || []; });
      steps.push({ text: say(data, joins ? 'group_joins' : 'group_leaves', { member: who }), view: view(owned) });
      if (!left.length) {
        steps.push({ text: say(data, 'group_nobody'), view: [] });
        return {};
      }
      // Eager assignors: everybody gives up everything before anything is dealt out (KIP-429).
      const eager = ['range', 'roundrobin', 'sticky'].includes(values.strategy);
      let before = owned;
      rounds(values.strategy, left, topics, owned).forEach((after) => {
        const shown = {};
        left.forEach((name) => { shown[name] = eager ? [] : before[name].filter((one) => after[name].includes(one)); });
        const base = Object.assign({}, shown);
        left.forEach((name) => {
          const lost = before[name].filter((one) => !base[name].includes(one));
          if (lost.length) { steps.push({ text: say(data, 'group_revoked', { member: name, list: list(lost) }), view: view(before) }); }
        });
        left.forEach((name) => {
          const won = after[name].filter((one) => !base[name].includes(one));
          shown[name] = after[name];
          if (won.length) { steps.push({ text: say(data, 'group_added', { member: name, list: list(won) }), view: view(shown, base) }); }
        });
        before = after;
      });
      const holders = (found, one) => Object.keys(found).filter((name) => found[name].includes(one)).join();
      const moved = Array.from(new Set([].concat(...Object.values(before)))).filter((one) => holders(first, one) !== holders(before, one)).length;
      if (values.strategy !== 'share') { steps.push({ text: say(data, 'group_moved', { n: moved, partitions }), view: view(before) }); }
      return before;
    }

    return {
      start: view(empty),
      steps,
      table: {
        caption: say(data, 'group_caption', { group }),
        head: [say(data, 'group_member')].concat(names.map(visible), say(data, 'group_number')),
        rows: Object.keys(now).sort().map((name) => [name].concat(
          names.map((one) => ranges(numbers(now[name], one)) || say(data, 'group_none')), String(now[name].length))),
      },
    };
  };
}(window.mqlabSim));
