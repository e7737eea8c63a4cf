// Figures in which everything that can happen was told in advance.
(function (sim) {
  'use strict';

  function scenarios(data, values) {
    const { texts, views, runs } = data.model;
    const [start, steps] = runs[data.controls.map((one) => values[one.name]).join('|')];
    return { start: views[start], steps: steps.map(([text, view]) => ({ text: texts[text], view: views[view] })) };
  }

  ['offsets', 'queue-lifetime', 'ack', 'queue-topic'].forEach((name) => { sim.figures[name] = scenarios; });
}(window.mqlabSim));
