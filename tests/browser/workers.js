// Does many things at the same time, each in a browser that does one at a time.
'use strict';

const os = require('node:os');
const { launch } = require('./browser');

// Takes the tasks in their order; each is given a browser.
async function inTurn(tasks) {
  const waiting = tasks.slice();
  const count = Math.min(os.cpus().length, 8, waiting.length);
  await Promise.all(Array.from({ length: count }, async () => {
    const browser = await launch();
    try {
      for (let task = waiting.shift(); task; task = waiting.shift()) { await task(browser); }
    } finally {
      // After a failure nobody begins anything more.
      waiting.length = 0;
      await browser.close();
    }
  }));
}

module.exports = { inTurn };
