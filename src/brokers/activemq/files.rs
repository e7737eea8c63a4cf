//! The files of a node, all under the folder that the official images read their configuration from.

use std::collections::BTreeMap;

use super::ADMIN_PASSWORD;
use super::configuration::{LOGIN, configuration};
use super::kinds::{ADMINISTRATOR, USER};
use super::properties::properties;
use super::read::Body;
use super::settings::settings;
use super::topology::rendered;
use crate::model::{BrokerModel, ContainerFile, Facts, Origin, Resource, Secret, Value};

/// `ACTIVEMQ_CONF` in the official images.
pub(super) const FOLDER: &str = "/opt/apache-activemq/conf";

/// Two logins, because a user of the connectors has no business with the HTTP API: whoever may use it can do
/// everything, past all authorization. The second has the name that the image's `jetty.xml` asks for since 6.0.
const LOGINS: &str = r#"// Written by mqlab; changed by hand it will be written again.
LOGIN {
  org.apache.activemq.jaas.PropertiesLoginModule required
    org.apache.activemq.jaas.properties.user="users.properties"
    org.apache.activemq.jaas.properties.group="groups.properties";
};
activemq {
  org.apache.activemq.jaas.PropertiesLoginModule required
    org.apache.activemq.jaas.properties.user="console-users.properties"
    org.apache.activemq.jaas.properties.group="console-groups.properties";
};
"#;

/// What mqlab itself does over the HTTP API, and reading. Since 5.19.7 and 6.2.9 the images' own policy forbids these
/// operations; before, it allows every operation of the broker, up to ending its process. A signature in a request
/// would have to be in here too, so ours have none.
const ACCESS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!-- Written by mqlab; changed by hand it will be written again. -->
<restrict>
  <http>
    <method>post</method>
  </http>
  <cors>
    <strict-checking/>
  </cors>
  <commands>
    <command>read</command>
    <command>list</command>
    <command>search</command>
    <command>version</command>
  </commands>
  <allow>
    <mbean>
      <name>org.apache.activemq:type=Broker,brokerName=*</name>
      <operation>addQueue</operation>
      <operation>addTopic</operation>
      <operation>removeQueue</operation>
      <operation>removeTopic</operation>
      <operation>destroyDurableSubscriber</operation>
    </mbean>
  </allow>
  <deny>
    <mbean>
      <name>org.apache.activemq:type=Broker,brokerName=*,connector=networkConnectors,*</name>
      <attribute>Password</attribute>
      <attribute>RemotePassword</attribute>
    </mbean>
    <mbean>
      <name>java.lang:type=Runtime</name>
      <attribute>SystemProperties</attribute>
      <attribute>InputArguments</attribute>
    </mbean>
  </deny>
</restrict>
"#;

/// Everything that a node is given before it starts.
pub(super) fn files(broker: &BrokerModel, facts: &Facts, node: u32) -> Vec<ContainerFile> {
    let body = Body::read(broker);
    let rendered = rendered(broker, &body);
    let password = facts.secrets.get(ADMIN_PASSWORD);
    let secret = |name, content, parts| ContainerFile { mode: 0o600, parts, secret: true, ..file(name, content) };
    let admin = password.map(|password| password.reveal().to_owned()).unwrap_or_default();
    vec![
        ContainerFile {
            parts: configuration_parts(broker, &rendered),
            ..file("activemq.xml", configuration(broker, &rendered, node))
        },
        file("login.config", LOGINS.replace("LOGIN", LOGIN)),
        file("jolokia-access.xml", ACCESS.to_owned()),
        ContainerFile { parts: group_parts(&rendered), ..file("groups.properties", groups(&body)) },
        file("console-groups.properties", properties([("admins", ADMINISTRATOR.to_owned())])),
        secret("users.properties", users(&body, &admin), password_parts(&rendered, password)),
        secret("console-users.properties", properties([(ADMINISTRATOR, admin.clone())]), BTreeMap::new()),
        // The HTTP API's users before 6.0.
        secret("jetty-realm.properties", properties([(ADMINISTRATOR, format!("{admin}, admin"))]), BTreeMap::new()),
        // For the connections between nodes, and for those of the console.
        secret(
            "credentials.properties",
            properties([("activemq.username", ADMINISTRATOR.to_owned()), ("activemq.password", admin.clone())]),
            BTreeMap::new(),
        ),
    ]
}

/// Where what is in these files was written, by the attribute that a plan shows.
pub(super) fn origins(broker: &BrokerModel) -> BTreeMap<String, Origin> {
    let settings = broker.config_origins.iter().map(|(key, origin)| (config_attribute(key), origin.clone()));
    let rendered = rendered(broker, &Body::read(broker));
    let objects = rendered.iter().flat_map(|resource| {
        let attributes = resource.attributes.keys();
        attributes.filter_map(|name| Some((attribute(resource, name), resource.origin_of(name)?.clone())))
    });
    settings.chain(objects.collect::<Vec<_>>()).collect()
}

/// Both official images run as root; so does the local recipe.
fn file(name: &str, content: String) -> ContainerFile {
    ContainerFile {
        path: format!("{FOLDER}/{name}"),
        mode: 0o644,
        uid: 0,
        gid: 0,
        content: content.into_bytes(),
        parts: BTreeMap::new(),
        secret: false,
    }
}

/// `policy.queue/invoices.dead_letter`
fn attribute(resource: &Resource, name: &str) -> String {
    format!("{}.{}.{name}", resource.address.kind, resource.address.name)
}

fn config_attribute(key: &str) -> String {
    format!("config.{key}")
}

