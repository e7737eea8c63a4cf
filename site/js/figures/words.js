// Sentences with places, and names in which nothing hides: as the pages themselves do it.
(function (sim) {
  'use strict';

  const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\u{e0000}-\u{e007f}]/gu;

  function visible(text) {
    if (text === '') { return '""'; }
    return text.replace(HIDDEN, (one) => '⟨U+' + one.codePointAt(0).toString(16).toUpperCase().padStart(4, '0') + '⟩');
  }

  function say(data, key, values) {
    return data.words[key].replace(/\{([^}]*)\}/g, (place, name) => (values && values[name] !== undefined ? String(values[name]) : place));
  }

  // `0–2, 5`.
  function ranges(numbers) {
    const runs = [];
    numbers.forEach((number) => {
      const last = runs[runs.length - 1];
      if (last && last[1] + 1 === number) { last[1] = number; } else { runs.push([number, number]); }
    });
    return runs.map(([first, last]) => (first === last ? first : first + (last - first === 1 ? ', ' : '–') + last)).join(', ');
  }

  sim.figures = {};
  sim.text = { visible, say, ranges };
}(window.mqlabSim = {}));
