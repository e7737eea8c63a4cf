(function (sim) {
  'use strict';

  sim.figures = sim.figures || {};
  sim.figures.route = function (data, values) {
    const { say, visible } = sim.text;
    const name = (exchange) => (exchange === '' ? say(data, 'route_default') : visible(exchange));
    const headers = sim.route.parse(values.headers);
    const table = { caption: say(data, 'route_caption'), head: [say(data, 'route_queue'), say(data, 'route_why')], rows: [] };
    if (headers === null) { return { start: [], steps: [{ text: say(data, 'route_headers_bad'), view: [] }], table }; }
    const found = sim.route.trace(data.model.map, values.exchange, { key: values.key, headers });
    const why = (step) => {
      const shown = {};
      Object.keys(step.values).forEach((place) => { shown[place] = place === 'to' ? name(step.values[place]) : visible(step.values[place]); });
      return say(data, 'why_' + step.code, shown);
    };

    // What any step is about, in the order in which it comes up.
    const exchanges = new Set([values.exchange]);
    const queues = new Set();
    found.steps.forEach((step) => {
      exchanges.add(step.from);
      if (step.to !== null) { (step.onward ? exchanges : queues).add(step.to); }
    });
    const state = { exchanges: {}, queues: {} };
    const view = (step) => [
      { label: say(data, 'route_exchanges'), cells: Array.from(exchanges, (one) => [name(one), step && step.from === one ? 'on' : state.exchanges[one] || '']) },
      { label: say(data, 'route_queues'), cells: Array.from(queues, (one) => [
        (state.queues[one] ? '✓ ' : '') + visible(one), state.queues[one] ? 'good' : step && !step.onward && step.to === one ? 'off' : '']) },
    ].filter((lane) => lane.cells.length);
    const start = view();
    const steps = [{ text: say(data, 'route_publish', { exchange: name(values.exchange), key: visible(values.key) }), view: view({ from: values.exchange }) }];
    found.steps.forEach((step) => {
      if (step.matched) { state[step.onward ? 'exchanges' : 'queues'][step.to] = 'good'; }
      const texts = { from: name(step.from), why: why(step) };
      let form = 'route_here';
      if (step.to !== null) {
        texts.to = step.onward ? name(step.to) : visible(step.to);
        form = step.matched ? 'route_takes' : 'route_leaves';
      }
      steps.push({ text: say(data, form, texts), view: view(step) });
    });
    const end = found.delivered.length ? say(data, 'route_end', { queues: found.delivered.map(visible).join(', ') }) : say(data, 'route_nowhere');
    steps.push({ text: end, view: view() });
    table.rows = found.delivered.map((queue) => {
      const gave = found.steps.find((step) => step.matched && !step.onward && step.to === queue);
      return [visible(queue), gave ? why(gave) : ''];
    });
    return { start, steps, table };
  };
}(typeof module !== 'undefined' ? module.exports : (window.mqlabSim = window.mqlabSim || {})));
