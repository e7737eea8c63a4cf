//! How our own container gets a new password for the administrator, after `.mqlab/` was lost.

use super::super::kinds::ADMINISTRATOR;
use crate::brokers::ResetCommand;
use crate::model::{BrokerModel, Facts};

/// The user may be gone, or stripped of its rights, as well. Decides by exit codes alone: what the tool prints
/// changes with its version and with what is deprecated.
///
/// `printf` is built into the shell, so no process list shows the password. Not `--quiet`: with it, 4.0 and 4.3
/// wait for ever for a password that does not come from a terminal.
const SCRIPT: &str = r#"
IFS= read -r password
tell() { printf '%s\n' "$password" | rabbitmqctl "$@"; }
tell change_password "$1"
code=$?
# There is no such user.
if [ "$code" = 67 ]; then
  tell add_user "$1"
  code=$?
fi
[ "$code" = 0 ] || exit "$code"
rabbitmqctl set_user_tags "$1" administrator && rabbitmqctl set_permissions_globally "$1" '.*' '.*' '.*'
"#;

/// The users are the cluster's, so one node is enough.
pub(super) fn reset(_broker: &BrokerModel, facts: &Facts) -> Vec<ResetCommand> {
    let Some(password) = facts.secrets.get("admin_password") else { return Vec::new() };
    vec![ResetCommand {
        node: 1,
        command: ["sh", "-c", SCRIPT, "reset", ADMINISTRATOR].map(str::to_owned).to_vec(),
        input: Some(password.clone()),
        what: "set the administrator's password again",
    }]
}
