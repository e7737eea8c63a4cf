// What has been looked at, and what of it was not as wanted.
'use strict';

const failures = [];
let checks = 0;

function expect(what, found, wanted) {
  checks += 1;
  if (JSON.stringify(found) !== JSON.stringify(wanted)) {
    failures.push(`${what}: found ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`);
  }
}

// Says how it went, and gives the exit code.
function conclude(what) {
  console.log(`${what}, ${checks} checks, ${failures.length} failed`);
  failures.slice(0, 20).forEach((failure) => console.error(`  ✗ ${failure}`));
  if (failures.length > 20) { console.error(`  … and ${failures.length - 20} more`); }
  return failures.length || !checks ? 1 : 0;
}

module.exports = { conclude, expect };
