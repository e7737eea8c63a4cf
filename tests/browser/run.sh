#!/bin/sh
# usage: tests/browser/run.sh SITE_DIR...
# Opens built sites in a real Chromium. Installs what it needs, or says what is missing and fails.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)

if [ $# -eq 0 ]; then
    echo "usage: $0 SITE_DIR..." >&2
    exit 2
fi

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo "$@"
    else
        echo "$0: not root and no sudo: run as root: $*" >&2
        exit 1
    fi
}

install() {
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "$0: $1 is missing, and there is no apt-get to install it with" >&2
        exit 1
    fi
    echo "$0: installing $1" >&2
    as_root apt-get install -y --no-install-recommends "$@" >&2 || {
        as_root apt-get update >&2
        as_root apt-get install -y --no-install-recommends "$@" >&2
    }
}

if [ -z "${CHROMIUM:-}" ] && [ ! -x /usr/bin/chromium ] && [ ! -x /usr/bin/chromium-browser ] && [ ! -x /usr/bin/google-chrome ]; then
    install chromium fonts-noto-cjk fonts-noto-color-emoji
fi
command -v node >/dev/null 2>&1 || install nodejs npm
command -v npm >/dev/null 2>&1 || install npm

# The lock file says what belongs there: install again only when it has changed.
if ! cmp -s "$here/package-lock.json" "$here/node_modules/.installed-lock" 2>/dev/null; then
    (cd "$here" && npm ci --no-audit --no-fund --ignore-scripts >&2)
    cp "$here/package-lock.json" "$here/node_modules/.installed-lock"
fi

for site in "$@"; do
    node "$here/test.js" "$site"
done
