//! Kafka's administration through librdkafka's C interface: the only unsafe code of mqlab.
//!
//! The `rdkafka` crate has no IncrementalAlterConfigs and no ListOffsets, drops the broker's own words from the
//! answers of the other calls, and reports a topic whose configuration could not be read as one without any.
//! The contract of every call here is in `rdkafka.h` 2.12 under "Admin API".
//!
//! Safety, for the whole module: each object that librdkafka hands over is held in an [`Owned`], which frees it
//! once; what a result lends is copied before its event is freed; the client outlives every call on it, and
//! librdkafka's functions may be called from any thread.

#![expect(unsafe_code, reason = "librdkafka is a C library")]

mod answers;
mod consume;
mod requests;

use std::collections::BTreeMap;
use std::ffi::{CStr, CString, c_char, c_int};
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use rdkafka::bindings as c;
use rdkafka::client::{Client, ClientContext};
use rdkafka::config::ClientConfig;
use rdkafka::types::{RDKafkaAdminOp as Operation, RDKafkaErrorCode, RDKafkaRespErr, RDKafkaType};

pub(super) use consume::take_first;

use super::failure::Failure;

/// What one item of a request became.
pub(super) type Answers = Vec<(String, Result<(), Failure>)>;

/// The offset at one end of each partition.
pub(super) type Offsets = Vec<(Partition, Result<i64, Failure>)>;

/// The keys that are set on each topic itself. A key without a value is one that the broker hides.
pub(super) type TopicConfigs = BTreeMap<String, Result<BTreeMap<String, Option<String>>, Failure>>;

/// A topic to create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NewTopic {
    pub name: String,
    pub partitions: i32,
    pub replication_factor: i32,
    pub config: BTreeMap<String, String>,
}

/// Keys to set on a topic, or to unset with `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ConfigChange {
    pub topic: String,
    pub keys: BTreeMap<String, Option<String>>,
}

/// Which end of a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Earliest,
    Latest,
}

/// Topic and partition number.
pub(super) type Partition = (String, i32);

/// A client for administration. Every call blocks until its timeout at most.
pub(super) struct Native {
    client: Client<Quiet>,
    /// The node that is asked; 0 leaves it to librdkafka.
    node: AtomicI32,
}

/// No callbacks: answers carry their errors, and librdkafka logs nothing (see the configuration).
pub(super) struct Quiet;

impl ClientContext for Quiet {}

impl Native {
    pub(super) fn new(config: &ClientConfig) -> Result<Self, Failure> {
        let native = config.create_native_config()?;
        Ok(Self {
            client: Client::new(config, native, RDKafkaType::RD_KAFKA_PRODUCER, Quiet)?,
            node: AtomicI32::new(0),
        })
    }

    /// Which node is asked from now on. librdkafka would ask the one that Metadata names as controller, and with KRaft
    /// that is any node that is not known to be dead yet: one that was killed a moment ago too. Every node passes on
    /// what only the controller can do.
    pub(super) fn ask(&self, node: u32) {
        self.node.store(i32::try_from(node).unwrap_or_default(), Ordering::Relaxed);
    }

    /// The calls that the crate has in full.
    pub(super) fn client(&self) -> &Client<Quiet> {
        &self.client
    }

    /// The active controller, as the last metadata named it.
    pub(super) fn controller(&self, timeout: Duration) -> Option<i32> {
        // SAFETY: see the module.
        let id = unsafe { c::rd_kafka_controllerid(self.client.native_ptr(), milliseconds(timeout)) };
        (id >= 0).then_some(id)
    }

