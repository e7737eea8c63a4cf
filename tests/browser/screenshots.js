// usage: node screenshots.js SITE_DIR [OUT_DIR] [PAGE …]
// Without pages: the pictures of the README, of the overview and of two figures. With pages: each in light and dark, wide and narrow.
'use strict';

const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { launch } = require('./browser');

async function shoot(browser, folder, name, file, { width, height, colorScheme, full }) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, offline: true, deviceScaleFactor: full ? 1 : 2 });
  const page = await context.newPage();
  await page.goto(pathToFileURL(path.join(folder, name)).href);
  await page.screenshot({ path: file, fullPage: Boolean(full) });
  await context.close();
  console.log(file);
}

// A figure in the middle of its steps, filling the picture.
async function figure(browser, folder, name, file, { steps, colorScheme }) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 760 }, colorScheme, offline: true, deviceScaleFactor: 2 });
  const page = await context.newPage();
  await page.goto(pathToFileURL(path.join(folder, name)).href);
  const one = page.locator('[data-sim]').first();
  for (let step = 0; step < steps; step += 1) { await one.locator('[data-do="next"]').click(); }
  await one.evaluate((element) => window.scrollTo(0, element.getBoundingClientRect().top + window.scrollY - 190));
  await page.screenshot({ path: file });
  await context.close();
  console.log(file);
}

async function main() {
  const [folder, out = path.join(__dirname, '../../docs'), ...pages] = process.argv.slice(2).map((one, at) => (at < 2 ? path.resolve(one) : one));
  if (!folder) {
    console.error('usage: node screenshots.js SITE_DIR [OUT_DIR] [PAGE …]');
    process.exit(2);
  }
  const browser = await launch();
  try {
    if (pages.length === 0) {
      await shoot(browser, folder, 'index.html', path.join(out, 'site-1280.png'), { width: 1280, height: 860, colorScheme: 'light' });
      await shoot(browser, folder, 'index.html', path.join(out, 'site-360.png'), { width: 360, height: 740, colorScheme: 'dark' });
    }
    if (pages.length === 0) {
      await figure(browser, folder, 'learn/kafka/groups.html', path.join(out, 'lesson-en.png'), { steps: 4, colorScheme: 'light' });
      await figure(browser, folder, 'zh/learn/rabbitmq/topic.html', path.join(out, 'lesson-zh.png'), { steps: 3, colorScheme: 'dark' });
    }
    for (const name of pages) {
      for (const colorScheme of ['light', 'dark']) {
        for (const width of [1280, 360]) {
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
