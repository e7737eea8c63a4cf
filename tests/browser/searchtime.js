// usage: node searchtime.js SITE_DIR
// How long a search takes where it takes place: in the page, from the last letter to the list on the screen. Prints
// JSON for scripts/bench.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { launch } = require('./browser');
const { open } = require('./open');
const { languages } = require('./site');

const FIXTURES = path.join(__dirname, '..', 'fixtures', 'search');

// Runs in the page. Milliseconds until what was found is laid out, by one input event, and how much that was.
async function timed(query) {
  const field = document.querySelector('[data-search] input');
  const list = document.getElementById('search-list');
  field.value = '';
  field.dispatchEvent(new Event('input'));
  const shown = new Promise((done) => {
    const watcher = new MutationObserver(() => { if (!list.hidden) { watcher.disconnect(); done(); } });
    watcher.observe(list, { attributes: true, attributeFilter: ['hidden'] });
  });
  const began = performance.now();
  field.value = query;
  field.dispatchEvent(new Event('input'));
  await shown;
  // Asks for the layout, which else comes with the next frame.
  const height = list.getBoundingClientRect().height;
  return { ms: performance.now() - began, found: list.querySelectorAll('a').length, height };
}

async function main() {
  const folder = path.resolve(process.argv[2]);
  const browser = await launch();
  const out = {};
  try {
    for (const [at, language] of languages(folder).entries()) {
      const { queries } = JSON.parse(fs.readFileSync(path.join(FIXTURES, `${language}.json`), 'utf8'));
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, offline: true });
      const { page } = await open(context, folder, at ? `${language}/index.html` : 'index.html');
      const opened = await page.evaluate(() => performance.getEntriesByType('navigation')[0].loadEventEnd);
      await page.locator('[data-search] input').focus();
      // The index is loaded once, when somebody means to search.
      const first = await page.evaluate(timed, 'a');
      const times = [];
      for (const query of Object.keys(queries)) { times.push({ query, ...await page.evaluate(timed, query) }); }
      out[language] = { opened, first: first.ms, found: times.filter((one) => one.found).length, times: times.map((one) => one.ms), worst: times.reduce((one, two) => (one.ms > two.ms ? one : two)).query };
      await context.close();
    }
  } finally {
    await browser.close();
  }
  process.stdout.write(`${JSON.stringify(out)}\n`);
}

main().catch((error) => { console.error(error); process.exit(1); });
