// usage: node test.js SITE_DIR
// Every sort of page in light and dark, wide and narrow; then every page once, or up to sixty of a larger site.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { drive } = require('./figures');
const { launch } = require('./browser');
const { htmlFiles, samples } = require('./site');

const AXE = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const CONTEXTS = [
  { name: 'light 1280', width: 1280, colorScheme: 'light' },
  { name: 'light 360', width: 360, colorScheme: 'light' },
  { name: 'dark 1280', width: 1280, colorScheme: 'dark' },
  { name: 'dark 360', width: 360, colorScheme: 'dark' },
  { name: 'light 320, reduced motion', width: 320, colorScheme: 'light', reducedMotion: 'reduce' },
  { name: 'forced colours 1280', width: 1280, colorScheme: 'dark', forcedColors: 'active' },
];
// Of a larger site every nth page is opened.
const MOST_PAGES = 60;
const failures = [];
let checks = 0;

function expect(what, found, wanted) {
  checks += 1;
  if (JSON.stringify(found) !== JSON.stringify(wanted)) {
    failures.push(`${what}: found ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`);
  }
}

// Opens a page and reports what must never be: errors, requests, dialogs.
async function open(context, folder, name) {
  const page = await context.newPage();
  const seen = { errors: [], requests: [], dialogs: [] };
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) { seen.errors.push(message.text()); } });
  page.on('pageerror', (error) => seen.errors.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith('file://') && !request.url().startsWith('data:')) { seen.requests.push(request.url()); }
  });
  page.on('dialog', (dialog) => { seen.dialogs.push(dialog.message()); dialog.dismiss(); });
  await page.goto(pathToFileURL(path.join(folder, name)).href);
  return { page, seen };
}

async function overflow(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) { return []; }
    return Array.from(document.querySelectorAll('body *'))
      .filter((one) => one.getBoundingClientRect().right > width + 1 && !one.closest('.scroll, .picture-box, pre'))
      .slice(0, 3)
      .map((one) => `${one.tagName}.${one.className.baseVal ?? one.className}`)
      .concat('the page scrolls sideways');
  });
}

async function axe(page) {
  // The page's own policy forbids scripts from elsewhere; the protocol's evaluation is not bound by it.
  await page.evaluate(AXE);
  const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return result.violations
    .filter((one) => ['serious', 'critical', 'moderate'].includes(one.impact))
    .map((one) => `${one.id} (${one.impact}): ${one.nodes.slice(0, 2).map((node) => `${node.target} ${node.failureSummary}`).join('; ')}`);
}

// Texts of a picture that stick out of it, or that are too small to be read.
async function badTexts(page) {
  return page.evaluate(() => {
    const bad = [];
    document.querySelectorAll('.picture-box svg').forEach((svg) => {
      const box = svg.viewBox.baseVal;
      const scale = svg.getBoundingClientRect().width / box.width;
      svg.querySelectorAll('text').forEach((text) => {
        const own = text.getBBox();
        const inside = own.x >= 0 && own.y >= 0 && own.x + own.width <= box.width && own.y + own.height <= box.height;
        const size = parseFloat(getComputedStyle(text).fontSize) * scale;
        if (!inside || size < 10.99) { bad.push(`${text.textContent} ${inside ? size : 'outside'}`); }
        const shape = text.closest('.d-node');
        if (shape) {
          const around = shape.querySelector('.d-shape').getBBox();
          if (own.x < around.x - 0.5 || own.x + own.width > around.x + around.width + 0.5) { bad.push(`${text.textContent} leaves its box`); }
        }
      });
    });
    return bad;
  });
}

