// What is nicer with a script: the theme switch, copy buttons, filters. Nothing needs it to be read.
(function () {
  'use strict';
  var root = document.documentElement;

  function each(selector, act) {
    Array.prototype.forEach.call(document.querySelectorAll(selector), act);
  }

  function remember(theme) {
    try {
      if (theme === 'auto') { window.localStorage.removeItem('mqlab-theme'); } else { window.localStorage.setItem('mqlab-theme', theme); }
    } catch (ignored) { /* The choice then lasts as long as the page. */ }
  }

  each('[data-theme-toggle]', function (button) {
    var order = ['auto', 'light', 'dark'];
    function now() { return root.getAttribute('data-theme') || 'auto'; }
    function show() {
      button.textContent = button.getAttribute('data-' + now());
      button.setAttribute('aria-label', button.getAttribute('data-name') + ': ' + button.textContent);
    }
    button.hidden = false;
    show();
    button.addEventListener('click', function () {
      var next = order[(order.indexOf(now()) + 1) % order.length];
      if (next === 'auto') { root.removeAttribute('data-theme'); } else { root.setAttribute('data-theme', next); }
      remember(next);
      show();
    });
  });

  // navigator.clipboard wants a secure context, which a page from a folder is not everywhere.
  function copyText(text) {
    if (navigator.clipboard && window.isSecureContext) { return navigator.clipboard.writeText(text); }
    return new Promise(function (resolve, reject) {
      var area = document.createElement('textarea');
      area.value = text;
      area.setAttribute('readonly', '');
      area.className = 'skip';
      document.body.appendChild(area);
      area.select();
      var done = document.execCommand('copy');
      document.body.removeChild(area);
      if (done) { resolve(); } else { reject(new Error('copy')); }
    });
  }

  each('[data-copy]', function (button) {
    var code = button.closest('.call').querySelector('code');
    var label = button.textContent;
    button.hidden = false;
    button.setAttribute('aria-live', 'polite');
    button.addEventListener('click', function () {
      copyText(code.textContent).then(function () { button.textContent = '✓ ' + label; }, function () {
        var range = document.createRange();
        range.selectNodeContents(code);
        var selection = window.getSelection();
        selection.removeAllRanges();
        selection.addRange(range);
      });
      window.setTimeout(function () { button.textContent = label; }, 1600);
    });
  });

  each('[data-filter]', function (box) {
    var input = box.querySelector('input');
    var output = box.querySelector('output');
    var next = box.nextElementSibling;
    if (!next) { return; }
    var rows = Array.prototype.slice.call(next.querySelectorAll('tbody tr'));
    var texts = rows.map(function (row) { return row.textContent.toLowerCase(); });
    box.hidden = false;
    input.addEventListener('input', function () {
      var wanted = input.value.trim().toLowerCase();
      var shown = 0;
      rows.forEach(function (row, at) {
        var fits = texts[at].indexOf(wanted) !== -1;
        row.hidden = !fits;
        if (fits) { shown += 1; }
      });
      output.textContent = wanted ? shown + ' / ' + rows.length : '';
    });
  });

  // A chosen answer is told right from wrong at once, and the reason opens.
  each('[data-question]', function (question) {
    var right = question.getAttribute('data-right');
    var verdict = question.querySelector('.verdict');
    question.addEventListener('change', function (event) {
      Array.prototype.forEach.call(question.querySelectorAll('label'), function (label) {
        var input = label.querySelector('input');
        label.className = input.value === right ? 'right' : input === event.target ? 'wrong' : '';
      });
      verdict.textContent = verdict.getAttribute(event.target.value === right ? 'data-good' : 'data-bad');
      question.querySelector('details').open = true;
    });
  });

  // A picture wider than the screen begins with what the page is about.
  each('.picture-box', function (box) {
    var own = box.querySelector('.d-focus .d-shape');
    if (!own) { return; }
    var outer = box.getBoundingClientRect();
    var inner = own.getBoundingClientRect();
    box.scrollLeft += (inner.left + inner.right - outer.left - outer.right) / 2;
  });

  // The menu covers the page: Escape leaves it.
  document.addEventListener('keydown', function (event) {
    if (event.key === 'Escape' && window.location.hash === '#nav') { window.location.hash = '#main'; }
  });
}());
