#!/bin/sh
# usage: tests/browser/run.sh SITE_DIR... [-- SITE_DIR...]
# Opens built sites in a real Chromium, one of them that of examples/tour.yaml; those behind -- are validated alone, as
# the others are too. Installs what it needs, or says what is missing and fails.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

if [ $# -eq 0 ]; then
    echo "usage: $0 SITE_DIR... [-- SITE_DIR...]" >&2
    exit 2
fi

"$here/install.sh"
node "$here/vectors.js" "$@"
node "$here/figures.js"
node "$here/validate.js" "$@"
node "$here/search.js" "$@"
node "$here/exports.js" "$@"
node "$here/test.js" "$@"
