//! Users, roles, and who may do what.

use super::Validation;
use crate::brokers::artemis::kinds::ADMINISTRATOR;
use crate::brokers::artemis::read::{Named, Security, User};
use crate::spec::quote;

/// Permissions for which a restart of 2.56.0 takes a role whose name is inside the name of one that has them.
///
/// Source: `SecurityFormatter.createSecurity` looks for the role in the joined text of all roles.
const CONFUSED: &[&str] = &["manage", "create_address", "delete_address"];

impl Validation<'_> {
    pub(super) fn users(&mut self) {
        let body = self.body;
        for user in &body.users {
            self.user(user);
            for role in &user.roles {
                self.role(*role);
            }
        }
    }

    fn user(&mut self, user: &User<'_>) {
        let Named { name, at } = user.name;
        if name == ADMINISTRATOR {
            let text = format!("the user `{ADMINISTRATOR}` is mqlab's own administrator");
            let help = "choose another name; `mqlab env` shows the administrator's password";
            self.error("reserved-name", at, text, help);
        } else if name.is_empty() || name.chars().any(char::is_control) {
            let text = format!("{} cannot be the name of a user", quote(name));
            self.error("invalid-name", at, text, "choose a name without control characters");
        }
        if user.password.as_ref().is_some_and(|password| password.reveal().is_empty()) {
            let text = format!("the user {} has an empty password", quote(name));
            self.error("password-missing", at, text, "write `password: \"${env:NAME}\"`");
        }
    }

    /// Lists of roles are kept as one text.
    fn role(&mut self, role: Named<'_>) {
        if role.name.is_empty() || role.name.contains([',', ' ']) || role.name.chars().any(char::is_control) {
            let text = format!("{} cannot be the name of a role", quote(role.name));
            self.error(
                "invalid-name",
                role.at,
                text,
                "use letters, digits, `-`, `_` and `.`: a space or comma parts roles",
            );
        }
    }

    pub(super) fn security(&mut self) {
        let body = self.body;
        for security in &body.security {
            self.pattern(security.pattern);
            for role in security.permissions.iter().flat_map(|(_, roles)| roles) {
                self.role(*role);
            }
            self.confusion(security);
        }
    }

    fn confusion(&mut self, security: &Security<'_>) {
        let all = || security.permissions.iter().flat_map(|(_, roles)| roles);
        for (permission, holders) in security.permissions.iter().filter(|(name, _)| CONFUSED.contains(name)) {
            let is_holder = |role: &Named<'_>| holders.iter().any(|holder| holder.name == role.name);
            let around = |role: &Named<'_>| holders.iter().find(|holder| holder.name.contains(role.name));
            let confused = all().filter(|role| !is_holder(role)).find_map(|role| Some((role.name, around(role)?.name)));
            if let Some((role, holder)) = confused {
                let (role, holder) = (quote(role), quote(holder));
                let text = format!(
                    "after a restart {role} would have `{permission}` too, because its name is inside {holder}, which has it"
                );
                let at = security.pattern.at;
                self.error("role-inside-another", at, text, "give one of the two roles another name");
            }
        }
    }
}
