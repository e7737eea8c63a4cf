//! Users, groups and what they may do.

use super::names::{check_filled_in, pattern};
use crate::brokers::activemq::kinds::{ADMINISTRATOR, EVERYBODY};
use crate::brokers::activemq::read::{Body, Named};
use crate::spec::{Diagnostics, quote};

pub(super) fn check(body: &Body<'_>, diagnostics: &mut Diagnostics) {
    for user in &body.users {
        check_name("user", user.name, diagnostics);
        for group in &user.groups {
            check_name("group", *group, diagnostics);
            if group.name == EVERYBODY {
                let text = "nobody can be a member of `*`, which is everybody".to_owned();
                diagnostics.error("invalid-name", group.at, text, "leave it out".to_owned());
            }
        }
    }
    for authorization in &body.authorizations {
        pattern(authorization.name, diagnostics);
        for group in authorization.groups.iter().flatten() {
            check_name("group", *group, diagnostics);
            check_filled_in(group.name, group.at, diagnostics);
        }
    }
}

/// Groups are lists with commas to the broker, users too where it looks up who is in a group.
fn check_name(noun: &str, name: Named<'_>, diagnostics: &mut Diagnostics) {
    let bad = name.name.chars().find(|character| character.is_control() || *character == ',');
    if name.name.is_empty() || name.name.trim() != name.name || bad.is_some() {
        let text = format!("{} cannot be the name of a {noun}", quote(name.name));
        let help = "write at least one character, no comma, no control character and no space around it".to_owned();
        diagnostics.error("invalid-name", name.at, text, help);
    } else if name.name == ADMINISTRATOR {
        let text = format!("the {noun} {} is mqlab's own", quote(name.name));
        diagnostics.error("reserved-name", name.at, text, "choose another name".to_owned());
    }
}
