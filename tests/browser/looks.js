// What can be wrong with the looks of a page that is open, in the setting that it is in.
'use strict';

const fs = require('node:fs');

const AXE = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

async function overflow(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) { return []; }
    return Array.from(document.querySelectorAll('body *'))
      .filter((one) => one.getBoundingClientRect().right > width + 1 && !one.closest('.scroll, .picture-box, pre'))
      .slice(0, 3)
      .map((one) => `${one.tagName}.${one.className.baseVal ?? one.className}`)
      .concat('the page scrolls sideways');
  });
}

async function axe(page) {
  // The page's own policy forbids scripts from elsewhere; the protocol's evaluation is not bound by it.
  if (!await page.evaluate(() => Boolean(window.axe))) { await page.evaluate(AXE); }
  // Without `preload` it does not ask for the style sheet, which the policy forbids.
  const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'], preload: false }));
  return result.violations
    .map((one) => `${one.id} (${one.impact}): ${one.nodes.slice(0, 2).map((node) => `${node.target} ${node.failureSummary}`).join('; ')}`);
}

// Texts of a picture that stick out of it, or that are too small to be read.
async function badTexts(page) {
  return page.evaluate(() => {
    const bad = [];
    document.querySelectorAll('.picture-box svg').forEach((svg) => {
      const box = svg.viewBox.baseVal;
      const scale = svg.getBoundingClientRect().width / box.width;
      svg.querySelectorAll('text').forEach((text) => {
        const own = text.getBBox();
        const inside = own.x >= 0 && own.y >= 0 && own.x + own.width <= box.width && own.y + own.height <= box.height;
        const size = parseFloat(getComputedStyle(text).fontSize) * scale;
        if (!inside || size < 10.99) { bad.push(`${text.textContent} ${inside ? size : 'outside'}`); }
        const shape = text.closest('.d-node');
        if (shape) {
          const around = shape.querySelector('.d-shape').getBBox();
          if (own.x < around.x - 0.5 || own.x + own.width > around.x + around.width + 0.5) { bad.push(`${text.textContent} leaves its box`); }
        }
      });
    });
    return bad;
  });
}

module.exports = { axe, badTexts, overflow };
