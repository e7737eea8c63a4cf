// usage: node vectors.js [SITE_DIR... [-- what nobody opens]]
// The engines of the figures against what was recorded from clients and brokers, and against what Rust says: by
// themselves, and on a page of each site as it is written, by the scripts of that page.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { launch } = require('./browser');
const { ROOT, engines, figure } = require('./engines');
const { open } = require('./open');
const { replay, routed } = require('./replay');
const { htmlFiles } = require('./site');

const FOLDER = path.join(ROOT, 'tests', 'fixtures', 'vectors');
const FILES = ['assignments.json', 'keys.json', 'patterns.json', 'queues.json', 'routes.json'];

function recorded() {
  const read = (name) => fs.readFileSync(path.join(FOLDER, name), 'utf8');
  const all = Object.fromEntries(FILES.map((name) => [name, JSON.parse(read(name))]));
  const names = fs.readdirSync(path.join(FOLDER, 'figures')).sort();
  all.figures = Object.fromEntries(names.map((name) => [name, figure(read(path.join('figures', name)))]));
  return all;
}

async function onPage(browser, folder, vectors) {
  const name = htmlFiles(folder).find((one) => fs.readFileSync(path.join(folder, one), 'utf8').includes('assets/figures.js"'));
  const where = `${path.basename(folder)}: ${name}`;
  if (!name) { return { checks: 0, failures: [`${folder} has no page with a figure`] }; }
  const context = await browser.newContext({ offline: true });
  const { page, seen } = await open(context, folder, name);
  // The page's policy allows no script of ours beside its own.
  const result = await page.evaluate(`(() => {
    ${routed}
    ${replay}
    return replay(window.mqlabSim, ${JSON.stringify(vectors)}, ${JSON.stringify(where)});
  })()`);
  if (seen.errors.length || seen.requests.length) { result.failures.push(`${where}: ${JSON.stringify(seen)}`); }
  await context.close();
  return result;
}

async function main() {
  const words = process.argv.slice(2);
  const folders = (words.includes('--') ? words.slice(0, words.indexOf('--')) : words).map((one) => path.resolve(one));
  const vectors = recorded();
  const results = [replay(engines(), vectors, 'Node')];
  if (folders.length) {
    const browser = await launch();
    try {
      for (const folder of folders) { results.push(await onPage(browser, folder, vectors)); }
    } finally {
      await browser.close();
    }
  }
  const failures = results.flatMap((result) => result.failures);
  const less = results.filter((result) => result.checks !== results[0].checks).length;
  if (less) { failures.push(`${less} pages have not compared everything`); }
  const checks = results.reduce((all, result) => all + result.checks, 0);
  console.log(`vectors: by themselves and on ${folders.length} pages, ${checks} checks, ${failures.length} failed`);
  failures.slice(0, 20).forEach((failure) => console.error(`  ✗ ${failure.slice(0, 1500)}`));
  process.exit(failures.length || !checks ? 1 : 0);
}

main().catch((error) => { console.error(error); process.exit(1); });
