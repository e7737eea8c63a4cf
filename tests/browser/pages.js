// Every page of a site for a moment, every picture as a file, and every figure by the keyboard.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { expect } = require('./expect');
const { drive } = require('./figures');
const { badTexts, overflow } = require('./looks');
const { open } = require('./open');

const NOTHING = { errors: [], requests: [], dialogs: [] };

async function eachPage(browser, folder, names) {
  const context = await browser.newContext({ viewport: { width: 360, height: 700 }, offline: true });
  for (const name of names) {
    const { page, seen } = await open(context, folder, name);
    expect(`${name}: errors, requests, dialogs`, seen, NOTHING);
    expect(`${name}: sideways`, await overflow(page), []);
    expect(`${name}: scripts`, await page.evaluate(() => document.querySelectorAll('script[src]').length - Number(Boolean(document.querySelector('[data-sim]')))), 3);
    expect(`${name}: texts of the picture`, await badTexts(page), []);
    await page.close();
  }
  await context.close();
}

// The picture as a file of its own: well-formed, with its looks, and its links lead on.
async function picturesAlone(browser, folder, names) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, offline: true, colorScheme: 'dark' });
  for (const name of names) {
    const { page, seen } = await open(context, folder, name);
    expect(`${name}: errors, requests, dialogs`, seen, NOTHING);
    expect(`${name}: is a picture`, await page.evaluate(() => document.documentElement.tagName), 'svg');
    expect(`${name}: has its looks`, await page.evaluate(() => getComputedStyle(document.querySelector('.d-shape')).fill) !== 'rgb(0, 0, 0)', true);
    await page.close();
  }
  await context.close();
}

// The pages with a figure that no page before had with the same data, in one language or the other in turn.
function withFigures(folder, files, languages, known) {
  const figures = (name) => Array.from(fs.readFileSync(path.join(folder, name), 'utf8').matchAll(/class="sim-data">(.*?)<\/script>/gs), (found) => found[1]);
  const isNew = (name) => figures(name).filter((one) => !known.has(one) && known.add(one)).length > 0;
  const folders = ['', ...languages.slice(1).map((one) => `${one}/`)];
  const first = files.filter((name) => !folders.some((one) => one && name.startsWith(one)) && isNew(name));
  return first.map((name, at) => `${folders[at % folders.length]}${name}`);
}

async function eachFigure(browser, folder, names) {
  const context = await browser.newContext({ viewport: { width: 360, height: 700 }, offline: true });
  for (const name of names) {
    const { page, seen } = await open(context, folder, name);
    await drive(page, name, expect);
    expect(`${name}: errors, requests, dialogs`, seen, NOTHING);
    await page.close();
  }
  await context.close();
}

module.exports = { eachFigure, eachPage, picturesAlone, withFigures };
