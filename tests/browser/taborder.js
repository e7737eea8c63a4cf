// Where Tab leads: to everything that can be used, once, in the order of the page, there and back, and out of it again.
'use strict';

// Runs in the page. Keeps what can have the focus in the order of the page, and notes what has it at each Tab.
function watch() {
  const all = 'a[href], button, input, select, textarea, summary, [tabindex], [contenteditable]';
  const isRadioNotChosen = (one) => {
    if (one.type !== 'radio') { return false; }
    const group = Array.from(document.querySelectorAll(`input[type=radio][name="${CSS.escape(one.name)}"]`));
    return one !== (group.find((own) => own.checked) || group[0]);
  };
  const stops = Array.from(document.querySelectorAll(all))
    .filter((one) => one.tabIndex >= 0 && !one.disabled && one.checkVisibility({ visibilityProperty: true }))
    .filter((one) => (one.tagName !== 'SUMMARY' || one === one.parentElement.querySelector('summary')) && !isRadioNotChosen(one));
  const region = (one) => ['.skip', '.top', 'main', '#nav', '.foot'].findIndex((selector) => one.closest(selector));
  const described = (one) => `${one.tagName.toLowerCase()} ${(one.getAttribute('aria-label') || one.textContent).trim().slice(0, 40)}`;
  const ringed = (one) => {
    const shape = one.querySelector('.d-shape');
    if (shape && one.closest('svg')) { return parseFloat(getComputedStyle(shape).strokeWidth) >= 3; }
    const style = getComputedStyle(one);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  };
  // In what is above the screen, or behind the header, or below the screen.
  const hidden = (one) => {
    const box = one.getBoundingClientRect();
    const top = document.querySelector('.top').getBoundingClientRect();
    const roof = region(one) > 1 && getComputedStyle(document.querySelector('.top')).position === 'sticky' ? top.bottom : 0;
    return box.bottom <= roof || box.top >= innerHeight;
  };
  // From the very beginning, wherever the focus has been before.
  const start = document.createElement('span');
  start.tabIndex = -1;
  document.body.prepend(start);
  start.focus();
  start.remove();
  if (window.tabs) { document.removeEventListener('keydown', window.tabs.hear, true); }
  window.tabs = { visited: [], plain: [], unseen: [] };
  window.tabs.hear = (event) => {
    const one = document.activeElement;
    if (event.key !== 'Tab' || one === document.body || one === document.documentElement) { return; }
    window.tabs.visited.push(stops.includes(one) ? stops.indexOf(one) : described(one));
    if (!ringed(one)) { window.tabs.plain.push(described(one)); }
    if (hidden(one)) { window.tabs.unseen.push(described(one)); }
  };
  document.addEventListener('keydown', window.tabs.hear, true);
  const regions = stops.map(region);
  // Whoever reads from the top, and from the left where things are beside each other, never goes back.
  const boxes = stops.map((one) => one.getBoundingClientRect());
  const back = stops.filter((one, at) => {
    const before = at > 0 && regions[at] === regions[at - 1] && regions[at] > 1 && !one.closest('svg') && boxes[at - 1];
    return before && boxes[at].bottom <= before.top && boxes[at].left < before.right;
  });
  return {
    count: stops.length,
    first: stops.length > 0 && stops[0].matches('.skip'),
    positive: stops.filter((one) => one.tabIndex > 0).map(described),
    strays: stops.filter((one, at) => regions[at] < 0).map(described),
    rising: regions.every((own, at) => at === 0 || own >= regions[at - 1]),
    back: back.map(described),
  };
}

async function presses(page, keys) {
  // Each is sent after the one before it, and none waits for the answer.
  await Promise.all(keys.map((key) => page.keyboard.press(key)));
}

async function tabOrder(page, at, expect) {
  const found = await page.evaluate(watch);
  const { count } = found;
  expect(`${at}: Tab, the skip link is first`, found.first, true);
  expect(`${at}: Tab, nobody pushes in`, found.positive, []);
  expect(`${at}: Tab, all is in the header, the content or the navigation`, [found.strays, found.rising], [[], true]);
  expect(`${at}: Tab, in the order of reading`, found.back, []);
  const forward = Array.from({ length: count }, (_, own) => own);
  // The first leads into the page, the others note where they come from, the last leads out of it.
  await presses(page, Array(count + 1).fill('Tab'));
  const there = await page.evaluate(() => ({ ...window.tabs, hear: null }));
  expect(`${at}: Tab, everything once`, there.visited, forward);
  expect(`${at}: Tab, the focus can be seen`, [there.plain, there.unseen], [[], []]);
  await page.evaluate(() => { window.tabs.visited = []; });
  await page.keyboard.press('Shift+Tab');
  await presses(page, Array(count).fill('Shift+Tab'));
  expect(`${at}: Tab, and back again`, await page.evaluate(() => window.tabs.visited), forward.slice().reverse());
}

module.exports = { tabOrder };
