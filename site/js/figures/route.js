// Topic patterns, and the way of a message through the exchanges of a virtual host.
(function (sim) {
  'use strict';

  function words(text) { return text === '' ? [] : text.split('.'); }

  // One row per word of the pattern: which prefixes of the key the pattern so far can match.
  function reach(pattern, key) {
    const rows = [words(key).reduce((row) => row.concat(false), [true])];
    words(pattern).forEach((part) => {
      const before = rows[rows.length - 1];
      let open = false;
      rows.push(before.map((_, at) => {
        open = open || before[at];
        return part === '#' ? open : at > 0 && before[at - 1] && (part === '*' || part === words(key)[at - 1]);
      }));
    });
    return rows;
  }

  function matches(pattern, key) {
    const rows = reach(pattern, key);
    const last = rows[rows.length - 1];
    return last[last.length - 1];
  }

  // Values are JSON texts; so are those of the bindings.
  function headers(wanted, found) {
    const mode = wanted['x-match'] ? String(JSON.parse(wanted['x-match'])) : 'all';
    const any = mode === 'any' || mode === 'any-with-x';
    const withX = mode === 'any-with-x' || mode === 'all-with-x';
    const names = sorted(Object.keys(wanted)).filter((name) => name !== 'x-match' && (withX || !name.startsWith('x-')));
    const has = (name) => found[name] !== undefined;
    const fits = (name) => has(name) && (wanted[name] === 'null' || wanted[name] === found[name]);
    const because = (taken, code, name, more) => ({ taken, code, values: Object.assign({ mode, name: name || '' }, more) });
    if (any) {
      const name = names.find(fits);
      return name === undefined ? because(false, 'headers_none') : because(true, 'header_found', name);
    }
    const name = names.find((one) => !fits(one));
    if (name === undefined) { return because(true, names.length ? 'headers_all' : 'headers_free'); }
    if (!has(name)) { return because(false, 'header_missing', name); }
    return because(false, 'header_differs', name, { found: shown(found[name]), wanted: shown(wanted[name]) });
  }

  // A text without its quotes, unless something would not be seen.
  function shown(json) {
    const value = JSON.parse(json);
    return typeof value === 'string' && /^[^\s\0-\x1f\x7f-\x9f]+$/.test(value) ? value : json;
  }

  function decide(kind, binding, message) {
    const values = { key: message.key, pattern: binding.key };
    if (kind === 'fanout') { return { taken: true, code: 'fanout', values: {} }; }
    if (kind === 'direct' || kind === 'topic') {
      const taken = kind === 'direct' ? binding.key === message.key : matches(binding.key, message.key);
      return { taken, code: kind + (taken ? '_takes' : '_leaves'), values };
    }
    if (kind === 'headers') { return headers(binding.arguments || {}, message.headers); }
    return { taken: false, unknown: true, code: 'plugin', values: { type: kind } };
  }

  // { steps: [{ from, to, onward, matched, code, values }], delivered: [queue, …] }
  function trace(map, exchange, message) {
    const steps = [];
    const delivered = new Set();
    const named = (list, name) => list.find((one) => one.name === name);
    const step = (from, to, onward, matched, code, values) => steps.push({ from, to, onward, matched, code, values: values || {} });
    function byDefault(from) {
      const there = Boolean(named(map.queues, message.key));
      step(from, there ? message.key : null, false, there, there ? 'default_takes' : 'default_leaves', { key: message.key });
      if (there) { delivered.add(message.key); }
    }
    function visit(one) {
      const onward = [];
      let taken = false;
      let unknown = false;
      map.bindings.filter((binding) => binding.source === one.name).forEach((binding) => {
        const found = decide(one.type, binding, message);
        step(one.name, binding.to, binding.onward, found.taken, found.code, found.values);
        unknown = unknown || Boolean(found.unknown);
        if (found.taken) {
          taken = true;
          if (binding.onward) { onward.push(binding.to); } else { delivered.add(binding.to); }
        }
      });
      if (!taken && !unknown) {
        if (one.alternate === undefined) {
          step(one.name, null, false, false, 'dropped');
        } else {
          step(one.name, one.alternate, true, true, 'alternate', { to: one.alternate });
          onward.push(one.alternate);
        }
      }
      return onward;
    }
    const first = named(map.exchanges, exchange);
    if (exchange === '') {
      byDefault('');
    } else if (!first) {
      step(exchange, null, false, false, 'missing');
    } else if (first.internal) {
      step(exchange, null, false, false, 'internal');
    } else {
      const seen = new Set([exchange]);
      const open = [first];
      while (open.length) {
        visit(open.shift()).forEach((next) => {
          if (seen.has(next)) { step(next, null, false, false, 'seen'); return; }
          seen.add(next);
          const found = named(map.exchanges, next);
          if (found) { open.push(found); } else if (next === '') { byDefault(''); } else { step(next, null, false, false, 'missing_copy'); }
        });
      }
    }
    const names = sorted(Array.from(delivered));
    names.forEach((name) => {
      const own = named(map.queues, name);
      if (!own || !own.dead) { return; }
      const [to, key] = own.dead;
      const giver = steps.find((one) => one.matched && !one.onward && one.to === name);
      const values = { queue: name, to };
      if (key !== null) { values.key = key; }
      step(giver ? giver.from : to, to, true, false, key === null ? 'dead' : 'dead_key', values);
    });
    return { steps, delivered: names };
  }

  // By code point, as Rust sorts.
  function sorted(names) {
    const wide = (name) => Array.from(name, (one) => one.codePointAt(0).toString(16).padStart(6, '0')).join('');
    return names.map((name) => [wide(name), name]).sort((one, two) => (one[0] < two[0] ? -1 : 1)).map((one) => one[1]);
  }

  // `a=1, b="x, y"` to { a: '1', b: '"x, y"' }; null where it cannot be read.
  function parse(text) {
    const out = Object.create(null);
    const pair = /\s*([^=,\s][^=,]*?)\s*=\s*("(?:[^"\\]|\\.)*"|[^,]*?)\s*(?:,|$)/y;
    while (pair.lastIndex < text.length && text.slice(pair.lastIndex).trim() !== '') {
      const found = pair.exec(text);
      if (!found) { return null; }
      const value = found[2];
      // As `mqlab trace --header` reads them: whole numbers and booleans, everything else is a text.
      const number = /^[-+]?\d+$/.test(value) ? String(BigInt(value.replace('+', ''))) : null;
      let plain = /^(true|false)$/.test(value);
      if (value.startsWith('"')) {
        try { JSON.parse(value); plain = true; } catch (ignored) { return null; }
      }
      out[found[1]] = number !== null ? number : plain ? value : JSON.stringify(value);
    }
    return out;
  }

  sim.route = { reach, matches, trace, parse, words };
}(window.mqlabSim));
