// usage: node search.js SITE_DIR
// Runs the site's own search over its own indexes: what must come first, and how long it takes.
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

function run(folder) {
  const assets = path.join(folder, 'assets');
  const { search } = require(path.resolve(assets, 'search.js'));
  const home = fs.readFileSync(path.join(folder, 'index.html'), 'utf8');
  const first = /<html lang="([^"]+)"/.exec(home)[1];
  let failed = 0;
  for (const language of ['en', 'zh'].filter((one) => fs.existsSync(path.join(assets, `search-${one}.js`)))) {
    const { site, queries } = JSON.parse(fs.readFileSync(path.join(FIXTURES, `${language}.json`), 'utf8'));
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
    times.sort((one, two) => one - two);
    const size = fs.statSync(path.join(assets, `search-${language}.js`)).size;
    console.log(`${folder}: search ${language}: ${times.length} queries${isTheOne ? ', each with its answer' : ''}, ${Math.round(size / 1024)} KiB, median ${times[times.length >> 1].toFixed(2)} ms, longest ${times[times.length - 1].toFixed(2)} ms`);
  }
  return failed;
}

if (!process.argv[2]) {
  console.error('usage: node search.js SITE_DIR (a built site)');
  process.exit(2);
}
process.exit(run(process.argv[2]) ? 1 : 0);
