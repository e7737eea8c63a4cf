// Finds the pages of a built site, and which of them together show every sort of thing that it has.
'use strict';

const fs = require('node:fs');
const path = require('node:path');

function htmlFiles(folder) {
  return fs.readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.html'))
    .map((name) => name.split(path.sep).join('/'))
    .sort();
}

// The languages, by the links of the first page; the first has no folder.
function languages(folder) {
  const home = fs.readFileSync(path.join(folder, 'index.html'), 'utf8');
  const own = /<html lang="([^"]+)"/.exec(home)[1];
  const others = Array.from(home.matchAll(/<link rel="alternate" hreflang="([^"]+)"/g), (found) => found[1]);
  return [own, ...others.filter((one) => one !== own)];
}

// What names are in a path is left out of it. A page of a new sort has a new path, so nobody has to be told of it.
const SHAPES = [
  [/^brokers\/[^/]+\/(?:vhosts\/[^/]+\/)?([^/]+)\/index\.html$/, 'list'],
  [/^brokers\/[^/]+\/index\.html$/, 'broker'],
  [/^brokers\/[^/]+\/(?:vhosts\/[^/]+\/)?([^/]+)\/[^/]+\.html$/, '$1'],
  [/^apps\/(?!index)[^/]+\.html$/, 'app'],
  [/^learn\/[^/]+\/[^/]+\.html$/, 'lesson'],
  [/^([^/]+)\/(?!index)[^/]+\.html$/, '$1'],
];

function shapeOf(name) {
  const rule = SHAPES.find(([pattern]) => pattern.test(name));
  return rule ? name.replace(...rule) : name.replace(/\.html$/, '');
}

// Everything on a page that looks or works like nothing else: its elements with their classes, and its figures.
function partsOf(html) {
  const main = html.slice(html.indexOf('<main'));
  const parts = new Set();
  for (const [, tag, attributes] of main.matchAll(/<([a-z][a-z0-9]*)((?:\s[^<>]*)?)>/g)) {
    const classes = (/\sclass="([^"]*)"/.exec(attributes) || ['', ''])[1].split(' ');
    const role = (/\srole="([^"]*)"/.exec(attributes) || ['', ''])[1];
    const figure = (/\sdata-sim="([^"]*)"/.exec(attributes) || ['', ''])[1];
    classes.forEach((one) => parts.add(`${tag}.${one}`));
    if (role) { parts.add(`${tag} ${role}`); }
    if (figure) { parts.add(`figure ${figure}`); }
  }
  return parts;
}

// Pages that show the names of the stack, and not only what is written for all.
const NAMES = /^(brokers|apps)\/|^(index|run)\.html$/;

// [sort, page] of one page of each sort, and of each page that has something which none before it has. `shown` is what
// other sites have shown already; but names are tried on every site.
function samples(folder, files, shown = new Set()) {
  const [, ...others] = languages(folder);
  const found = [];
  for (const name of files.filter((one) => !others.some((language) => one.startsWith(`${language}/`)))) {
    const sort = shapeOf(name);
    const whose = NAMES.test(name) ? folder : 'all';
    const parts = [`page ${whose} ${sort}`, ...partsOf(fs.readFileSync(path.join(folder, name), 'utf8'))];
    if (parts.some((one) => !shown.has(one))) { found.push([sort, name]); }
    parts.forEach((one) => shown.add(one));
  }
  return found;
}

module.exports = { htmlFiles, languages, samples };
