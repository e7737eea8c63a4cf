// Sections that say the same in several languages become tabs. The choice holds for all of a page, and for the next
// page. Without a script, and on paper, they stand below one another.
(function () {
  'use strict';

  const KEY = 'mqlab-language';
  const groups = [];

  function chosen() {
    try { return window.localStorage.getItem(KEY); } catch (ignored) { return null; }
  }

  function choose(name) {
    groups.forEach((group) => group.show(name));
    try { window.localStorage.setItem(KEY, name); } catch (ignored) { /* the choice lasts for this page */ }
  }

  function make(holder, number) {
    const panels = Array.from(holder.querySelectorAll('[data-tab]'));
    const list = document.createElement('div');
    list.className = 'tabs';
    list.setAttribute('role', 'tablist');
    list.setAttribute('aria-label', holder.dataset.label);
    const tabs = panels.map((panel) => {
      const tab = document.createElement('button');
      tab.type = 'button';
      tab.id = `tab-${number}-${panel.dataset.tab}`;
      tab.textContent = panel.dataset.title;
      tab.setAttribute('role', 'tab');
      panel.id = `panel-${number}-${panel.dataset.tab}`;
      panel.setAttribute('role', 'tabpanel');
      panel.setAttribute('aria-labelledby', tab.id);
      tab.setAttribute('aria-controls', panel.id);
      tab.addEventListener('click', () => choose(panel.dataset.tab));
      list.append(tab);
      return tab;
    });
    list.addEventListener('keydown', (event) => {
      const at = tabs.indexOf(document.activeElement);
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
      if (at < 0 || to === undefined) { return; }
      event.preventDefault();
      const next = (to + tabs.length) % tabs.length;
      choose(panels[next].dataset.tab);
      tabs[next].focus();
    });
    holder.prepend(list);
    holder.classList.add('tabbed');
    return {
      show(name) {
        const found = panels.findIndex((panel) => panel.dataset.tab === name);
        const shown = found < 0 ? 0 : found;
        panels.forEach((panel, at) => panel.classList.toggle('tab-away', at !== shown));
        tabs.forEach((tab, at) => {
          tab.setAttribute('aria-selected', String(at === shown));
          tab.tabIndex = at === shown ? 0 : -1;
        });
      },
    };
  }

  document.querySelectorAll('[data-tabs]').forEach((holder, number) => groups.push(make(holder, number)));
  const first = chosen();
  groups.forEach((group) => group.show(first));
}());