    /// Sends a request, waits for its event and reads it.
    ///
    /// # Safety
    ///
    /// `send` must enqueue exactly one event of the operation on the queue that it gets, and `read` may keep
    /// nothing that the event lends.
    unsafe fn call<T>(
        &self,
        operation: Operation,
        timeout: Duration,
        send: impl FnOnce(*mut c::rd_kafka_t, *const c::rd_kafka_AdminOptions_t, *mut c::rd_kafka_queue_t),
        read: impl FnOnce(*mut c::rd_kafka_event_t) -> T,
    ) -> Result<T, Failure> {
        let rk = self.client.native_ptr();
        let wait = milliseconds(timeout);
        let mut error = [0; 256];
        // SAFETY: see the module.
        unsafe {
            let options = c::rd_kafka_AdminOptions_new(rk, operation);
            let options = Owned::new(options, c::rd_kafka_AdminOptions_destroy).ok_or_else(|| invalid(&[]))?;
            c::rd_kafka_AdminOptions_set_request_timeout(options.get(), wait, error.as_mut_ptr(), error.len());
            // How long the controller may take; the calls that only read do not have it and refuse it.
            c::rd_kafka_AdminOptions_set_operation_timeout(options.get(), wait, error.as_mut_ptr(), error.len());
            let node = self.node.load(Ordering::Relaxed);
            if node > 0 && operation != Operation::RD_KAFKA_ADMIN_OP_LISTOFFSETS {
                c::rd_kafka_AdminOptions_set_broker(options.get(), node, error.as_mut_ptr(), error.len());
            }
            let queue = Owned::new(c::rd_kafka_queue_new(rk), c::rd_kafka_queue_destroy).ok_or_else(|| invalid(&[]))?;
            send(rk, options.get(), queue.get());
            // librdkafka ends every request at its own timeout; the second more is for its thread to say so.
            let event = c::rd_kafka_queue_poll(queue.get(), wait.saturating_add(1000));
            let Some(event) = Owned::new(event, c::rd_kafka_event_destroy) else {
                return Err(Failure::new(RDKafkaErrorCode::OperationTimedOut, ""));
            };
            check(c::rd_kafka_event_error(event.get()), c::rd_kafka_event_error_string(event.get()))?;
            Ok(read(event.get()))
        }
    }
}

/// An object of librdkafka and the function that frees it.
struct Owned<T> {
    object: NonNull<T>,
    free: unsafe extern "C" fn(*mut T),
}

impl<T> Owned<T> {
    /// Nothing, if there is nothing to own.
    fn new(object: *mut T, free: unsafe extern "C" fn(*mut T)) -> Option<Self> {
        NonNull::new(object).map(|object| Self { object, free })
    }

    fn get(&self) -> *mut T {
        self.object.as_ptr()
    }
}

impl<T> Drop for Owned<T> {
    fn drop(&mut self) {
        // SAFETY: the object is owned and was not freed before.
        unsafe { (self.free)(self.object.as_ptr()) }
    }
}

/// An array that a result lends.
///
/// # Safety
///
/// `get` must give the array and write its length, and the array must live as long as what is made of it.
unsafe fn lent<'a, T>(get: impl FnOnce(*mut usize) -> *mut *const T) -> &'a [*const T] {
    let mut count = 0;
    let array = get(&raw mut count);
    if array.is_null() || count == 0 {
        return &[];
    }
    // SAFETY: by the contract of this function.
    unsafe { std::slice::from_raw_parts(array, count) }
}

/// # Safety
///
/// `words` must be null or a C string.
unsafe fn check(error: RDKafkaRespErr, words: *const c_char) -> Result<(), Failure> {
    if error == RDKafkaRespErr::RD_KAFKA_RESP_ERR_NO_ERROR {
        return Ok(());
    }
    // SAFETY: by the contract of this function.
    Err(Failure::new(error.into(), unsafe { copy(words) }))
}

/// # Safety
///
/// `words` must be null or a C string.
unsafe fn copy(words: *const c_char) -> String {
    if words.is_null() {
        return String::new();
    }
    // SAFETY: by the contract of this function.
    unsafe { CStr::from_ptr(words) }.to_string_lossy().into_owned()
}

fn text(text: &str) -> Result<CString, Failure> {
    CString::new(text).map_err(|_| Failure::new(RDKafkaErrorCode::InvalidArgument, "a name or value holds a zero byte"))
}

/// librdkafka did not take an argument; its words, if it gave any.
fn invalid(words: &[c_char]) -> Failure {
    let words = if words.is_empty() { ptr::null() } else { words.as_ptr() };
    // SAFETY: librdkafka ends what it writes into a buffer with a zero, and the buffer began as zeros.
    Failure::new(RDKafkaErrorCode::InvalidArgument, unsafe { copy(words) })
}

fn milliseconds(timeout: Duration) -> c_int {
    c_int::try_from(timeout.as_millis()).unwrap_or(c_int::MAX).max(1)
}
