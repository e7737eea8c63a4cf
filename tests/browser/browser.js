// A Chromium that can reach files and nothing else.
'use strict';

const fs = require('node:fs');
const { chromium } = require('playwright-core');

const CANDIDATES = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
  // Every name and address leads nowhere, whatever a page asks for.
  '--host-resolver-rules=MAP * ~NOTFOUND', '--proxy-server=127.0.0.1:9',
];

async function launch() {
  const executablePath = CANDIDATES.find((path) => path && fs.existsSync(path));
  if (!executablePath) {
    throw new Error('no Chromium found: install the package `chromium`, or set CHROMIUM to its path');
  }
  return chromium.launch({ executablePath, args: FLAGS });
}

module.exports = { launch };
