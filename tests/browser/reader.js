// What a reader does, by mouse and by keyboard, with and without scripts.
'use strict';

const { expect } = require('./expect');
const { address, open } = require('./open');

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
  await page.goto(address(folder, other));
  await page.goto(address(folder, 'index.html'));
  expect('the theme is remembered', await ground(), dark);
  await page.keyboard.press('Tab');
  expect('the first stop is the skip link', await page.evaluate(() => document.activeElement.className), 'skip');
  await page.keyboard.press('Enter');
  expect('it leads to the content', await page.evaluate(() => document.activeElement.id), 'main');
  const link = page.locator('.picture-box a').first();
  const target = await link.getAttribute('href');
  await link.focus();
  await page.keyboard.press('Enter');
  const wanted = address(folder, target);
  await page.waitForURL(wanted);
  expect('a box leads to its page', page.url(), wanted);
  if (queue) {
    await page.goto(address(folder, queue));
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
    await small.goto(address(folder, queue));
    const seen = await small.evaluate(() => {
      const box = document.querySelector('.picture-box').getBoundingClientRect();
      const own = document.querySelector('.d-focus .d-shape').getBoundingClientRect();
      return own.left >= box.left - 1 && own.right <= box.right + 1;
    });
    expect('the picture shows what the page is about', seen, true);
  }
  await narrow.close();
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

module.exports = { behaviour, question, withoutScripts };
