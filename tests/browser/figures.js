// usage: node figures.js
// Every recorded figure on a page of its own, in every setting; and the driver that any page with figures is tried with.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { ROOT, script } = require('./engines');
const { conclude, expect } = require('./expect');
const { inTurn } = require('./workers');

const SETTINGS = [
  { name: 'light 1280', width: 1280, colorScheme: 'light' },
  { name: 'dark 360', width: 360, colorScheme: 'dark' },
  { name: 'light 320, reduced motion', width: 320, colorScheme: 'light', reducedMotion: 'reduce' },
  { name: 'forced colours 320', width: 320, colorScheme: 'dark', forcedColors: 'active' },
];

// What a reader of the page sees of a figure now.
function look(page, at) {
  return page.evaluate((index) => {
    const figure = document.querySelectorAll('[data-sim]')[index];
    const part = (name) => figure.querySelector(`.sim-${name}`);
    const numbers = (part('count').textContent.match(/\d+/g) || []).map(Number);
    const current = figure.querySelector('.sim-steps [aria-current="step"]');
    const shown = Array.from(figure.querySelectorAll('.sim-steps li')).filter((one) => !one.classList.contains('sim-later')).length;
    const places = Array.from(figure.querySelectorAll('[data-do]')).map((one) => {
      const box = one.getBoundingClientRect();
      const outer = figure.getBoundingClientRect();
      return [Math.round(box.left - outer.left), Math.round(box.top - outer.top), Math.round(box.width)].join();
    });
    return {
      at: numbers[0], all: numbers[1], shown, places,
      live: part('live').textContent,
      polite: part('live').getAttribute('aria-live'),
      current: current ? current.textContent : null,
      focused: document.activeElement.getAttribute('data-do'),
      sideways: document.documentElement.scrollWidth > document.documentElement.clientWidth,
    };
  }, at);
}

// Tabs until a button of the figure has the focus.
async function tabTo(page, at, name) {
  for (let presses = 0; presses < 400; presses += 1) {
    const there = await page.evaluate(([index, wanted]) => {
      const one = document.activeElement;
      return document.querySelectorAll('[data-sim]')[index].contains(one) && one.getAttribute('data-do') === wanted;
    }, [at, name]);
    if (there) { return true; }
    await page.keyboard.press('Tab');
  }
  return false;
}

// Plays every figure of the page by the keyboard to its end and back. `expect(what, found, wanted)` collects.
async function drive(page, label, expect) {
  const count = await page.locator('[data-sim]').count();
  for (let at = 0; at < count; at += 1) {
    const name = `${label}: figure ${await page.locator('[data-sim]').nth(at).getAttribute('data-sim')}`;
    const first = await look(page, at);
    expect(`${name}: begins before its first step`, [first.at, first.shown, first.current], [0, 0, null]);
    expect(`${name}: has steps and a polite line`, [first.all > 0, first.live !== '', first.polite], [true, true, 'polite']);
    expect(`${name}: Next is reached with Tab`, await tabTo(page, at, 'next'), true);
    let before = first;
    for (let step = 1; step <= first.all; step += 1) {
      await page.keyboard.press(step % 2 ? 'Enter' : 'Space');
      const now = await look(page, at);
      const said = [now.at, now.shown, now.current, now.focused, now.sideways, now.places];
      expect(`${name}: step ${step}`, said, [step, step, now.live, 'next', false, before.places]);
      before = now;
    }
    await page.keyboard.press('Enter');
    expect(`${name}: stays at its end`, (await look(page, at)).at, first.all);
    await page.keyboard.press('Shift+Tab');
    for (let step = first.all - 1; step >= 0; step -= 1) { await page.keyboard.press('Enter'); }
    const back = await look(page, at);
    expect(`${name}: goes back`, [back.at, back.live, back.focused], [0, first.live, 'back']);
    expect(`${name}: Play is reached with Tab`, await tabTo(page, at, 'play'), true);
    const play = page.locator('[data-sim]').nth(at).locator('[data-do="play"]');
    const label1 = await play.textContent();
    await page.keyboard.press('Enter');
    if (first.all > 1) {
      expect(`${name}: Play becomes Pause`, (await play.textContent()) === label1, false);
      await page.keyboard.press('Enter');
    }
    expect(`${name}: Pause becomes Play`, await play.textContent(), label1);
    expect(`${name}: Play has made a step`, (await look(page, at)).at, 1);
    // Keys that belong to the reader.
    await page.evaluate(() => document.activeElement.blur());
    for (const key of ['ArrowRight', 'ArrowLeft', 'n', 'p', 'r']) { await page.keyboard.press(key); }
    expect(`${name}: takes no key of the page`, (await look(page, at)).at, 1);
    expect(`${name}: Reset is reached with Tab`, await tabTo(page, at, 'reset'), true);
    await page.keyboard.press('Enter');
    expect(`${name}: begins again`, (await look(page, at)).at, 0);
  }
  return count;
}

