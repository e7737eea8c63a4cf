//! Users and their permissions.

use super::{Validation, did_you_mean};
use crate::brokers::rabbitmq::kinds::ADMINISTRATOR;
use crate::brokers::rabbitmq::read::{Named, User};

impl Validation<'_> {
    pub(super) fn users(&mut self) {
        let body = self.body;
        for user in &body.users {
            self.user(user);
        }
    }

    fn user(&mut self, user: &User<'_>) {
        let name = user.name;
        self.length(name, "user");
        if name.name == ADMINISTRATOR {
            let text = format!("the user `{ADMINISTRATOR}` is mqlab's own administrator");
            self.error(
                "reserved-name",
                name.at,
                text,
                "choose another name; `mqlab env` shows the administrator's password",
            );
        }
        if user.password.as_ref().is_some_and(|password| password.reveal().is_empty()) {
            let text = format!("the user `{}` has an empty password, with which RabbitMQ lets nobody in", name.name);
            self.error("password-missing", name.at, text, "write `password: \"${env:NAME}\"`");
        }
        for permission in &user.permissions {
            self.vhost_reference(permission.vhost);
            for pattern in [permission.configure, permission.write, permission.read] {
                self.pattern(pattern);
            }
        }
        for permission in &user.topic_permissions {
            let vhost = self.vhost_reference(permission.vhost);
            if vhost && let Some(vhost) = self.body.vhost(permission.vhost.name) {
                self.exchange_reference(vhost, permission.exchange, "this topic permission's exchange");
            }
            for pattern in [permission.write, permission.read] {
                self.pattern(pattern);
            }
        }
    }

    /// Whether the virtual host is there.
    fn vhost_reference(&mut self, vhost: Named<'_>) -> bool {
        if self.body.vhost(vhost.name).is_some() {
            return true;
        }
        let declared = self.body.vhosts.iter().map(|declared| declared.name.name);
        let help = did_you_mean(vhost.name, declared)
            .unwrap_or_else(|| format!("declare it under `vhosts`: `{}: {{}}`", vhost.name));
        let text = format!("nobody declares the virtual host `{}`", vhost.name);
        self.error("unknown-vhost", vhost.at, text, help);
        false
    }
}
