// One page in every setting.
'use strict';

const { axe, badTexts, overflow } = require('./looks');
const { open } = require('./open');
const { onPaper } = require('./paper');
const { tabOrder } = require('./taborder');

const SETTINGS = [
  { name: 'light 1280', width: 1280, colorScheme: 'light' },
  { name: 'dark 1280', width: 1280, colorScheme: 'dark' },
  { name: 'reduced motion 360', width: 360, colorScheme: 'dark', reducedMotion: 'reduce' },
  { name: 'forced colours 1280', width: 1280, colorScheme: 'dark', forcedColors: 'active' },
  { name: 'light 320', width: 320, colorScheme: 'light' },
];
// The navigation is beside the content in the first, and behind the menu in the second.
const TABBED = ['light 1280', 'light 320'];
// Between those and beyond them: a tablet, and a large screen.
const OTHER_WIDTHS = [768, 1920];

// On paper a translation looks as the first one does, which axe has seen then.
async function everySetting(browser, folder, name, label, isFirst, expect) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, offline: true });
  const { page, seen } = await open(context, folder, name);
  for (const { name: setting, width, ...media } of SETTINGS) {
    const at = `${label}, ${setting}`;
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ media: null, reducedMotion: null, forcedColors: null, ...media });
    // A figure fades from one colour to the other, and axe would look at what is between.
    await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished)));
    expect(`${at}: sideways`, await overflow(page), []);
    expect(`${at}: texts of the picture`, await badTexts(page), []);
    expect(`${at}: style sheet`, await page.evaluate(() => getComputedStyle(document.querySelector('.top')).position), 'sticky');
    expect(`${at}: axe`, await axe(page), []);
    if (TABBED.includes(setting)) { await tabOrder(page, at, expect); }
  }
  await page.emulateMedia({ media: null, colorScheme: 'light', reducedMotion: null, forcedColors: null });
  for (const width of OTHER_WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    expect(`${label}, ${width}: sideways`, await overflow(page), []);
  }
  await onPaper(page, label, expect);
  if (isFirst) { expect(`${label}: axe on paper`, await axe(page), []); }
  expect(`${label}: errors, requests, dialogs`, seen, { errors: [], requests: [], dialogs: [] });
  await context.close();
}

module.exports = { SETTINGS, everySetting };
