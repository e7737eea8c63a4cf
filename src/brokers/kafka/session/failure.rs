//! Why Kafka, or the way to it, did not do something.

use rdkafka::error::KafkaError;
use rdkafka::types::RDKafkaErrorCode;

/// An error code and the words that came with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub code: RDKafkaErrorCode,
    pub text: String,
}

impl Failure {
    pub(super) fn new(code: RDKafkaErrorCode, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { code, text: if text.is_empty() { code.to_string() } else { text } }
    }

    /// The answer did not come: what was asked for may have been done. Or it was not even sent, which is as good as
    /// not known: reading again decides.
    pub(super) fn is_ambiguous(&self) -> bool {
        matches!(
            self.code,
            RDKafkaErrorCode::OperationTimedOut
                | RDKafkaErrorCode::BrokerTransportFailure
                | RDKafkaErrorCode::AllBrokersDown
                | RDKafkaErrorCode::RequestTimedOut
                | RDKafkaErrorCode::TimedOutQueue
                | RDKafkaErrorCode::MessageTimedOut
                | RDKafkaErrorCode::NetworkException
        )
    }

    /// Kafka said no for now: nothing was done, and asking again can help.
    pub(super) fn is_retriable(&self) -> bool {
        matches!(
            self.code,
            RDKafkaErrorCode::NotController
                | RDKafkaErrorCode::LeaderNotAvailable
                | RDKafkaErrorCode::NotLeaderForPartition
                | RDKafkaErrorCode::BrokerNotAvailable
                | RDKafkaErrorCode::ReplicaNotAvailable
                | RDKafkaErrorCode::KafkaStorageError
                | RDKafkaErrorCode::ThrottlingQuotaExceeded
        )
    }

    /// The topic is not there, or not there yet: one answer of Kafka for both.
    pub(super) fn is_unknown_topic(&self) -> bool {
        matches!(self.code, RDKafkaErrorCode::UnknownTopicOrPartition | RDKafkaErrorCode::UnknownTopic)
    }
}

impl From<KafkaError> for Failure {
    fn from(error: KafkaError) -> Self {
        let code = error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Fail);
        Self::new(code, error.to_string())
    }
}