async function checkSort(browser, folder, sort, name) {
  for (const { name: label, width, ...media } of CONTEXTS) {
    const context = await browser.newContext({ viewport: { width, height: 800 }, offline: true, ...media });
    const { page, seen } = await open(context, folder, name);
    const at = `${sort} (${name}), ${label}`;
    expect(`${at}: errors`, seen.errors, []);
    expect(`${at}: requests`, seen.requests, []);
    expect(`${at}: dialogs`, seen.dialogs, []);
    expect(`${at}: sideways`, await overflow(page), []);
    expect(`${at}: texts of the picture`, await badTexts(page), []);
    expect(`${at}: style sheet`, await page.evaluate(() => getComputedStyle(document.querySelector('.top')).position), 'sticky');
    expect(`${at}: axe`, await axe(page), []);
    await context.close();
  }
}

// What a reader does: the theme stays, a call is copied, the menu opens and closes, the keyboard gets around.
async function behaviour(browser, folder, other, queue) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, offline: true, colorScheme: 'light' });
  const { page } = await open(context, folder, 'index.html');
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  const button = page.locator('[data-theme-toggle]');
  await button.click();
  expect('system, then light', await ground(), light);
  await button.click();
  const dark = await ground();
  expect('light, then dark', dark === light, false);
  await page.goto(pathToFileURL(path.join(folder, other)).href);
  await page.goto(pathToFileURL(path.join(folder, 'index.html')).href);
  expect('the theme is remembered', await ground(), dark);
  await page.keyboard.press('Tab');
  expect('the first stop is the skip link', await page.evaluate(() => document.activeElement.className), 'skip');
  await page.keyboard.press('Enter');
  expect('it leads to the content', await page.evaluate(() => document.activeElement.id), 'main');
  const link = page.locator('.picture-box a').first();
  const target = await link.getAttribute('href');
  await link.focus();
  await page.keyboard.press('Enter');
  const wanted = pathToFileURL(path.join(folder, target)).href;
  await page.waitForURL(wanted);
  expect('a box leads to its page', page.url(), wanted);
  if (queue) {
    await page.goto(pathToFileURL(path.join(folder, queue)).href);
    const call = page.locator('.call').first();
    const text = await call.locator('code').textContent();
    await call.locator('[data-copy]').click();
    await page.waitForFunction(() => document.querySelector('[data-copy]').textContent.startsWith('✓'));
    await page.evaluate(() => { const area = document.createElement('textarea'); area.id = 'paste'; document.body.append(area); area.focus(); });
    await page.keyboard.press('Control+V');
    expect('the copied call', await page.evaluate(() => document.getElementById('paste').value), text);
  }
  await context.close();

  const narrow = await browser.newContext({ viewport: { width: 360, height: 700 }, offline: true });
  const { page: small } = await open(narrow, folder, 'index.html');
  expect('the menu is closed', await small.locator('#nav').isVisible(), false);
  await small.locator('.menu').click();
  expect('the menu is open', await small.locator('#nav').isVisible(), true);
  await small.keyboard.press('Escape');
  await small.waitForFunction(() => getComputedStyle(document.getElementById('nav')).display === 'none');
  expect('Escape closes it', await small.locator('#nav').isVisible(), false);
  if (queue) {
    await small.goto(pathToFileURL(path.join(folder, queue)).href);
    const seen = await small.evaluate(() => {
      const box = document.querySelector('.picture-box').getBoundingClientRect();
      const own = document.querySelector('.d-focus .d-shape').getBoundingClientRect();
      return own.left >= box.left - 1 && own.right <= box.right + 1;
    });
    expect('the picture shows what the page is about', seen, true);
  }
  await narrow.close();
}

