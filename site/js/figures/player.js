// Plays any figure: builds its controls, steps through what its function computes, says where it is.
(function () {
  'use strict';
  if (typeof document === 'undefined') { return; }
  const sim = window.mqlabSim;
  const PACE = 2200;
  let made = 0;

  function element(tag, className, text) {
    const one = document.createElement(tag);
    if (className) { one.className = className; }
    if (text !== undefined) { one.textContent = text; }
    return one;
  }

  function control(spec) {
    made += 1;
    const id = 'sim-' + made;
    const label = element('label', 'sim-input');
    label.htmlFor = id;
    label.appendChild(element('span', '', spec.label));
    let input;
    if (spec.type === 'select') {
      input = element('select');
      spec.options.forEach(([value, text]) => {
        const option = element('option', '', text);
        option.value = value;
        input.appendChild(option);
      });
    } else {
      input = element('input');
      input.type = spec.type;
      if (spec.range) { [input.min, input.max] = spec.range; }
      if (spec.type === 'text') {
        input.maxLength = 255;
        input.autocomplete = 'off';
        input.spellcheck = false;
      }
    }
    input.id = id;
    input.value = spec.value;
    label.appendChild(input);
    if (spec.type === 'range') {
      const output = element('output', '', spec.value);
      output.htmlFor = id;
      label.appendChild(output);
    }
    return { name: spec.name, label, input, first: spec.value, output: label.querySelector('output') };
  }

  function lanes(view) {
    const list = element('ul', 'sim-lanes');
    view.forEach((lane) => {
      const row = element('li', 'sim-lane');
      row.appendChild(element('bdi', 'sim-lane-name', lane.label));
      const cells = element('ul', 'sim-cells');
      lane.cells.forEach(([text, state]) => {
        const cell = element('li', 'sim-cell' + (state ? ' sim-' + state : ''));
        cell.appendChild(element('bdi', '', text));
        cells.appendChild(cell);
      });
      row.appendChild(cells);
      list.appendChild(row);
    });
    return list;
  }

  function fillTable(box, table) {
    box.setAttribute('aria-label', table.caption);
    const out = element('table');
    out.appendChild(element('caption', '', table.caption));
    const head = out.appendChild(element('thead')).appendChild(element('tr'));
    table.head.forEach((text) => { head.appendChild(element('th', '', text)).scope = 'col'; });
    const body = out.appendChild(element('tbody'));
    table.rows.forEach((cells) => {
      const row = body.appendChild(element('tr'));
      cells.forEach((text, at) => {
        const cell = row.appendChild(element(at ? 'td' : 'th', '', text));
        if (!at) { cell.scope = 'row'; }
      });
    });
    box.replaceChild(out, box.querySelector('table'));
  }

  function start(figure) {
    const make = sim.figures[figure.getAttribute('data-sim')];
    const source = figure.querySelector('.sim-data');
    if (!make || !source) { return; }
    const data = JSON.parse(source.textContent);
    const part = (name) => figure.querySelector('.sim-' + name);
    const button = (name) => figure.querySelector('[data-do="' + name + '"]');
    const controls = data.controls.map(control);
    let run;
    let at = 0;
    let timer = 0;

    function show() {
      const all = run.steps.length;
      part('count').textContent = sim.text.say(data, 'count', { n: at, all });
      part('live').textContent = at ? run.steps[at - 1].text : sim.text.say(data, 'start', { all });
      // Not `disabled`: the focus would be lost at either end.
      button('back').setAttribute('aria-disabled', String(at === 0));
      button('next').setAttribute('aria-disabled', String(at === all));
      button('play').textContent = sim.text.say(data, timer ? 'pause' : 'play');
      Array.from(part('steps').children).forEach((item, index) => {
        item.classList.toggle('sim-later', index >= at);
        if (index === at - 1) { item.setAttribute('aria-current', 'step'); } else { item.removeAttribute('aria-current'); }
      });
      // A story's table has a row for each step, and would tell its end.
      if (figure.dataset.sim === 'scene') {
        figure.querySelectorAll('.sim-table tbody tr').forEach((row, index) => row.classList.toggle('sim-later', index >= at));
      }
      const view = at ? run.steps[at - 1].view : run.start;
      part('view').textContent = '';
      if (view) { part('view').appendChild(lanes(view)); }
    }

    function stop() {
      window.clearInterval(timer);
      timer = 0;
    }

    function go(to) {
      at = Math.max(0, Math.min(run.steps.length, to));
      if (at === run.steps.length) { stop(); }
      show();
    }

    function compute() {
      stop();
      const values = {};
      controls.forEach((one) => {
        values[one.name] = one.input.value;
        if (one.output) { one.output.textContent = one.input.value; }
      });
      run = make(data, values);
      const list = part('steps');
      list.textContent = '';
      run.steps.forEach((step) => list.appendChild(element('li')).appendChild(element('span', '', step.text)));
      if (run.table && part('table')) { fillTable(part('table'), run.table); }
      go(0);
    }

    const does = {
      back() { stop(); go(at - 1); },
      next() { stop(); go(at + 1); },
      play() {
        if (timer) { stop(); show(); return; }
        if (at === run.steps.length) { at = 0; }
        timer = window.setInterval(() => go(at + 1), PACE);
        go(at + 1);
      },
      reset() {
        controls.forEach((one) => {
          one.input.value = one.first;
          });
        compute();
      },
    };
    Object.keys(does).forEach((name) => button(name).addEventListener('click', does[name]));
    controls.forEach((one) => {
      part('inputs').appendChild(one.label);
      one.input.addEventListener('input', compute);
    });
    compute();
    ['inputs', 'player', 'live', 'view'].forEach((name) => { part(name).hidden = false; });
    figure.classList.add('sim-ready');
  }

  document.querySelectorAll('[data-sim]').forEach(start);
}());
