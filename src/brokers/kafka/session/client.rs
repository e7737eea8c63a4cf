//! The connection that a session keeps: librdkafka's client, called off the async threads.

use std::sync::Arc;
use std::time::Duration;

use rdkafka::config::{ClientConfig, RDKafkaLogLevel};
use rdkafka::metadata::Metadata;
use tokio::net::TcpStream;

use super::failure::Failure;
use super::ffi::{End, Native, Offsets, Partition};
use crate::brokers::kafka::PORT;
use crate::brokers::kafka::normalise::{PartitionSeen, TopicSeen};
use crate::brokers::{Endpoint, SessionError, Target};
use crate::net::first_open;

/// Partitions in one ListOffsets: librdkafka merges its answers in quadratic time.
const OFFSETS_AT_ONCE: usize = 3000;

/// A client and where it connects. Cheap to clone.
#[derive(Clone)]
pub(super) struct Client {
    native: Arc<Native>,
    endpoints: Arc<[Endpoint]>,
    pub deadline: Duration,
}

/// What one Metadata request tells.
#[derive(Clone, Debug, Default)]
pub(super) struct Cluster {
    pub nodes: Vec<i32>,
    pub controller: Option<i32>,
    pub id: Option<String>,
    pub topics: Vec<TopicSeen>,
}

impl Client {
    /// Connects in the background; nothing is asked yet.
    pub(super) fn new(target: &Target) -> Result<Self, SessionError> {
        let endpoints: Arc<[Endpoint]> = endpoints(target).into();
        let native = Native::new(&config(target))
            .map_err(|failure| SessionError::Protocol { endpoint: bootstrap(&endpoints), detail: failure.text })?;
        Ok(Self { native: Arc::new(native), endpoints, deadline: target.deadline })
    }

    /// Runs blocking calls on a thread that may block. They get this client and end by themselves.
    ///
    /// librdkafka waits its whole timeout for a port that is closed, and then says the same as for a broker that
    /// is silent, so the port is knocked at first.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, SessionError> {
        if let Some(node) = self.knock().await? {
            self.native.ask(node);
        }
        let client = self.clone();
        let done = tokio::task::spawn_blocking(move || {
            let result = work(&client);
            // The last reference may be this one, and closing a client blocks too.
            drop(client);
            result
        });
        let endpoint = self.endpoint();
        match done.await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(failure)) if failure.is_ambiguous() => {
                self.knock().await?;
                Err(SessionError::TimedOut { endpoint, seconds: self.deadline.as_secs().max(1) })
            }
            Ok(Err(failure)) => Err(SessionError::Refused(failure.text)),
            Err(stopped) => Err(SessionError::Protocol { endpoint, detail: stopped.to_string() }),
        }
    }

    /// Whether anything listens at one of the nodes; of several, which.
    async fn knock(&self) -> Result<Option<u32>, SessionError> {
        let [first, others @ ..] = self.endpoints.as_ref() else { return Ok(None) };
        let places = self.endpoints.iter().map(|endpoint| (endpoint.host.clone(), endpoint.port));
        if !others.is_empty()
            && let Some(open) = first_open(places, self.deadline).await
        {
            return Ok(Some(self.endpoints[open].node));
        }
        let Endpoint { host, port, .. } = first;
        let connected = tokio::time::timeout(self.deadline, TcpStream::connect((host.as_str(), *port))).await;
        match connected {
            Ok(Ok(_)) => Ok(None),
            Ok(Err(source)) => Err(SessionError::Unreachable { endpoint: self.endpoint(), source: source.into() }),
            Err(_) => {
                Err(SessionError::TimedOut { endpoint: self.endpoint(), seconds: self.deadline.as_secs().max(1) })
            }
        }
    }

    /// All nodes, as a message names them.
    pub(super) fn endpoint(&self) -> String {
        bootstrap(&self.endpoints)
    }

    pub(super) fn native(&self) -> &Native {
        &self.native
    }

    /// One Metadata request about everything.
    pub(super) fn cluster(&self, timeout: Duration) -> Result<Cluster, Failure> {
        let metadata = self.native.client().fetch_metadata(None, timeout)?;
        // Both are part of the answer that was just read.
        let id = self.native.client().fetch_cluster_id(timeout);
        Ok(Cluster {
            nodes: metadata.brokers().iter().map(rdkafka::metadata::MetadataBroker::id).collect(),
            controller: self.native.controller(timeout),
            id,
            topics: seen(&metadata),
        })
    }

    /// Offsets of any number of partitions.
    pub(super) fn offsets(&self, partitions: &[Partition], end: End) -> Result<Offsets, Failure> {
        let mut all = Vec::with_capacity(partitions.len());
        for chunk in partitions.chunks(OFFSETS_AT_ONCE) {
            all.extend(self.native.list_offsets(chunk, end, self.deadline)?);
        }
        Ok(all)
    }
}

/// What both the administration and the probe connect with.
pub(super) fn config(target: &Target) -> ClientConfig {
    let endpoints = endpoints(target);
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", bootstrap(&endpoints))
        .set("client.id", "mqlab")
        .set("socket.timeout.ms", target.deadline.as_millis().clamp(10, 300_000).to_string())
        .set("socket.connection.setup.timeout.ms", "5000")
        .set("reconnect.backoff.ms", "50")
        .set("reconnect.backoff.max.ms", "500")
        .set("topic.metadata.refresh.interval.ms", "-1")
        .set("allow.auto.create.topics", "false")
        .set_log_level(RDKafkaLogLevel::Emerg);
    // A name can stand for both families, and a port is published on the one that it was bound to.
    let is_ipv4 = |endpoint: &Endpoint| endpoint.host.parse::<std::net::Ipv4Addr>().is_ok();
    if endpoints.iter().all(is_ipv4) {
        config.set("broker.address.family", "v4");
    }
    config
}

fn endpoints(target: &Target) -> Vec<Endpoint> {
    target.endpoints.get(PORT).cloned().unwrap_or_default()
}

fn bootstrap(endpoints: &[Endpoint]) -> String {
    endpoints.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

fn seen(metadata: &Metadata) -> Vec<TopicSeen> {
    let describe = |error| rdkafka::types::RDKafkaErrorCode::from(error).to_string();
    metadata
        .topics()
        .iter()
        .map(|topic| TopicSeen {
            name: topic.name().to_owned(),
            error: topic.error().map(describe),
            partitions: topic
                .partitions()
                .iter()
                .map(|partition| PartitionSeen {
                    replicas: u32::try_from(partition.replicas().len()).unwrap_or(u32::MAX),
                    has_leader: partition.leader() >= 0,
                })
                .collect(),
        })
        .collect()
}