/// One that says nothing counts too: a policy keeps wider ones away.
fn parts(resource: &Resource) -> Vec<(String, Value)> {
    if resource.attributes.is_empty() {
        let (kind, name) = (&resource.address.kind, &resource.address.name);
        return vec![(format!("{kind}.{name}"), Value::Map(BTreeMap::new()))];
    }
    resource.attributes.iter().map(|(name, value)| (attribute(resource, name), value.clone())).collect()
}

fn configuration_parts(broker: &BrokerModel, rendered: &[Resource]) -> BTreeMap<String, Value> {
    let settings = settings(broker).into_iter().map(|(key, value)| (config_attribute(&key), value));
    let objects = rendered.iter().filter(|resource| resource.address.kind != USER).flat_map(parts);
    settings.chain(objects).chain([("nodes".to_owned(), broker.nodes.into())]).collect()
}

fn group_parts(rendered: &[Resource]) -> BTreeMap<String, Value> {
    let users = rendered.iter().filter(|resource| resource.address.kind == USER).flat_map(parts);
    users.filter(|(_, value)| !matches!(value, Value::Secret(_))).collect()
}

fn password_parts(rendered: &[Resource], admin: Option<&Secret>) -> BTreeMap<String, Value> {
    let users = rendered.iter().filter(|resource| resource.address.kind == USER).flat_map(parts);
    let own = admin.map(|password| (format!("{USER}.{ADMINISTRATOR}.password"), Value::Secret(password.clone())));
    users.filter(|(_, value)| matches!(value, Value::Secret(_))).chain(own).collect()
}

fn users(body: &Body<'_>, admin: &str) -> String {
    let declared = body.users.iter().map(|user| {
        let password = user.password.as_ref().map(|password| password.reveal().to_owned());
        (user.name.name, password.unwrap_or_default())
    });
    properties([(ADMINISTRATOR, admin.to_owned())].into_iter().chain(declared))
}

/// By group, as the file has it; its reader takes every character between two commas for the user's.
fn groups(body: &Body<'_>) -> String {
    let mut members: BTreeMap<&str, Vec<&str>> = BTreeMap::from([(ADMINISTRATOR, vec![ADMINISTRATOR])]);
    for user in &body.users {
        for group in &user.groups {
            members.entry(group.name).or_default().push(user.name.name);
        }
    }
    properties(members.into_iter().map(|(group, users)| (group, users.join(","))))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{broker, facts};
    use super::*;

    const SPEC: &str = r#"
users:
  app: { password: "planted: password", groups: [users, audit] }
  other: { password: p, groups: [users] }
policies: { queue/a: {}, queue/b: { dead_letter: DLQ } }
composites: { queue/all: { forward_to: [ topic/prices ] } }
authorization: { queue/>: { read: [users] } }
config: { storeUsage.limit: 1GiB }
"#;

    fn named(name: &str) -> ContainerFile {
        let path = format!("{FOLDER}/{name}");
        files(&broker(SPEC), &facts(), 1).into_iter().find(|file| file.path == path).unwrap()
    }

    fn text(name: &str) -> String {
        let content = String::from_utf8(named(name).content).unwrap();
        content.lines().skip(1).fold(String::new(), |lines, line| lines + line + "\n")
    }

    #[test]
    fn every_user_has_a_password_and_its_groups() {
        assert_eq!(text("users.properties"), "mqlab=generated\napp=planted\\: password\nother=p\n");
        assert_eq!(text("groups.properties"), "audit=app\nmqlab=mqlab\nusers=app,other\n");
    }

    #[test]
    fn the_http_api_knows_our_user_alone_in_both_versions() {
        assert_eq!(text("console-users.properties"), "mqlab=generated\n");
        assert_eq!(text("jetty-realm.properties"), "mqlab=generated, admin\n");
    }

    #[test]
    fn whatever_holds_a_password_is_a_secret_that_its_owner_alone_reads() {
        for file in files(&broker(SPEC), &facts(), 1) {
            let content = String::from_utf8(file.content.clone()).unwrap();
            let holds = ["generated", "planted"].iter().any(|password| content.contains(password));
            assert_eq!(file.secret, holds, "{}", file.path);
            assert_eq!(file.mode, if holds { 0o600 } else { 0o644 }, "{}", file.path);
        }
    }

    #[test]
    fn a_plan_sees_every_attribute_of_every_object() {
        let parts = named("activemq.xml").parts;
        for part in [
            "authorization_entry.queue/>.read",
            "composite.queue/all.forward_to",
            "config.storeUsage.limit",
            "nodes",
            "policy.queue/a",
            "policy.queue/b.dead_letter",
        ] {
            assert!(parts.contains_key(part), "no {part} in {parts:?}");
        }
        assert!(parts.values().all(|value| !matches!(value, Value::Secret(_))));
        assert_eq!(
            named("groups.properties").parts.keys().collect::<Vec<_>>(),
            ["user.app.groups", "user.other.groups"]
        );
        let passwords = named("users.properties").parts;
        assert_eq!(
            passwords.keys().collect::<Vec<_>>(),
            ["user.app.password", "user.mqlab.password", "user.other.password"]
        );
        assert!(passwords.values().all(|value| matches!(value, Value::Secret(_))));
    }

    #[test]
    fn a_plan_names_the_line_of_each() {
        let origins = origins(&broker(SPEC));
        for attribute in ["user.app.password", "policy.queue/b.dead_letter", "composite.queue/all.forward_to"] {
            assert!(origins[attribute].line > 1, "{attribute}");
        }
    }
}
