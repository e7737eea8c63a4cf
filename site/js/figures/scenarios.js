// Figures in which everything that can happen was told in advance.
(function (sim) {
  'use strict';

  function scenarios(data, values) {
    const { texts, views, runs } = data.model;
    const [start, steps] = runs[data.controls.map((one) => values[one.name]).join('|')];
    return { start: views[start], steps: steps.map(([text, view]) => ({ text: texts[text], view: views[view] })) };
  }

  // And after each step, what is where.
  function scene(data, values) {
    const run = scenarios(data, values);
    const text = (lane) => lane.cells.map(([one]) => one).join(' · ') || '–';
    run.table = {
      caption: data.words.scene_caption,
      head: [data.words.scene_step, ...run.start.map((lane) => lane.label)],
      rows: run.steps.map(({ view }, at) => [String(at + 1), ...view.map(text)]),
    };
    return run;
  }

  sim.figures.scene = scene;
  ['offsets', 'queue-lifetime', 'ack', 'queue-topic'].forEach((name) => { sim.figures[name] = scenarios; });
}(window.mqlabSim));
