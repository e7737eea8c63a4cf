// The search field. The index is a script too, because a page from a folder may load nothing else; it is loaded when
// somebody means to search. A query is cut into words as src/site/search/tokens.rs cuts the pages.
(() => {
  'use strict';
  const MOST = 20;
  // What a word is worth in the first sentences, a heading, the title.
  const PLACES = [0, 2, 8, 30];
  const SIGN = /[\0-\/:-@\[-`{-\u00bf\u2000-\u2bff\u3000-\u303f\ufe30-\ufe4f\ufeff\uff00-\uff0f\uff1a-\uff20\s]/;
  const IDEOGRAPH = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]/;

  const plain = (text) => text.replace(/\s+/g, '').toLowerCase();
  const once = (all) => Array.from(new Set(all));

  // The words of a text with their places in it.
  function words(text) {
    const found = [];
    let start = 0;
    let sort = null;
    for (let at = 0; at <= text.length; at += 1) {
      const own = at === text.length || SIGN.test(text[at]) ? null : IDEOGRAPH.test(text[at]);
      if (own !== sort) {
        if (sort !== null) { found.push({ at: start, text: text.slice(start, at).toLowerCase(), pairs: sort && at > start + 1 }); }
        start = at;
        sort = own;
      }
    }
    return found;
  }

  // What a query asks for: words, and of Chinese each two characters.
  function wanted(query) {
    const all = [];
    words(query).forEach(({ text, pairs }) => {
      if (!pairs) { all.push(text); }
      for (let at = 0; pairs && at < text.length - 1; at += 1) { all.push(text.slice(at, at + 2)); }
    });
    return once(all.length ? all : [plain(query)]).filter(Boolean);
  }

  // The other files of a large index that a query needs.
  function shards(index, asked) {
    return once(asked.map((word) => (/^[a-z0-9]/.test(word) ? word[0] : '_'))).filter((one) => index.shards.includes(one));
  }

  function lookIn(part, asked, whole, hits) {
    part.list = part.list || part.tokens.split(' ');
    const { kinds, folders, texts, entries } = part;
    function note(row, word, value) {
      const [title, kind, folder, file, text] = entries.slice(row * 5, row * 5 + 5);
      const path = folders[folder] + file;
      if (!hits.has(path)) {
        const own = plain(title);
        const bonus = own === whole ? 1000 : own.startsWith(whole) ? 100 : 0;
        hits.set(path, { title, path, kind: kinds[kind], text: texts[text], values: asked.map(() => 0), bonus: bonus - Math.min(own.length, 60) / 60 });
      }
      const { values } = hits.get(path);
      values[word] = Math.max(values[word], value);
    }
    asked.forEach((word, at) => {
      part.list.forEach((token, number) => {
        if (!token.startsWith(word)) { return; }
        const near = token === word ? 1.5 : 0.5 + 0.5 * word.length / token.length;
        let row = 0;
        part.postings[number].forEach((posting) => {
          row += posting >> 2;
          note(row, at, PLACES[posting & 3] * near);
        });
      });
      const own = kinds.map((kind) => wanted(kind).includes(word));
      for (let row = 0; own.includes(true) && row * 5 < entries.length; row += 1) { if (own[entries[row * 5 + 1]]) { note(row, at, 3); } }
    });
  }

  // The best first. What has all words hides what has some of them.
  function search(index, query) {
    const asked = wanted(query);
    const hits = new Map();
    [''].concat(shards(index, asked)).forEach((name) => { if (index.parts[name]) { lookIn(index.parts[name], asked, plain(query), hits); } });
    const all = Array.from(hits.values());
    all.forEach((hit) => {
      hit.words = hit.values.filter(Boolean).length;
      hit.score = hit.values.reduce((sum, value) => sum + value, hit.bonus);
    });
    const best = Math.max(...all.map((hit) => hit.words));
    return all.filter((hit) => hit.words === best).sort((one, two) => two.score - one.score);
  }

  // The tests have no page.
  if (typeof document === 'undefined') { module.exports = { search, shards, wanted }; return; }

  const box = document.querySelector('[data-search]');
  const field = box.querySelector('input');
  const list = box.querySelector('[role=listbox]');
  const status = box.querySelector('[role=status]');
  const assets = document.currentScript.src.replace(/\.js$/, `-${document.documentElement.lang}`);
  const files = {};
  let chosen = -1;
  let said = 0;

  function load(name) {
    files[name] = files[name] || new Promise((done) => {
      const script = document.createElement('script');
      script.src = `${assets}${name}.js`;
      script.onload = script.onerror = done;
      document.head.append(script);
    });
    return files[name];
  }

  function element(name, attributes, ...content) {
    const made = document.createElement(name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    made.append(...content);
    return made;
  }

  // What was asked for is marked, at the beginning of a word if it is there.
  function marked(text, asked) {
    const out = element('bdi', {});
    const low = text.toLowerCase();
    const starts = words(text).map(({ at }) => at);
    const spot = (word) => starts.concat(low.indexOf(word)).find((at) => low.startsWith(word, at));
    // A few capitals have a small letter of another length: then no place would be right.
    const spots = low.length === text.length ? asked.map((word) => [spot(word), word.length]) : [];
    let end = 0;
    spots.filter(([at]) => at >= 0).sort((one, two) => one[0] - two[0]).forEach(([at, length]) => {
      const from = Math.max(at, end);
      if (at + length <= from) { return; }
      out.append(text.slice(end, from), element('mark', {}, text.slice(from, at + length)));
      end = at + length;
    });
    out.append(text.slice(end));
    return out;
  }

  const options = () => Array.from(list.querySelectorAll('a'));

  function choose(at) {
    const all = options();
    chosen = all.length ? (at + all.length) % all.length : -1;
    all.forEach((option, own) => option.setAttribute('aria-selected', own === chosen));
    field.setAttribute('aria-activedescendant', all[chosen] ? all[chosen].id : '');
    if (all[chosen]) { all[chosen].scrollIntoView({ block: 'nearest' }); }
  }

  // Said when nothing has been typed for a moment: nobody has to listen to every letter.
  function tell(text) {
    clearTimeout(said);
    said = setTimeout(() => { status.textContent = text; }, 500);
  }

  function close() {
    list.hidden = true;
    list.replaceChildren();
    chosen = -1;
    field.setAttribute('aria-expanded', 'false');
    field.setAttribute('aria-activedescendant', '');
    tell('');
  }

  function show(hits, asked) {
    const groups = new Map();
    close();
    hits.slice(0, MOST).forEach(({ title, kind, path, text }, at) => {
      if (!groups.has(kind)) {
        const head = `search-kind-${at}`;
        groups.set(kind, element('div', { role: 'group', 'aria-labelledby': head }, element('div', { id: head, class: 'search-kind' }, kind)));
      }
      const option = { id: `search-hit-${at}`, class: 'search-hit', role: 'option', tabindex: '-1', href: box.dataset.root + path };
      groups.get(kind).append(element('a', option, marked(title, asked), element('span', { class: 'quiet' }, text)));
    });
    const text = [box.dataset.none, box.dataset.one][hits.length] || box.dataset.many.replace('{n}', hits.length);
    list.append(...(hits.length ? groups.values() : [element('div', { role: 'option', 'aria-disabled': true, class: 'search-kind' }, text)]));
    list.hidden = false;
    field.setAttribute('aria-expanded', 'true');
    choose(0);
    tell(text);
  }

  async function look() {
    const query = field.value;
    const asked = wanted(query);
    if (!asked.length) { close(); return; }
    await load('');
    const index = window.mqlabSearch;
    if (!index) { return; }
    await Promise.all(shards(index, asked).map((name) => load(`-${name}`)));
    if (field.value === query && document.activeElement === field) { show(search(index, query), asked); }
  }

  box.hidden = false;
  field.addEventListener('focus', () => { load(''); look(); });
  field.addEventListener('input', look);
  field.addEventListener('blur', close);
  // A press on a result must not close the list before it has opened.
  list.addEventListener('mousedown', (event) => event.preventDefault());
  field.addEventListener('keydown', (event) => {
    if (event.isComposing) { return; }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { if (list.hidden) { look(); } else { choose(chosen + step); } } else if (event.key === 'Enter' && chosen >= 0) { options()[chosen].click(); } else if (event.key === 'Escape' && !list.hidden) { close(); } else { return; }
    event.preventDefault();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, textarea, select, [contenteditable]')) { return; }
    event.preventDefault();
    field.select();
  });
})();