// Somebody types, goes through what is found, opens it; and the same where there is little room.
async function searching(browser, folder, name) {
  for (const { name: label, width, ...media } of CONTEXTS) {
    const context = await browser.newContext({ viewport: { width, height: 600 }, offline: true, ...media });
    const { page, seen } = await open(context, folder, name);
    const at = `search from ${name}, ${label}`;
    const field = page.locator('[data-search] input');
    const scripts = () => page.evaluate(() => document.scripts.length);
    const before = await scripts();
    await page.keyboard.press('/');
    expect(`${at}: / leads to the field`, await field.evaluate((own) => own === document.activeElement), true);
    expect(`${at}: only then the index is loaded`, [before, await scripts()], [3, 4]);
    await page.keyboard.type('o/');
    expect(`${at}: / is a letter there`, await field.inputValue(), 'o/');
    const options = page.locator('#search-list [role=option]');
    await options.first().waitFor();
    expect(`${at}: at most 20`, await options.count() <= 20, true);
    const active = () => page.evaluate(() => {
      const one = document.getElementById(document.activeElement.getAttribute('aria-activedescendant'));
      const box = one.getBoundingClientRect();
      return { at: Array.from(document.querySelectorAll('#search-list [role=option]')).indexOf(one), selected: one.getAttribute('aria-selected'), seen: box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 && box.right <= innerWidth };
    });
    const count = await options.count();
    expect(`${at}: the first is chosen`, await active(), { at: 0, selected: 'true', seen: true });
    await page.keyboard.press('ArrowUp');
    expect(`${at}: up from the first is the last`, await active(), { at: count - 1, selected: 'true', seen: true });
    await page.keyboard.press('ArrowDown');
    expect(`${at}: and down again`, await active(), { at: 0, selected: 'true', seen: true });
    expect(`${at}: what fits is marked`, (await page.locator('#search-list mark').first().textContent()).toLowerCase(), 'o');
    await page.waitForFunction(() => /\d/.test(document.querySelector('.search-status').textContent));
    expect(`${at}: sideways`, await overflow(page), []);
    expect(`${at}: errors`, seen.errors, []);
    expect(`${at}: axe`, await axe(page), []);
    // It looks for the style sheet by itself, which the page's policy forbids, and says so.
    seen.errors.length = 0;
    await page.keyboard.press('Escape');
    expect(`${at}: Escape closes the list`, [await page.locator('#search-list').isVisible(), await field.getAttribute('aria-expanded')], [false, 'false']);
    await page.keyboard.press('ArrowDown');
    await options.first().waitFor();
    const target = await options.first().evaluate((own) => own.href);
    await page.keyboard.press('Enter');
    await page.waitForURL(target);
    expect(`${at}: errors after that`, seen.errors, []);
    expect(`${at}: requests`, seen.requests, []);
    await context.close();
  }
}

// Without scripts everything is there but the buttons.
async function withoutScripts(browser, folder) {
  const context = await browser.newContext({ viewport: { width: 360, height: 700 }, offline: true, javaScriptEnabled: false });
  const { page } = await open(context, folder, 'index.html');
  expect('no search without a script', await page.locator('[data-search]').isVisible(), false);
  expect('no button without a script', await page.locator('button:visible').count(), 0);
  expect('the picture is there', await page.locator('.picture-box svg').isVisible(), true);
  await page.locator('.menu').click();
  expect('the menu needs no script', await page.locator('#nav').isVisible(), true);
  await context.close();
}

// The picture as a file of its own: well-formed, with its looks, and its links lead on.
async function picturesAlone(browser, folder, names) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, offline: true, colorScheme: 'dark' });
  for (const name of names) {
    const { page, seen } = await open(context, folder, name);
    expect(`${name}: errors`, seen.errors, []);
    expect(`${name}: requests`, seen.requests, []);
    expect(`${name}: is a picture`, await page.evaluate(() => document.documentElement.tagName), 'svg');
    expect(`${name}: has its looks`, await page.evaluate(() => getComputedStyle(document.querySelector('.d-shape')).fill) !== 'rgb(0, 0, 0)', true);
    await page.close();
  }
  await context.close();
}

async function everyPage(browser, folder, files) {
  const context = await browser.newContext({ viewport: { width: 360, height: 700 }, offline: true });
  const step = Math.ceil(files.length / MOST_PAGES);
  for (const name of files.filter((_, at) => at % step === 0)) {
    const { page, seen } = await open(context, folder, name);
    expect(`${name}: errors`, seen.errors, []);
    expect(`${name}: requests`, seen.requests, []);
    expect(`${name}: dialogs`, seen.dialogs, []);
    expect(`${name}: sideways`, await overflow(page), []);
    expect(`${name}: scripts`, await page.evaluate(() => document.querySelectorAll('script[src]').length - Number(Boolean(document.querySelector('[data-sim]')))), 3);
    expect(`${name}: texts of the picture`, await badTexts(page), []);
    await page.close();
  }
  await context.close();
}

