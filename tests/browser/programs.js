// Programs in several languages: a tab each, one choice for all pages, and all of them on paper and without scripts.
'use strict';

const { expect } = require('./expect');
const { address, open } = require('./open');

const panels = (page) => page.evaluate(() => {
  const all = Array.from(document.querySelectorAll('[data-tab]'));
  return all.filter((one) => one.checkVisibility()).map((one) => one.dataset.tab);
});
const languages = (page) => page.evaluate(() => Array.from(document.querySelectorAll('[data-tab]'), (one) => one.dataset.tab));
const chosen = (page) => page.evaluate(() => document.querySelector('[role=tab][aria-selected=true]').textContent);

async function programs(browser, folder, name, other) {
  const context = await browser.newContext({ viewport: { width: 360, height: 800 }, offline: true });
  const { page } = await open(context, folder, name);
  const all = await languages(page);
  expect(`${name}: a tab for each language`, await page.locator('[role=tab]').count(), all.length);
  expect(`${name}: the first language is shown`, await panels(page), all.slice(0, 1));
  await page.locator('[role=tab]').first().focus();
  await page.keyboard.press('ArrowLeft');
  expect(`${name}: before the first is the last`, await panels(page), all.slice(-1));
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  expect(`${name}: an arrow leads to the next`, await panels(page), all.slice(1, 2));
  expect(`${name}: which has the focus`, await page.evaluate(() => document.activeElement.getAttribute('aria-selected')), 'true');
  // Every kind has a program for it; a second client in a language is on its own kind's pages alone.
  await page.keyboard.press('End');
  const language = await chosen(page);
  await page.goto(address(folder, other));
  expect(`${name}: the choice holds on ${other}`, await chosen(page), language);
  await page.emulateMedia({ media: 'print' });
  expect(`${other}: all are on paper`, await panels(page), await languages(page));
  await context.close();

  const plain = await browser.newContext({ viewport: { width: 360, height: 800 }, offline: true, javaScriptEnabled: false });
  const { page: still } = await open(plain, folder, name);
  expect(`${name}: all are there without a script`, await still.locator('[data-tab] h3:visible').count(), all.length);
  await plain.close();
}

module.exports = { programs };
