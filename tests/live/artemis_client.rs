//! Artemis by clients that are not ours: its management API over plain HTTP, its own command in the container, JMS
//! clients in Java, and STOMP, MQTT and WebSocket by hand.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::lab::{docker, until};
use super::rabbit::wait;

/// One node of the broker `art`.
pub(crate) struct Art {
    console: String,
    pub(crate) place: String,
    pub(crate) container: String,
    password: String,
}

impl Art {
    /// With what `mqlab env` prints; `node` is from 1.
    pub(crate) fn of(env: &BTreeMap<String, String>, stack: &str, node: usize) -> Self {
        let ports = |key: &str| -> Vec<String> {
            let digits = |part: &str| part.chars().take_while(char::is_ascii_digit).collect::<String>();
            env[key].match_indices("127.0.0.1:").map(|(at, found)| digits(&env[key][at + found.len()..])).collect()
        };
        let container = format!("{stack}-art-{node}");
        let console = docker(&["port", &container, "8161/tcp"]);
        Self {
            console: format!("http://{}/console/jolokia", console.trim()),
            place: format!("127.0.0.1:{}", ports("ART_URL")[node - 1]),
            container,
            password: env["ART_PASSWORD"].clone(),
        }
    }

    fn post(&self, body: &Value) -> Value {
        wait(async {
            let request = crate::lab::http().post(&self.console).basic_auth("mqlab", Some(&self.password));
            request.json(body).send().await.unwrap().json().await.unwrap()
        })
    }

    /// An operation of the broker's bean.
    #[track_caller]
    pub(crate) fn call(&self, operation: &str, arguments: &[Value]) -> Value {
        let bean = "org.apache.activemq.artemis:broker=\"art\"";
        let answer =
            self.post(&json!({ "type": "exec", "mbean": bean, "operation": operation, "arguments": arguments }));
        assert_eq!(answer["status"], json!(200), "{operation} {arguments:?}: {answer}");
        answer["value"].clone()
    }

    /// An operation of another bean, without arguments.
    pub(crate) fn bean_call(&self, bean: &str, operation: &str) {
        let answer = self.post(&json!({ "type": "exec", "mbean": bean, "operation": operation }));
        assert_eq!(answer["status"], json!(200), "{bean} {operation}: {answer}");
    }

    /// An attribute of the broker's bean.
    pub(crate) fn attribute(&self, name: &str) -> Value {
        let bean = "org.apache.activemq.artemis:broker=\"art\"";
        self.post(&json!({ "type": "read", "mbean": bean, "attribute": name }))["value"].clone()
    }

    /// An operation that takes one document.
    #[track_caller]
    pub(crate) fn send_document(&self, operation: &str, document: &Value) -> Value {
        self.call(&format!("{operation}(java.lang.String)"), &[document.to_string().into()])
    }

    /// Beans of one kind, by the attribute that names them.
    fn beans(&self, pattern: &str, name: &str) -> BTreeMap<String, Value> {
        let bean = format!("org.apache.activemq.artemis:broker=\"art\",component=addresses,address=*{pattern}");
        let answer = self.post(&json!({ "type": "read", "mbean": bean }));
        let beans = answer["value"].as_object().cloned().unwrap_or_default();
        beans.into_values().map(|bean| (bean[name].as_str().unwrap().to_owned(), bean)).collect()
    }

    pub(crate) fn queues(&self) -> BTreeMap<String, Value> {
        self.beans(",subcomponent=queues,routing-type=*,queue=*", "Name")
    }

    pub(crate) fn queue(&self, name: &str) -> Value {
        self.queues().remove(name).unwrap_or(Value::Null)
    }

    pub(crate) fn count(&self, queue: &str) -> i64 {
        self.queue(queue)["MessageCount"].as_i64().unwrap_or(-1)
    }

    pub(crate) fn diverts(&self) -> BTreeMap<String, Value> {
        self.beans(",subcomponent=diverts,divert=*", "UniqueName")
    }

