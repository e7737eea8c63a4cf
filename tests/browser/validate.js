// usage: node validate.js SITE_DIR... [-- SITE_DIR...]
// The Nu Html Checker finds nothing wrong, and nothing to warn of, in any page, picture and style sheet of built sites.
'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const JAR = path.join(path.dirname(require.resolve('vnu-jar/package.json')), 'build', 'dist', 'vnu.jar');
const OPTIONS = [
  '--stdout', '--format', 'json', '--also-check-css', '--also-check-svg',
  // A description is in the reader's language whatever the page's is, so a guess at the language is no help.
  '--no-langdetect',
];
// What a policy lets through Chromium says in the other tests: the checker does not know `file:`, and takes a block of
// data for a script.
const NOT_OURS = /Content Security Policy/;
// Names of files of one command: the system takes two million characters.
const AT_ONCE = 5000;

function filesOf(folder) {
  const names = fs.readdirSync(folder, { recursive: true }).map(String);
  const found = names.filter((name) => /\.(html|svg|css)$/.test(name)).map((name) => path.resolve(folder, name));
  if (!found.some((name) => name.endsWith('index.html'))) { throw new Error(`${folder} is no built site`); }
  return found;
}

function said(files) {
  // A collector of one thread leaves the other core to others.
  const done = spawnSync('java', ['-XX:+UseSerialGC', '-jar', JAR, ...OPTIONS, ...files], { maxBuffer: 2 ** 30, encoding: 'utf8' });
  if (done.error) { throw done.error; }
  try {
    return JSON.parse(done.stdout).messages;
  } catch (error) {
    throw new Error(`vnu said no JSON (exit code ${done.status}): ${done.stdout.slice(0, 500)}${done.stderr.slice(-2000)}`, { cause: error });
  }
}

// Says what is wrong with these files, and gives the exit code.
function validated(files, whose) {
  const messages = [];
  for (let at = 0; at < files.length; at += AT_ONCE) {
    messages.push(...said(files.slice(at, at + AT_ONCE)).filter((one) => !NOT_OURS.test(one.message)));
  }
  console.log(`validate: ${files.length} files of ${whose}, ${messages.length} messages`);
  // The same mistake is on every page of a template: each once, with how often.
  const groups = new Map();
  messages.forEach((one) => groups.set(one.message, (groups.get(one.message) || []).concat(one)));
  Array.from(groups).slice(0, 20).forEach(([text, all]) => {
    const { url, lastLine, extract, subType, type } = all[0];
    console.error(`  ✗ ${subType || type}: ${text} (${all.length} times)\n    ${url.replace('file:', '')}:${lastLine}: ${String(extract).replace(/\s+/g, ' ')}`);
  });
  return messages.length ? 1 : 0;
}

function main() {
  const folders = process.argv.slice(2).filter((one) => one !== '--');
  if (!folders.length) {
    console.error('usage: node validate.js SITE_DIR... [-- SITE_DIR...] (built sites)');
    process.exit(2);
  }
  process.exit(validated(folders.flatMap(filesOf), `${folders.length} sites`));
}

module.exports = { validated };

if (require.main === module) { main(); }
