// usage: node screenshots.js SITE_DIR [OUT_DIR] [PAGE …]
// Without more: the pictures of the README, in both languages, into docs/. With OUT_DIR: the same pages, each in light
// and dark. With pages: each of these, in light and dark, wide and narrow.
'use strict';

const { execFileSync } = require('node:child_process');
const path = require('node:path');
const { address } = require('./open');
const { launch } = require('./browser');
const { languages } = require('./site');

const ROOT = path.join(__dirname, '..', '..');
const WIDTH = 1280;
// What the README shows of the tour. `steps` of the first figure are played, and `from` is at the top.
const PICTURES = [
  { name: 'start', page: 'index.html', colorScheme: 'light', height: 860 },
  { name: 'lesson', page: 'learn/rabbitmq/topic.html', colorScheme: 'dark', height: 800, steps: 3, from: '[data-sim]' },
  { name: 'topic', page: 'brokers/events/topic/orders.html', colorScheme: 'light', height: 860 },
  { name: 'exchange', page: 'brokers/jobs/exchange/orders.html', colorScheme: 'light', height: 900, steps: 10, from: 'h2:has(~ [data-sim])' },
];

async function shoot(browser, folder, page, file, { height, colorScheme, steps = 0, from, width = WIDTH, full }) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, offline: true, deviceScaleFactor: full ? 1 : 2 });
  const shown = await context.newPage();
  await shown.goto(address(folder, page));
  const next = shown.locator('[data-sim]').first().locator('[data-do="next"]');
  for (let step = 0; step < steps; step += 1) { await next.click(); }
  if (from) {
    await shown.locator(from).first().evaluate((one) => {
      const top = document.querySelector('.top').getBoundingClientRect().height;
      window.scrollTo(0, one.getBoundingClientRect().top + window.scrollY - top - 24);
    });
  }
  await shown.evaluate(() => { document.activeElement.blur(); return Promise.all(document.getAnimations().map((one) => one.finished)); });
  await shown.screenshot({ path: file, fullPage: Boolean(full) });
  await context.close();
  // A quarter of the bytes, and nobody sees it.
  execFileSync('pngquant', ['--force', '--ext', '.png', '--quality', '80-98', '--speed', '1', '--strip', file]);
  console.log(file);
}

// The pages of the README in each language, in the one setting that it shows or in both.
async function pictures(browser, folder, out, both) {
  for (const [at, language] of languages(folder).entries()) {
    for (const { name, page, colorScheme, ...more } of PICTURES) {
      for (const scheme of both ? ['light', 'dark'] : [colorScheme]) {
        const file = path.join(out, `${name}-${language}${both ? `-${scheme}` : ''}.png`);
        await shoot(browser, folder, at ? `${language}/${page}` : page, file, { colorScheme: scheme, ...more });
      }
    }
  }
}

async function main() {
  const [folder, out, ...pages] = process.argv.slice(2).map((one, at) => (at < 2 ? path.resolve(one) : one));
  if (!folder) {
    console.error('usage: node screenshots.js SITE_DIR [OUT_DIR] [PAGE …]');
    process.exit(2);
  }
  execFileSync(path.join(ROOT, 'scripts', 'need'), ['pngquant'], { stdio: 'inherit' });
  const browser = await launch();
  try {
    if (pages.length === 0) { await pictures(browser, folder, out || path.join(ROOT, 'docs'), Boolean(out)); }
    for (const name of pages) {
      for (const colorScheme of ['light', 'dark']) {
        for (const width of [WIDTH, 360]) {
          const file = path.join(out, `${name.replaceAll('/', '_').replace('.html', '')}-${width}-${colorScheme}.png`);
          await shoot(browser, folder, name, file, { width, height: 800, colorScheme, full: true });
        }
      }
    }
  } finally {
    await browser.close();
  }
}

main().catch((error) => { console.error(error); process.exit(1); });