    /// The sorted routing types of every address.
    pub(crate) fn addresses(&self) -> BTreeMap<String, Value> {
        let types = |bean: &Value| {
            let all = bean["RoutingTypes"].as_array().unwrap().iter();
            let mut types: Vec<String> = all.map(|one| one.as_str().unwrap().to_owned()).collect();
            types.sort();
            json!(types)
        };
        self.beans("", "Address").into_iter().map(|(name, bean)| (name, types(&bean))).collect()
    }

    /// `null` for an address that is not there.
    pub(crate) fn routing(&self, address: &str) -> Value {
        self.addresses().remove(address).unwrap_or_default()
    }

    /// What holds for a name.
    pub(crate) fn settings(&self, name: &str) -> Value {
        let text = self.call("getAddressSettingsAsJSON(java.lang.String)", &[name.into()]);
        serde_json::from_str(text.as_str().unwrap()).unwrap()
    }

    /// The roles that have a permission for a name.
    pub(crate) fn roles(&self, name: &str, permission: &str) -> Vec<String> {
        let text = self.call("getRolesAsJSON(java.lang.String)", &[name.into()]);
        let roles: Vec<Value> = serde_json::from_str(text.as_str().unwrap()).unwrap();
        let holds = roles.iter().filter(|role| role[permission] == json!(true));
        let mut names: Vec<String> = holds.map(|role| role["name"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    }

    /// The broker's own command, a Java client over Core or AMQP.
    pub(crate) fn command(&self, arguments: &[&str]) -> String {
        let login = ["--user", "mqlab", "--password", &self.password];
        docker(&[&["exec", &self.container, "bin/artemis"], arguments, &login].concat())
    }

    /// A STOMP connection as this user; `None` if it is not let in.
    pub(crate) fn stomp(&self, user: &str, password: &str) -> Option<Stomp> {
        Stomp::connect(Box::new(tcp(&self.place)), user, password)
    }

    pub(crate) fn admin(&self) -> Stomp {
        self.stomp("mqlab", &self.password).unwrap()
    }

    /// STOMP over a WebSocket.
    pub(crate) fn web_stomp(&self) -> Stomp {
        Stomp::connect(Box::new(WebSocket::open(&self.place, "v12.stomp", TEXT)), "mqlab", &self.password).unwrap()
    }

    /// A message in and out over each protocol, as the administrator: an anycast queue and a multicast address, both
    /// empty, are empty again.
    pub(crate) fn every_protocol_leads_in_and_out(&self, queue: &str, topic: &str) {
        for open in [Self::admin, Self::web_stomp] {
            let (mut consumer, mut producer) = (open(self), open(self));
            for answer in [consumer.subscribe(queue, "ANYCAST"), producer.send(queue, "ANYCAST", &[], "by hand")] {
                assert!(answer.starts_with("RECEIPT"), "{answer}");
            }
            assert_eq!(consumer.message(), "by hand");
            // What is sent is acknowledged a moment later, and goes back if the consumer leaves before.
            until("it is taken", 10, || self.count(queue) == 0);
            drop(consumer);
            until("the consumer has gone", 10, || self.queue(queue)["ConsumerCount"] == json!(0));
        }
        assert_eq!(self.mqtt(Box::new(tcp(&self.place)), topic, "by hand"), "by hand");
        assert_eq!(
            self.mqtt(Box::new(WebSocket::open(&self.place, "mqtt", BINARY)), topic, "over there"),
            "over there"
        );
        assert_eq!(self.java("through", &[queue, "by ActiveMQ's client"]), "by ActiveMQ's client");
        until("nothing is left over", 10, || self.count(queue) == 0);
        for protocol in ["CORE", "AMQP"] {
            let to = ["--protocol", protocol, "--destination", &format!("queue://{queue}"), "--message-count", "3"];
            self.command(&[&["producer", "--silent"][..], &to].concat());
            assert_eq!(self.count(queue), 3, "{protocol}");
            self.command(&[&["consumer", "--silent", "--receive-timeout", "5000"][..], &to].concat());
            until("all are taken", 5, || self.count(queue) == 0);
        }
    }

    /// One message round over MQTT 3.1.1, the packets by hand.
    fn mqtt(&self, pipe: Box<dyn Pipe>, topic: &str, text: &str) -> String {
        let field = |text: &str| [&u16::try_from(text.len()).unwrap().to_be_bytes()[..], text.as_bytes()].concat();
        let packet = |kind: u8, body: &[u8]| [&[kind, u8::try_from(body.len()).unwrap()][..], body].concat();
        let mut wire = Wire::new(pipe);
        let hello =
            [field("MQTT"), vec![4, 0xc2, 0, 30], field("by-hand"), field("mqlab"), field(&self.password)].concat();
        wire.pipe.put(&packet(0x10, &hello));
        assert_eq!(wire.exactly(4), [0x20, 2, 0, 0], "MQTT lets us in");
        wire.pipe.put(&packet(0x82, &[&[0, 1][..], &field(topic), &[0]].concat()));
        assert_eq!(wire.exactly(5), [0x90, 3, 0, 1, 0], "MQTT takes the subscription");
        wire.pipe.put(&packet(0x30, &[field(topic), text.as_bytes().to_vec()].concat()));
        let head = wire.exactly(2);
        let body = wire.exactly(head[1].into());
        String::from_utf8(body[2 + topic.len()..].to_vec()).unwrap()
    }

    /// A verb of `clients/artemis/Client.java`, compiled as it is run, with the jars of the image.
    #[track_caller]
    pub(crate) fn java(&self, verb: &str, arguments: &[&str]) -> String {
        static JARS: OnceLock<String> = OnceLock::new();
        let jars = JARS.get_or_init(|| {
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("artemis-java");
            std::fs::create_dir_all(&folder).unwrap();
            docker(&["cp", &format!("{}:/opt/artemis/lib", self.container), folder.to_str().unwrap()]);
            format!("{}/lib/*", folder.to_str().unwrap())
        });
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/live/clients/artemis/Client.java");
        let url = format!("tcp://{}", self.place);
        let output = Command::new("java")
            .args(["-cp", jars, source, verb, &url, "mqlab", &self.password])
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{verb} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }
}

fn tcp(place: &str) -> TcpStream {
    let stream = TcpStream::connect(place).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream
}

fn exactly(stream: &mut impl Read, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    stream.read_exact(&mut bytes).unwrap();
    bytes
}

/// Bytes to and from a broker, plain or in WebSocket frames.
trait Pipe {
    fn put(&mut self, bytes: &[u8]);
    fn take(&mut self) -> Vec<u8>;
}

impl Pipe for TcpStream {
    fn put(&mut self, bytes: &[u8]) {
        self.write_all(bytes).unwrap();
    }

    fn take(&mut self) -> Vec<u8> {
        let mut buffer = [0; 4096];
        let count = self.read(&mut buffer).unwrap();
        buffer[..count].to_vec()
    }
}

/// What came of a message before its end, and what came after.
struct Wire {
    pipe: Box<dyn Pipe>,
    unread: Vec<u8>,
}

impl Wire {
    fn new(pipe: Box<dyn Pipe>) -> Self {
        Self { pipe, unread: Vec::new() }
    }

    fn more(&mut self) {
        let more = self.pipe.take();
        assert!(!more.is_empty(), "the connection ended in {:?}", String::from_utf8_lossy(&self.unread));
        self.unread.extend(more);
    }

    fn exactly(&mut self, count: usize) -> Vec<u8> {
        while self.unread.len() < count {
            self.more();
        }
        let rest = self.unread.split_off(count);
        std::mem::replace(&mut self.unread, rest)
    }
}

/// The first byte of a frame that is whole.
const TEXT: u8 = 0x81;
const BINARY: u8 = 0x82;

/// RFC 6455, as far as one short frame at a time takes it.
struct WebSocket {
    stream: TcpStream,
    kind: u8,
}

impl WebSocket {
    fn open(place: &str, protocol: &str, kind: u8) -> Self {
        let mut stream = tcp(place);
        let key = STANDARD.encode([7; 16]);
        write!(
            stream,
            "GET /{protocol} HTTP/1.1\r\nHost: {place}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: {protocol}\r\n\r\n"
        )
        .unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.extend(exactly(&mut stream, 1));
        }
        let head = String::from_utf8(head).unwrap().to_lowercase();
        let agreed = format!("sec-websocket-protocol: {protocol}\r");
        assert!(head.starts_with("http/1.1 101") && head.contains(&agreed), "{head}");
        Self { stream, kind }
    }
}

impl Pipe for WebSocket {
    fn put(&mut self, bytes: &[u8]) {
        let mut frame = match bytes.len() {
            // No length may be longer than it needs to be.
            short @ 0..126 => vec![self.kind, 0x80 | u8::try_from(short).unwrap()],
            long => [&[self.kind, 0xfe][..], &u16::try_from(long).unwrap().to_be_bytes()].concat(),
        };
        // Masked, as a client must; by nothing, as it may.
        frame.extend([0; 4]);
        frame.extend(bytes);
        self.stream.write_all(&frame).unwrap();
    }

