// The scripts of the figures as a browser would run them, without a page.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');

const ROOT = path.join(__dirname, '..', '..');

// In the order of the site's own asset, which is in the program's source.
function order() {
  const source = fs.readFileSync(path.join(ROOT, 'src', 'site', 'render.rs'), 'utf8');
  return Array.from(source.matchAll(/site\/js\/figures\/([\w-]+\.js)/g), (found) => found[1]);
}

function script() {
  return order().map((name) => fs.readFileSync(path.join(ROOT, 'site', 'js', 'figures', name), 'utf8')).join('');
}

function engines() {
  const window = {};
  vm.runInNewContext(script(), { window }, { filename: 'figures.js' });
  return window.mqlabSim;
}

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'", '#x2F': '/' };

function text(html) {
  return html.replace(/&(#?\w+);/g, (whole, name) => (name in ENTITIES ? ENTITIES[name] : whole));
}

// A figure as it was rendered: { name, data, steps, table }.
function figure(html) {
  const cells = (part, tag) => Array.from(part.matchAll(new RegExp(`<${tag}[^>]*>(.*?)</${tag}>`, 'g')), (found) => text(found[1]));
  const rows = (part) => Array.from(part.matchAll(/<tr>(.*?)<\/tr>/gs), (found) => cells(found[1], 't[hd]'));
  const table = /<table>(.*?)<\/table>/s.exec(html);
  return {
    name: /data-sim="([^"]*)"/.exec(html)[1],
    data: JSON.parse(/class="sim-data">(.*?)<\/script>/s.exec(html)[1]),
    steps: Array.from(html.matchAll(/<li><span>(.*?)<\/span><\/li>/gs), (found) => text(found[1])),
    table: table && {
      caption: cells(table[1], 'caption')[0],
      head: rows(/<thead>(.*?)<\/thead>/s.exec(table[1])[1])[0],
      rows: rows(/<tbody>(.*?)<\/tbody>/s.exec(table[1])[1]),
    },
  };
}

module.exports = { ROOT, engines, figure, script };