// Every lesson with a figure, in one language or the other: the keyboard plays each figure to its end and back.
async function everyFigure(browser, folder, files) {
  const context = await browser.newContext({ viewport: { width: 360, height: 700 }, offline: true });
  const lessons = files.filter((name) => /^(zh\/)?learn\/[^/]+\/[^/]+\.html$/.test(name) && fs.readFileSync(path.join(folder, name), 'utf8').includes('data-sim='));
  const english = lessons.filter((one) => !one.startsWith('zh/'));
  for (const name of english.map((one, at) => (at % 2 && lessons.includes(`zh/${one}`) ? `zh/${one}` : one))) {
    const { page, seen } = await open(context, folder, name);
    await drive(page, name, expect);
    expect(`${name}: errors`, seen.errors, []);
    await page.close();
  }
  await context.close();
}

// A chosen answer is told right from wrong, by the keyboard alone.
async function question(browser, folder, name) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, offline: true });
  const { page } = await open(context, folder, name);
  const verdict = () => page.evaluate(() => {
    const one = document.querySelector('[data-question]');
    return [one.querySelector('.verdict').textContent, one.querySelector('details').open, one.querySelectorAll('label.right').length];
  });
  expect(`${name}: nothing is told before`, await verdict(), ['', false, 0]);
  const right = Number(await page.locator('[data-question]').first().getAttribute('data-right'));
  const answers = page.locator('[data-question]').first().locator('input');
  await answers.first().focus();
  await page.keyboard.press('Space');
  const told = await verdict();
  expect(`${name}: the answer is told`, [told[0] !== '', told[1], told[2]], [true, true, 1]);
  for (let at = 1; at < right; at += 1) { await page.keyboard.press('ArrowDown'); }
  const good = await page.locator('[data-question] .verdict').first().getAttribute('data-good');
  expect(`${name}: the right one is right`, (await verdict())[0], good);
  await context.close();
}

async function main() {
  const folder = process.argv[2] && path.resolve(process.argv[2]);
  if (!folder || !fs.existsSync(path.join(folder, 'index.html'))) {
    console.error('usage: node test.js SITE_DIR (a built site, with an index.html)');
    process.exit(2);
  }
  const files = htmlFiles(folder);
  const sorts = samples(files);
  const browser = await launch();
  try {
    for (const [sort, name] of sorts) { await checkSort(browser, folder, sort, name); }
    await everyPage(browser, folder, files);
    await picturesAlone(browser, folder, sorts.map(([, name]) => name.replace(/html$/, 'svg')).filter((name) => fs.existsSync(path.join(folder, name))));
    await behaviour(browser, folder, files.find((name) => name !== 'index.html') ?? 'index.html', (sorts.find(([sort]) => sort === 'queue') ?? [])[1]);
    for (const name of ['index.html', ...files.filter((one) => /^[a-z]{2}\/brokers\/[^/]+\/index\.html$/.test(one)).slice(0, 1)]) { await searching(browser, folder, name); }
    await everyFigure(browser, folder, files);
    for (const [, name] of sorts.filter(([sort]) => sort.endsWith('lesson'))) { await question(browser, folder, name); }
    await withoutScripts(browser, folder);
  } finally {
    await browser.close();
  }
  console.log(`${folder}: ${files.length} pages, ${sorts.length} sorts × ${CONTEXTS.length} settings, ${checks} checks, ${failures.length} failed`);
  failures.slice(0, 20).forEach((failure) => console.error(`  ✗ ${failure}`));
  if (failures.length > 20) { console.error(`  … and ${failures.length - 20} more`); }
  process.exit(failures.length ? 1 : 0);
}

main().catch((error) => { console.error(error); process.exit(1); });