    fn take(&mut self) -> Vec<u8> {
        let head = exactly(&mut self.stream, 2);
        let length = match head[1] {
            126 => u16::from_be_bytes(exactly(&mut self.stream, 2).try_into().unwrap()),
            short => short.into(),
        };
        exactly(&mut self.stream, length.into())
    }
}

/// A STOMP 1.2 connection.
pub(crate) struct Stomp {
    wire: Wire,
}

impl Stomp {
    fn connect(pipe: Box<dyn Pipe>, user: &str, password: &str) -> Option<Self> {
        let mut connection = Self { wire: Wire::new(pipe) };
        let headers = [("accept-version", "1.2"), ("host", "art"), ("login", user), ("passcode", password)];
        connection.frame("CONNECT", &headers, "");
        connection.receive().starts_with("CONNECTED").then_some(connection)
    }

    fn frame(&mut self, command: &str, headers: &[(&str, &str)], body: &str) {
        let headers: String =
            headers.iter().map(|(name, value)| format!("{name}:{}\n", value.replace(':', "\\c"))).collect();
        self.wire.pipe.put(format!("{command}\n{headers}\n{body}\0").as_bytes());
    }

    /// The next frame, as text.
    pub(crate) fn receive(&mut self) -> String {
        loop {
            if let Some(end) = self.wire.unread.iter().position(|byte| *byte == 0) {
                let frame = self.wire.exactly(end + 1);
                return String::from_utf8(frame[..end].to_vec()).unwrap().trim_start().to_owned();
            }
            self.wire.more();
        }
    }

    /// The broker's answer to one message: a receipt, or an error.
    pub(crate) fn send(&mut self, address: &str, routing: &str, headers: &[(&str, &str)], body: &str) -> String {
        let own = [("destination", address), ("destination-type", routing), ("persistent", "true"), ("receipt", "s")];
        self.frame("SEND", &[&own[..], headers].concat(), body);
        self.receive()
    }

    /// The broker's answer to a subscription.
    pub(crate) fn subscribe(&mut self, name: &str, routing: &str) -> String {
        let headers = [("id", "1"), ("destination", name), ("subscription-type", routing), ("receipt", "r")];
        self.frame("SUBSCRIBE", &headers, "");
        self.receive()
    }

    /// The body of the next message.
    pub(crate) fn message(&mut self) -> String {
        let frame = self.receive();
        assert!(frame.starts_with("MESSAGE"), "{frame}");
        frame.split_once("\n\n").unwrap().1.to_owned()
    }
}