// Changes every control by the keyboard; a change begins again and nothing breaks.
async function change(page, label, expect) {
  const inputs = page.locator('[data-sim] .sim-inputs input, [data-sim] .sim-inputs select');
  for (let at = 0; at < await inputs.count(); at += 1) {
    const input = inputs.nth(at);
    await input.focus();
    const before = await input.inputValue();
    await page.keyboard.press(await input.getAttribute('type') === 'text' ? 'x' : 'ArrowDown');
    if (await input.inputValue() === before) { await page.keyboard.press('ArrowUp'); }
    expect(`${label}: control ${at} changes`, await input.inputValue() === before, false);
    expect(`${label}: control ${at} leaves steps`, await input.evaluate((one) => one.closest('[data-sim]').querySelectorAll('.sim-steps li').length > 0), true);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    expect(`${label}: control ${at}: sideways`, wide, false);
  }
}

// One page per recorded figure, with the site's own style and script.
function pages(folder) {
  const css = ['colours', 'site', 'diagram', 'figures'].map((name) => fs.readFileSync(path.join(ROOT, 'site', 'css', `${name}.css`), 'utf8'));
  fs.writeFileSync(path.join(folder, 'site.css'), css.join('\n'));
  fs.writeFileSync(path.join(folder, 'figures.js'), script());
  const recorded = path.join(ROOT, 'tests', 'fixtures', 'vectors', 'figures');
  return fs.readdirSync(recorded).sort().map((name) => {
    const html = fs.readFileSync(path.join(recorded, name), 'utf8');
    fs.writeFileSync(path.join(folder, name), `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${name}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self' file:; script-src 'self' file:; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="site.css">
<script src="figures.js" defer></script></head><body><main><h1>${name}</h1>\n${html}\n</main></body></html>`);
    return name;
  });
}

// One figure in one setting: played and changed by the keyboard, looked at by axe, printed.
async function everything(browser, url, label, { width, ...media }, axe, expect) {
  const context = await browser.newContext({ viewport: { width, height: 800 }, offline: true, ...media });
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) { errors.push(message.text()); } });
  await page.goto(url);
  await drive(page, label, expect);
  await change(page, label, expect);
  // Before axe, which asks for the style sheet and is refused.
  expect(`${label}: errors`, errors, []);
  await page.evaluate(axe);
  const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  expect(`${label}: axe`, result.violations.map((one) => `${one.id}: ${one.nodes[0].target} ${one.nodes[0].failureSummary}`), []);
  if (process.env.SHOTS) {
    await page.evaluate(() => { for (let step = 0; step < 4; step += 1) { document.querySelector('[data-do="next"]').click(); } });
    await page.screenshot({ path: path.join(process.env.SHOTS, `${path.basename(url)}-${width}-${media.colorScheme}${media.forcedColors ? '-forced' : ''}.png`), fullPage: true });
  }
  await page.emulateMedia({ media: 'print' });
  const hidden = await page.evaluate(() => Array.from(document.querySelectorAll('.sim-steps span')).filter((one) => getComputedStyle(one).visibility !== 'visible').length);
  expect(`${label}: every step is printed`, [hidden, await page.locator('.sim-player').isVisible()], [0, false]);
  await context.close();
}

async function withoutScript(browser, url, name, expect) {
  const plain = await browser.newContext({ viewport: { width: 360, height: 800 }, offline: true, javaScriptEnabled: false });
  const page = await plain.newPage();
  await page.goto(url);
  expect(`${name}: no button without a script`, await page.locator('button:visible, input:visible, select:visible').count(), 0);
  expect(`${name}: steps without a script`, await page.locator('.sim-steps li span:visible').count() > 0, true);
  await plain.close();
}

async function main() {
  const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'figures-'));
  const names = pages(folder);
  const tasks = names.flatMap((name) => {
    const url = pathToFileURL(path.join(folder, name)).href;
    const inEach = SETTINGS.map(({ name: setting, ...media }) => (browser) => everything(browser, url, `${name}, ${setting}`, media, axe, expect));
    return [...inEach, (browser) => withoutScript(browser, url, name, expect)];
  });
  try {
    await inTurn(tasks);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
  process.exit(conclude(`figures: ${names.length} × ${SETTINGS.length} settings`));
}

module.exports = { drive, change };

if (require.main === module) { main().catch((error) => { console.error(error); process.exit(1); }); }
