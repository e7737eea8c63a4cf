#!/bin/bash
# The contract of the official image's entrypoint: users for clients, JMX and the console from the environment, each
# written once, then the command in place of this shell.
set -euo pipefail
conf=$ACTIVEMQ_HOME/conf

# Puts a text before the end of the broker element.
into_broker() {
  awk -v text="$1" '/<\/broker>/ { print text } { print }' "$conf/activemq.xml" > "$ACTIVEMQ_HOME/tmp/activemq.xml"
  cat "$ACTIVEMQ_HOME/tmp/activemq.xml" > "$conf/activemq.xml"
}

if [ -n "${ACTIVEMQ_CONNECTION_USER:-}" ] && [ ! -e "$conf/connection.security.enabled" ]; then
  sed -i "s/activemq.username=system/activemq.username=$ACTIVEMQ_CONNECTION_USER/; s/activemq.password=manager/activemq.password=$ACTIVEMQ_CONNECTION_PASSWORD/" "$conf/credentials.properties"
  # shellcheck disable=SC2016 # the broker fills these in
  into_broker '<plugins><simpleAuthenticationPlugin><users><authenticationUser username="${activemq.username}" password="${activemq.password}"/></users></simpleAuthenticationPlugin></plugins>'
  touch "$conf/connection.security.enabled"
fi

if [ -n "${ACTIVEMQ_JMX_USER:-}" ] && [ ! -e "$conf/jmx.security.enabled" ]; then
  into_broker '<managementContext><managementContext createConnector="true"/></managementContext>'
  sed -i "s/admin/$ACTIVEMQ_JMX_USER/" "$conf/jmx.access" "$conf/jmx.password"
  [ -z "${ACTIVEMQ_JMX_PASSWORD:-}" ] || sed -i "s/ activemq/ $ACTIVEMQ_JMX_PASSWORD/" "$conf/jmx.password"
  touch "$conf/jmx.security.enabled"
fi

if [ -n "${ACTIVEMQ_WEB_USER:-}" ]; then
  sed -i "s/admin=/$ACTIVEMQ_WEB_USER=/g" "$conf/users.properties"
  [ -z "${ACTIVEMQ_WEB_PASSWORD:-}" ] || sed -i "s/=admin/=$ACTIVEMQ_WEB_PASSWORD/g" "$conf/users.properties"
fi

exec "$@"
