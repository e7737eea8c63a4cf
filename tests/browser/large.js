// usage: node large.js SITE_DIR...
// Of sites with too many pages to look at: some drawn by lot, in the browser and by the validator, and the way that a
// reader takes from the first page to an object in the middle. MQLAB_SEED draws others.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { fileURLToPath } = require('node:url');
const { conclude, expect } = require('./expect');
const { axe, overflow } = require('./looks');
const { open } = require('./open');
const { eachPage } = require('./pages');
const { htmlFiles } = require('./site');
const { validated } = require('./validate');
const { inTurn } = require('./workers');

const SEED = Number(process.env.MQLAB_SEED || 1);
const DRAWN = 40;
// Of them, by axe too.
const LOOKED_AT = 5;
const NOTHING = { errors: [], requests: [], dialogs: [] };
const OBJECT = /^brokers\/[^/]+\/[^/]+\/(?!index\.html$)[^/]+\.html$/;

// The same ones for the same seed (mulberry32).
function drawn(names, count) {
  const left = names.slice();
  let state = SEED;
  return Array.from({ length: Math.min(count, left.length) }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return left.splice(((mixed ^ (mixed >>> 14)) >>> 0) % left.length, 1)[0];
  });
}

// The pages from the first one to an object half way through the longest list: its broker, the list, the part of the
// list that has it.
function way(folder, files) {
  const lists = new Map();
  files.filter((name) => OBJECT.test(name)).forEach((name) => {
    const list = path.posix.dirname(name);
    lists.set(list, (lists.get(list) || []).concat(name));
  });
  const [list, objects] = Array.from(lists).reduce((one, two) => (one[1].length >= two[1].length ? one : two));
  const object = objects[objects.length >> 1];
  const link = `/${path.posix.basename(object)}"`;
  const part = files.find((name) => name.startsWith(`${list}/pages/`) && fs.readFileSync(path.join(folder, name), 'utf8').includes(link));
  return [`${path.posix.dirname(list)}/index.html`, `${list}/index.html`, part, object].filter(Boolean);
}

// Links within a picture are elements of another kind.
const LINKS = 'a[href]:not(svg a)';

// Clicks from page to page.
async function walked(browser, folder, steps) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, offline: true });
  const { page, seen } = await open(context, folder, 'index.html');
  for (const step of steps) {
    const file = path.join(folder, step);
    const from = path.relative(folder, fileURLToPath(page.url()));
    const links = await page.evaluate((all) => Array.from(document.querySelectorAll(all), (one) => (one.checkVisibility() ? one.href.split('#')[0] : '')), LINKS);
    const at = links.findIndex((href) => href.startsWith('file:') && fileURLToPath(href) === file);
    expect(`${from}: a link to ${step}`, at >= 0, true);
    if (at < 0) { break; }
    await page.locator(LINKS).nth(at).click();
    await page.waitForURL((url) => fileURLToPath(url) === file);
    expect(`${step}: sideways`, await overflow(page), []);
  }
  expect(`${steps.at(-1)}: on the way there`, seen, NOTHING);
  await context.close();
}

async function lookedAt(browser, folder, name) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, offline: true });
  const { page, seen } = await open(context, folder, name);
  expect(`${name}: axe`, await axe(page), []);
  expect(`${name}: sideways`, await overflow(page), []);
  expect(`${name}: errors, requests, dialogs`, seen, NOTHING);
  await context.close();
}

async function main() {
  const folders = process.argv.slice(2).map((one) => path.resolve(one));
  if (!folders.length || !folders.every((one) => fs.existsSync(path.join(one, 'index.html')))) {
    console.error('usage: node large.js SITE_DIR... (built sites)');
    process.exit(2);
  }
  const sites = folders.map((folder) => {
    const files = htmlFiles(folder);
    return { folder, count: files.length, names: drawn(files, DRAWN), steps: way(folder, files) };
  });
  await inTurn(sites.flatMap(({ folder, names, steps }) => [
    (browser) => walked(browser, folder, steps),
    ...[names.slice(0, DRAWN / 2), names.slice(DRAWN / 2)].map((some) => (browser) => eachPage(browser, folder, some)),
    ...names.slice(0, LOOKED_AT).map((name) => (browser) => lookedAt(browser, folder, name)),
  ]));
  const bad = validated(sites.flatMap(({ folder, names, steps }) => [...names, ...steps].map((name) => path.join(folder, name))), 'large sites');
  const told = sites.map(({ count, names, steps }) => `${names.length} of ${count} pages, ${steps.length} steps to ${steps.at(-1)}`);
  process.exit(conclude(`large sites, MQLAB_SEED=${SEED}: ${told.join('; ')}`) || bad);
}

main().catch((error) => { console.error(error); process.exit(1); });
