#!/bin/sh
# usage: tests/browser/install.sh
# Installs what the tests of the site in a browser need, or says what is missing and fails.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
need=$here/../../scripts/need

if [ -z "${CHROMIUM:-}" ] && [ ! -x /usr/bin/chromium ] && [ ! -x /usr/bin/chromium-browser ] && [ ! -x /usr/bin/google-chrome ]; then
    # Ubuntu has it under its old name only.
    "$need" chromium || "$need" chromium-browser
fi
# Without such a font the Chinese pages are boxes, and no measure of their layout means anything.
"$need" fc-list=fontconfig
if [ -z "$(fc-list :lang=zh)" ]; then
    "$need" cjk-font=fonts-noto-cjk
fi
"$need" node=nodejs npm java=default-jre-headless
if ! node -e 'process.exit(Number.parseInt(process.versions.node) < 18 ? 1 : 0)'; then
    echo "$0: node $(node --version) is too old: 18 or newer" >&2
    exit 1
fi

# The lock file says what belongs there: install again only when it has changed.
if ! cmp -s "$here/package-lock.json" "$here/node_modules/.installed-lock" 2>/dev/null; then
    (cd "$here" && npm ci --no-audit --no-fund --ignore-scripts >&2)
    cp "$here/package-lock.json" "$here/node_modules/.installed-lock"
fi
