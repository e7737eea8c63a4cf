// Runs before the first paint, so that a chosen theme does not flash.
(function () {
  'use strict';
  var root = document.documentElement;
  var chosen = null;
  // A page that was opened from a folder may have no storage: then the system's theme is used.
  try { chosen = window.localStorage.getItem('mqlab-theme'); } catch (ignored) { chosen = null; }
  if (chosen === 'light' || chosen === 'dark') { root.setAttribute('data-theme', chosen); }
}());
