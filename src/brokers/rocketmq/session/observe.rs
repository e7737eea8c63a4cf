//! What one broker has, in questions that are asked at once.

use serde_json::Value as Json;

use super::commands;
use super::connection::Connection;
use crate::brokers::SessionError;
use crate::brokers::rocketmq::normalise::{Table, group_table, topic_table};

/// The configurations of one broker as it tells them.
#[derive(Debug, Default)]
pub(super) struct Tables {
    pub topics: Table,
    pub groups: Table,
}

pub(super) async fn read(broker: &mut Connection) -> Result<Tables, SessionError> {
    let [topics, groups] = broker.read_all([commands::all_topics(), commands::all_groups()]).await?;
    tables(broker, topics?, groups?)
}

/// With the version of the broker's software, if it tells.
pub(super) async fn look(broker: &mut Connection) -> Result<(Tables, Option<String>), SessionError> {
    let requests = [commands::all_topics(), commands::all_groups(), commands::runtime_info()];
    let [topics, groups, runtime] = broker.read_all(requests).await?;
    let version = runtime.ok().as_ref().and_then(version_in);
    Ok((tables(broker, topics?, groups?)?, version))
}

fn tables(broker: &Connection, topics: Json, groups: Json) -> Result<Tables, SessionError> {
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
fn version_in(runtime: &Json) -> Option<String> {
    let text = runtime.pointer("/table/brokerVersionDesc")?.as_str()?;
    Some(text.strip_prefix('V')?.replace('_', ".").to_lowercase())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::version_in;
    use crate::brokers::rocketmq::recorded;

    #[test]
    fn a_version_is_written_with_dots() {
        assert_eq!(version_in(&recorded::body("runtime-info")), Some("5.5.0".to_owned()));
        assert_eq!(version_in(&json!({})), None);
    }
}
