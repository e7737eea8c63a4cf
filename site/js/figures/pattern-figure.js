(function (sim) {
  'use strict';

  // A pattern laid over a key: what each word of it took, and how it ends.
  function walk(pattern, key) {
    const [parts, words] = [sim.route.words(pattern), sim.route.words(key)];
    const rows = sim.route.reach(pattern, key);
    let last = rows.length - 1;
    while (last > 0 && !rows[last].includes(true)) { last -= 1; }
    const whole = last === parts.length;
    const furthest = rows[last].lastIndexOf(true);
    const nearest = rows[last].indexOf(true);
    const code = whole ? (furthest === words.length ? 'matches' : 'left')
      : nearest === words.length ? 'short' : nearest === furthest ? 'differs' : 'nowhere';
    const stop = { code, part: parts[last] || '', word: words[nearest] || '', left: words.slice(furthest) };
    const took = [];
    let at = whole ? furthest : nearest;
    for (let row = last; row > 0; row -= 1) {
      const before = parts[row - 1] === '#' ? rows[row - 1].indexOf(true) : at - 1;
      took.unshift({ part: parts[row - 1], from: before, to: at });
      at = before;
    }
    return { parts, words, took, stop };
  }

  sim.route.walk = walk;
  sim.figures['topic-pattern'] = function (data, values) {
    const { say, visible } = sim.text;
    const { parts, words, took, stop } = walk(values.pattern, values.key);
    const shown = { pattern: visible(values.pattern), key: visible(values.key) };
    const view = (done, now) => [
      { label: say(data, 'pattern_binding'), cells: parts.map((part, at) => [visible(part), at === now ? 'on' : at < done ? 'good' : '']) },
      { label: say(data, 'pattern_key'), cells: words.map((word, at) => {
        const by = took.findIndex((one) => at >= one.from && at < one.to);
        return [visible(word), by === now && by >= 0 ? 'on' : by >= 0 && by < done ? 'good' : ''];
      }) },
    ];
    const start = view(0, -1);
    const steps = [{ text: say(data, 'pattern_begin', shown), view: start }];
    took.forEach(({ part, from, to }, at) => {
      const form = part === '#' ? (from === to ? 'hash_nothing' : 'hash') : part === '*' ? 'star' : 'word';
      const text = say(data, 'pattern_' + form, { part: visible(part), took: words.slice(from, to).map(visible).join(' . ') });
      steps.push({ text, view: view(at + 1, at) });
    });
    const end = view(took.length, -1);
    if (stop.code === 'matches') {
      steps.push({ text: say(data, 'pattern_matches', shown), view: end });
    } else {
      const places = { part: visible(stop.part), word: visible(stop.word), left: stop.left.map(visible).join(' . ') };
      steps.push({ text: say(data, 'pattern_' + stop.code, places), view: end });
      steps.push({ text: say(data, 'pattern_fails', shown), view: end });
    }
    return {
      start,
      steps,
      table: {
        caption: say(data, 'pattern_caption', shown),
        head: [say(data, 'pattern_binding'), say(data, 'pattern_to'), say(data, 'pattern_result')],
        rows: data.model.bindings.map(([pattern, to]) => [visible(pattern), visible(to), say(data, sim.route.matches(pattern, values.key) ? 'yes' : 'no')]),
      },
    };
  };
}(window.mqlabSim));
