(function (sim) {
  'use strict';

  // More partitions than this are shown as runs.
  const CELLS = 48;

  sim.figures = sim.figures || {};
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
      let before = owned;
      rounds(values.strategy, left, topics, owned).forEach((after) => {
        left.forEach((name) => {
          const lost = before[name].filter((one) => !after[name].includes(one));
          if (lost.length) { steps.push({ text: say(data, 'group_revoked', { member: name, list: list(lost) }), view: view(before) }); }
        });
        const shown = {};
        left.forEach((name) => { shown[name] = before[name].filter((one) => after[name].includes(one)); });
        const base = Object.assign({}, shown);
        left.forEach((name) => {
          const won = after[name].filter((one) => !before[name].includes(one));
          shown[name] = after[name];
          if (won.length) { steps.push({ text: say(data, 'group_added', { member: name, list: list(won) }), view: view(shown, base) }); }
        });
        before = after;
      });
      const reader = (found) => {
        const out = {};
        Object.keys(found).forEach((name) => found[name].forEach((one) => { out[one] = (out[one] || '') + name + ' '; }));
        return out;
      };
      const [old, fresh] = [reader(first), reader(before)];
      const moved = Object.keys(fresh).filter((one) => old[one] !== fresh[one]).length;
      steps.push({ text: say(data, 'group_moved', { n: moved, partitions }), view: view(before) });
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
}(typeof module !== 'undefined' ? module.exports : (window.mqlabSim = window.mqlabSim || {})));
