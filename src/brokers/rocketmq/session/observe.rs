//! Everything that is there, in three questions to the master.

use serde_json::Value as Json;

use super::commands;
use super::connection::Connection;
use crate::brokers::SessionError;
use crate::brokers::rocketmq::normalise::{self, Table, group_table, topic_table};
use crate::model::{Facts, Observation};

/// The configurations of one broker as it tells them.
#[derive(Debug, Default)]
pub(super) struct Tables {
    pub topics: Table,
    pub groups: Table,
}

pub(super) async fn observe(master: &mut Connection, broker: &str, mut facts: Facts) -> Result<Observation, SessionError> {
    let tables = read(master).await?;
    let runtime = master.read(commands::runtime_info()).await?;
    if let Some(version) = version(&runtime) {
        facts.version = version;
    }
    let (resources, unknown) = normalise::normalise(broker, &tables.topics, &tables.groups);
    Ok(Observation { resources, unknown, facts })
}

pub(super) async fn read(broker: &mut Connection) -> Result<Tables, SessionError> {
    let topics = broker.read(commands::all_topics()).await?;
    let groups = broker.read(commands::all_groups()).await?;
    let nonsense = |what: &str| SessionError::Protocol {
        endpoint: broker.endpoint(),
        detail: format!("no table of {what} in the answer"),
    };
    Ok(Tables {
        topics: topic_table(topics).ok_or_else(|| nonsense("topics"))?,
        groups: group_table(groups).ok_or_else(|| nonsense("groups"))?,
    })
}

/// `5.5.0` for `V5_5_0`.
fn version(runtime: &Json) -> Option<String> {
    let text = runtime.pointer("/table/brokerVersionDesc")?.as_str()?;
    Some(text.strip_prefix('V')?.replace('_', ".").to_lowercase())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::version;

    #[test]
    fn a_version_is_written_with_dots() {
        let runtime = json!({ "table": { "brokerVersionDesc": "V5_5_0" } });
        assert_eq!(version(&runtime), Some("5.5.0".to_owned()));
        assert_eq!(version(&json!({})), None);
    }
}
