//! How our own container gets a new password for the administrator, after `.mqlab/` was lost.

use crate::brokers::ResetCommand;
use crate::brokers::artemis::ADMIN_PASSWORD;
use crate::brokers::artemis::kinds::ADMINISTRATOR;
use crate::model::{BrokerModel, Facts};

/// The console reads the file again when it has changed. The broker's own copy of the user follows over the management
/// API, as soon as a session finds that it does not fit.
///
/// `printf` is built into the shell, so no process list shows the password.
const SCRIPT: &str = r#"
cd /var/lib/artemis-instance/etc || exit 1
IFS= read -r password
printf '%s = %s\n' "$1" "$password" > artemis-users.properties
"#;

/// Each node has its own.
pub(super) fn reset(broker: &BrokerModel, facts: &Facts) -> Vec<ResetCommand> {
    let Some(password) = facts.secrets.get(ADMIN_PASSWORD) else { return Vec::new() };
    let command = |node| ResetCommand {
        node,
        command: ["sh", "-c", SCRIPT, "reset", ADMINISTRATOR].map(str::to_owned).to_vec(),
        input: Some(password.clone()),
        what: "set the administrator's password again",
    };
    (1..=broker.nodes).map(command).collect()
}
