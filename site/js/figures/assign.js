// Kafka's assignors for members that all read the same topics. An assignment is { member: ['topic|number', …] }.
(function (sim) {
  'use strict';

  const { stringHash } = sim.keys;

  // Java's HashMap gives its keys in this order.
  function hashOrder(names) {
    let capacity = 16;
    while (names.length > capacity * 3 / 4) { capacity *= 2; }
    const bucket = (name) => { const hash = stringHash(name); return (hash ^ (hash >>> 16)) & (capacity - 1); };
    return names.map((name, at) => [bucket(name), at, name]).sort((one, two) => one[0] - two[0] || one[1] - two[1]).map((one) => one[2]);
  }

  function all(topics) {
    const out = [];
    Object.keys(topics).sort().forEach((topic) => {
      for (let number = 0; number < topics[topic]; number += 1) { out.push(topic + '|' + number); }
    });
    return out;
  }

  function number(partition) { return Number(partition.slice(partition.lastIndexOf('|') + 1)); }
  function topic(partition) { return partition.slice(0, partition.lastIndexOf('|')); }

  function nothing(members) {
    const out = {};
    members.forEach((member) => { out[member] = []; });
    return out;
  }

  function range(members, topics) {
    const out = nothing(members);
    Object.keys(topics).sort().forEach((name) => {
      const each = Math.floor(topics[name] / members.length);
      const extra = topics[name] % members.length;
      let next = 0;
      members.forEach((member, at) => {
        const end = next + each + (at < extra ? 1 : 0);
        for (; next < end; next += 1) { out[member].push(name + '|' + next); }
      });
    });
    return out;
  }

  function roundRobin(members, topics) {
    const out = nothing(members);
    all(topics).forEach((partition, at) => { out[members[at % members.length]].push(partition); });
    return out;
  }

  function sticky(members, topics, owned) {
    const partitions = all(topics);
    const known = new Set(partitions);
    const out = nothing(members);
    const least = Math.floor(partitions.length / members.length);
    const most = Math.ceil(partitions.length / members.length);
    const fuller = partitions.length % members.length;
    let full = 0;
    const below = [];
    let atLeast = [];
    const revoked = {};
    const moving = {};
    hashOrder(members).forEach((member) => {
      const own = (owned[member] || []).filter((one) => known.has(one));
      own.sort((one, two) => number(one) - number(two) || (topic(one) < topic(two) ? -1 : 1));
      let keep = own.length;
      if (own.length < least) {
        below.push(member);
      } else if (own.length >= most && full < fuller) {
        full += 1;
        if (full === fuller) { atLeast = []; }
        keep = most;
      } else {
        keep = least;
        if (full < fuller) { atLeast.push(member); }
      }
      own.slice(keep).forEach((one) => { revoked[one] = member; });
      out[member] = own.slice(0, keep);
    });
    const kept = new Set([].concat(...members.map((member) => out[member])));
    below.sort();
    atLeast.sort();
    let turn = 0;
    partitions.filter((one) => !kept.has(one)).forEach((partition) => {
      const filling = below.length > 0;
      if (filling && turn >= below.length) { turn = 0; }
      const member = filling ? below[turn] : atLeast.shift();
      if (member === undefined) { return; }
      if (revoked[partition] !== undefined && revoked[partition] !== member) { moving[partition] = member; }
      out[member].push(partition);
      if (filling && out[member].length === least) {
        below.splice(turn, 1);
        atLeast.push(member);
      } else if (filling) {
        turn += 1;
      }
    });
    return { whole: out, moving };
  }

  function share(members, topics) {
    const out = nothing(members);
    const partitions = all(topics);
    if (!partitions.length) { return out; }
    const sharing = Math.ceil(members.length / partitions.length);
    const upTo = (at) => Math.ceil(sharing * partitions.length * at / members.length);
    const open = members.map((member, at) => ({ member, left: upTo(at + 1) - upTo(at) }));
    let turn = 0;
    partitions.forEach((partition) => {
      for (let copy = 0; copy < sharing; copy += 1) {
        let at = -1;
        for (let step = 0; step < open.length && at < 0; step += 1) {
          const place = (turn + step) % open.length;
          if (!out[open[place].member].includes(partition)) { at = place; }
        }
        if (at < 0) { break; }
        out[open[at].member].push(partition);
        open[at].left -= 1;
        turn = at + 1;
        if (open[at].left === 0) {
          open.splice(at, 1);
          turn = at;
        }
      }
    });
    return out;
  }

  function sorted(assignment) {
    Object.values(assignment).forEach((own) => {
      own.sort((one, two) => (topic(one) === topic(two) ? number(one) - number(two) : topic(one) < topic(two) ? -1 : 1));
    });
    return assignment;
  }

  // The rounds of a rebalance; the last is what stays.
  function rounds(strategy, names, topics, owned) {
    const members = names.slice().sort();
    if (!members.length) { return [{}]; }
    if (strategy === 'range') { return [range(members, topics)]; }
    if (strategy === 'roundrobin') { return [roundRobin(members, topics)]; }
    if (strategy === 'share') { return [sorted(share(members, topics))]; }
    const found = sticky(members, topics, owned);
    if (strategy === 'sticky' || !Object.keys(found.moving).length) { return [sorted(found.whole)]; }
    Object.keys(found.moving).forEach((partition) => {
      const own = found.whole[found.moving[partition]];
      own.splice(own.indexOf(partition), 1);
    });
    return [sorted(found.whole), sorted(sticky(members, topics, found.whole).whole)];
  }

  sim.assign = { rounds, hashOrder, number, topic };
}(window.mqlabSim));
