#!/bin/bash
# The contract of the official image's entrypoint: a role by argument or by NODE_ROLE, else any command.
set -e
case ${1:-} in nameserver | broker | controller) role=$1 ;; *) role=${NODE_ROLE:-} ;; esac
case $role in
  nameserver) program=mqnamesrv ;;
  broker) program=mqbroker ;;
  controller) program=mqcontroller ;;
  *) exec "$@" ;;
esac
shift
exec "./$program" "$@"
