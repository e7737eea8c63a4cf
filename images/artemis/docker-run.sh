#!/bin/bash
# The contract of the official image's script: an instance made once from the environment, files of one's own
# over its configuration, then the broker in place of this shell.
set -euo pipefail

if [ ! -f etc/broker.xml ]; then
  login=--require-login
  if [ "${ANONYMOUS_LOGIN,,}" = true ]; then
    login=--allow-anonymous
  fi
  # shellcheck disable=SC2086 # holds several words
  /opt/artemis/bin/artemis create --user "$ARTEMIS_USER" --password "$ARTEMIS_PASSWORD" --silent $login $EXTRA_ARGS .
  if [ -d etc-override ]; then
    for file in etc-override/*; do
      echo "copying file to etc folder: ${file##*/}"
      cp "$file" etc/ || true
    done
  fi
else
  echo "skipping broker instance creation; instance already exists"
fi

exec bin/artemis "$@"
