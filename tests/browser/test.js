// usage: node test.js SITE_DIR... [-- what nobody opens]
// Every sort of page of these sites in every setting and language; what a reader does; and every page once, or up to
// sixty of a larger site. MQLAB_SOAK=1 tries every page in every setting.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { conclude, expect } = require('./expect');
const { eachFigure, eachPage, picturesAlone, withFigures } = require('./pages');
const { programs } = require('./programs');
const { behaviour, question, withoutScripts } = require('./reader');
const { searching } = require('./searching');
const { htmlFiles, languages, samples } = require('./site');
const { SETTINGS, everySetting } = require('./sorts');
const { inTurn } = require('./workers');

const SOAK = process.env.MQLAB_SOAK === '1';
// Of a larger site every nth page is opened.
const MOST_PAGES = SOAK ? Infinity : 60;
// Pages that one browser opens one after the other.
const AT_ONCE = 15;

function pieces(names) {
  return Array.from({ length: Math.ceil(names.length / AT_ONCE) }, (_, at) => names.slice(at * AT_ONCE, (at + 1) * AT_ONCE));
}

// What is to be done with one site. What others have shown is in `shown` and `played`.
function tasksOf(folder, shown, played) {
  const files = htmlFiles(folder);
  const tongues = languages(folder);
  const label = path.basename(folder);
  const sorts = SOAK ? samples(folder, files).concat(files.map((name) => ['page', name])) : samples(folder, files, shown);
  const page = (sort) => (samples(folder, files).find(([own]) => own === sort) || [])[1];
  const translated = (name) => tongues.map((language, at) => (at ? `${language}/${name}` : name)).filter((one) => files.includes(one));
  // Each once: what is a translation is a page too.
  const each = new Map(sorts.flatMap(([sort, name]) => translated(name).map((one) => [one, { sort, isFirst: one === name }])));
  const tasks = Array.from(each, ([one, { sort, isFirst }]) => (browser) => everySetting(browser, folder, one, `${label}: ${sort} (${one})`, isFirst, expect));
  const some = files.filter((_, at) => at % Math.ceil(files.length / MOST_PAGES) === 0 || SOAK);
  tasks.push(...pieces(some).map((names) => (browser) => eachPage(browser, folder, names)));
  const pictures = sorts.map(([, name]) => name.replace(/html$/, 'svg')).filter((name) => fs.existsSync(path.join(folder, name)));
  tasks.push((browser) => picturesAlone(browser, folder, pictures));
  tasks.push((browser) => behaviour(browser, folder, page('broker') || 'learn/index.html', page('queue')));
  const abroad = files.find((one) => /^[a-z]{2}\/brokers\/[^/]+\/index\.html$/.test(one));
  tasks.push(...['index.html', abroad].filter(Boolean).map((name) => (browser) => searching(browser, folder, name)));
  tasks.push(...withFigures(folder, files, tongues, played).map((name) => (browser) => eachFigure(browser, folder, [name])));
  const asking = sorts.flatMap(([, name]) => translated(name)).filter((name) => fs.readFileSync(path.join(folder, name), 'utf8').includes('data-question'));
  tasks.push(...asking.map((name) => (browser) => question(browser, folder, name)));
  tasks.push((browser) => withoutScripts(browser, folder));
  const withPrograms = files.filter((one) => /^clients\//.test(one));
  tasks.push(...withPrograms.map((name) => (browser) => programs(browser, folder, name, withPrograms.at(-1))));
  return { tasks, sorts: sorts.length, pages: files.length };
}

async function main() {
  const words = process.argv.slice(2);
  const folders = (words.includes('--') ? words.slice(0, words.indexOf('--')) : words).map((one) => path.resolve(one));
  if (!folders.length || !folders.every((one) => fs.existsSync(path.join(one, 'index.html')))) {
    console.error('usage: node test.js SITE_DIR... (built sites, with an index.html each)');
    process.exit(2);
  }
  // What a site in several languages has need not be tried on one with one.
  folders.sort((one, two) => languages(two).length - languages(one).length);
  const [shown, played] = [new Set(), new Set()];
  const sites = folders.map((folder) => tasksOf(folder, shown, played));
  await inTurn(sites.flatMap((site) => site.tasks));
  const sum = (key) => sites.reduce((all, site) => all + site[key], 0);
  process.exit(conclude(`${folders.length} sites: ${sum('pages')} pages, ${sum('sorts')} sorts × ${SETTINGS.length + 1} settings in every language`));
}

main().catch((error) => { console.error(error); process.exit(1); });
