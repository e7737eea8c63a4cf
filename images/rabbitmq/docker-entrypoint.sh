#!/bin/bash
# The contract of the official image's entrypoint: refuse variables that do nothing any more, give files to the
# broker's user, drop root, cookie from the environment, then run.
set -euo pipefail

if [[ "${1:-}" == rabbitmq* ]] && [ "$(id -u)" = 0 ]; then
  if [ "$1" = rabbitmq-server ]; then
    find /var/lib/rabbitmq \! -user rabbitmq -exec chown rabbitmq:rabbitmq '{}' +
  fi
  exec setpriv --reuid=rabbitmq --regid=rabbitmq --init-groups "${BASH_SOURCE[0]}" "$@"
fi

refused=0
for name in DEFAULT_PASS_FILE DEFAULT_USER_FILE MANAGEMENT_SSL_CACERTFILE MANAGEMENT_SSL_CERTFILE MANAGEMENT_SSL_DEPTH \
  MANAGEMENT_SSL_FAIL_IF_NO_PEER_CERT MANAGEMENT_SSL_KEYFILE MANAGEMENT_SSL_VERIFY SSL_CACERTFILE SSL_CERTFILE SSL_DEPTH \
  SSL_FAIL_IF_NO_PEER_CERT SSL_KEYFILE SSL_VERIFY VM_MEMORY_HIGH_WATERMARK; do
  name=RABBITMQ_$name
  if [ -n "${!name:-}" ]; then
    echo >&2 "error: $name is set but deprecated: use a configuration file"
    refused=1
  fi
done
[ "$refused" = 0 ] || exit 1

if [ -n "${RABBITMQ_ERLANG_COOKIE:-}" ]; then
  file=/var/lib/rabbitmq/.erlang.cookie
  if [ -e "$file" ]; then
    if [ "$(cat "$file")" != "$RABBITMQ_ERLANG_COOKIE" ]; then
      echo >&2 "warning: $file does not match RABBITMQ_ERLANG_COOKIE"
    fi
  else
    printf %s "$RABBITMQ_ERLANG_COOKIE" > "$file"
  fi
  chmod 600 "$file"
fi

# Debian's own names for nodes are short; a host name with dots needs long ones.
if [[ "$(hostname)" == *.* ]]; then
  export RABBITMQ_USE_LONGNAME=${RABBITMQ_USE_LONGNAME:-true}
fi

exec "$@"
