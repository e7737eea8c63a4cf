// usage: node search.js SITE_DIR... [-- what nobody opens]
// Runs the sites' own search over their own indexes: what must come first, and how long it takes. One of them must be
// the site that the recorded answers are about.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');

const FIXTURES = path.join(__dirname, '..', 'fixtures', 'search');

// As a page does it: the first file makes the global, the others add to it.
function load(assets, language) {
  const context = vm.createContext({ window: {} });
  fs.readdirSync(assets)
    .filter((name) => name === `search-${language}.js` || (name.startsWith(`search-${language}-`) && name.endsWith('.js')))
    .sort((one, two) => one.length - two.length)
    .forEach((name) => vm.runInContext(fs.readFileSync(path.join(assets, name), 'utf8'), context));
  return context.window.mqlabSearch;
}

// Fewer queries than these in a language show little.
const LEAST = 50;

function run(folder, recorded) {
  const assets = path.join(folder, 'assets');
  const { search } = require(path.resolve(assets, 'search.js'));
  const home = fs.readFileSync(path.join(folder, 'index.html'), 'utf8');
  const first = /<html lang="([^"]+)"/.exec(home)[1];
  let failed = 0;
  for (const [language, one] of recorded.filter(([own]) => fs.existsSync(path.join(assets, `search-${own}.js`)))) {
    const { site, queries } = one;
    const index = load(assets, language);
    const isTheOne = home.includes(`<title>${site}</title>`);
    const times = [];
    for (const [query, wanted] of Object.entries(queries)) {
      const began = process.hrtime.bigint();
      const hits = search(index, query);
      times.push(Number(process.hrtime.bigint() - began) / 1e6);
      const found = hits.length > 0 ? hits[0].path : null;
      if (isTheOne && found !== wanted) {
        failed += 1;
        console.error(`  ✗ ${language}: ${query}: found ${found}, wanted ${wanted}`);
      }
      const file = found && path.join(folder, language === first ? '' : language, found.split('#')[0]);
      if (file && !fs.existsSync(file)) {
        failed += 1;
        console.error(`  ✗ ${language}: ${query}: ${found} is no page`);
      }
    }
    if (isTheOne) { one.answered = times.length; }
    times.sort((less, more) => less - more);
    const size = fs.statSync(path.join(assets, `search-${language}.js`)).size;
    console.log(`${folder}: search ${language}: ${times.length} queries${isTheOne ? ', each with its answer' : ''}, ${Math.round(size / 1024)} KiB, median ${times[times.length >> 1].toFixed(2)} ms, longest ${times[times.length - 1].toFixed(2)} ms`);
  }
  return failed;
}

function main(folders) {
  const recorded = ['en', 'zh'].map((language) => [language, { ...JSON.parse(fs.readFileSync(path.join(FIXTURES, `${language}.json`), 'utf8')), answered: 0 }]);
  let failed = folders.reduce((all, folder) => all + run(folder, recorded), 0);
  for (const [language, { site, answered }] of recorded.filter(([, one]) => one.answered < LEAST)) {
    failed += 1;
    console.error(`  ✗ ${language}: ${answered} recorded answers were compared, wanted ${LEAST}: of the site "${site}"`);
  }
  return failed;
}

const words = process.argv.slice(2);
const folders = words.includes('--') ? words.slice(0, words.indexOf('--')) : words;
if (!folders.length) {
  console.error('usage: node search.js SITE_DIR... (built sites)');
  process.exit(2);
}
process.exit(main(folders) ? 1 : 0);
