// A page on paper: nothing is cut off, everything that a screen hides is there, and it takes as many sheets as it fills.
'use strict';

// A4 with these margins, in the pixels of a style sheet.
const MARGIN = 12;
const PIXELS = 96 / 25.4;
const PAPER = { width: Math.floor((210 - 2 * MARGIN) * PIXELS), height: Math.floor((297 - 2 * MARGIN) * PIXELS) };

// Runs in the page.
function cutOff() {
  const width = document.documentElement.clientWidth;
  const shown = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const name = (one) => `${one.tagName.toLowerCase()}.${one.className.baseVal ?? one.className} ${one.textContent.trim().slice(0, 40)}`;
  const clips = (one) => {
    const style = getComputedStyle(one);
    return [[style.overflowX, one.scrollWidth - one.clientWidth], [style.overflowY, one.scrollHeight - one.clientHeight]]
      .some(([overflow, more]) => overflow !== 'visible' && more > 1) && style.clipPath === 'none';
  };
  const all = Array.from(document.querySelectorAll('body *')).filter(shown);
  const wide = all.filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width > 0 && (box.right > width + 1 || box.left < -1);
  });
  const hidden = Array.from(document.querySelectorAll('main details > *, main [role=tabpanel], .sim-steps li > span')).filter((one) => !shown(one));
  const useless = Array.from(document.querySelectorAll('button, input:not([type=radio]), select, #nav, .skip')).filter(shown);
  return {
    wide: wide.slice(0, 3).map(name),
    clipped: all.filter((one) => one.clientWidth > 0 && clips(one)).slice(0, 3).map(name),
    hidden: hidden.slice(0, 3).map(name),
    useless: useless.slice(0, 3).map(name),
    height: document.documentElement.scrollHeight,
  };
}

async function onPaper(page, at, expect) {
  await page.emulateMedia({ media: 'print', colorScheme: 'dark', reducedMotion: null, forcedColors: null });
  await page.setViewportSize(PAPER);
  const { height, ...found } = await page.evaluate(cutOff);
  expect(`${at}: on paper`, found, { wide: [], clipped: [], hidden: [], useless: [] });
  const margin = `${MARGIN}mm`;
  const pdf = await page.pdf({ format: 'A4', margin: { top: margin, right: margin, bottom: margin, left: margin }, tagged: false });
  const sheets = (pdf.toString('latin1').match(/\/Type\s*\/Page\b/g) || []).length;
  // What may not be torn leaves the foot of a sheet empty.
  const least = Math.floor(height / PAPER.height);
  const most = Math.ceil(1.4 * height / PAPER.height) + 1;
  expect(`${at}: ${sheets} sheets for ${height} pixels`, sheets >= least && sheets <= most && sheets > 0, true);
  return sheets;
}

module.exports = { onPaper };
