// The search field as somebody uses it.
'use strict';

const { expect } = require('./expect');
const { axe, overflow } = require('./looks');
const { open } = require('./open');
const { SETTINGS } = require('./sorts');

// Somebody types, goes through what is found, opens it; and the same where there is little room.
async function searching(browser, folder, name) {
  for (const { name: label, width, ...media } of SETTINGS) {
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

module.exports = { searching };
