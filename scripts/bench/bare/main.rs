//! The bare baselines: what the brokers and the engine can do when nothing but the needed bytes is sent.
//!
//! Speaks HTTP and Kafka's protocol by itself and shares no code and no library with mqlab. Made by `rustc` alone:
//!
//!     rustc --edition 2024 -O scripts/bench/bare/main.rs -o bare
//!
//! Each command prints one line of JSON. `measure` runs another program and tells its time and its peak of memory.

mod http;
mod jolokia;
mod kafka;
mod measure;
mod rabbitmq;
mod rocketmq;
mod wire;

use std::process::ExitCode;
use std::time::Instant;

const USAGE: &str = "\
usage:
  bare measure OUTPUT.json -- COMMAND...       runs it; writes seconds, peak memory and exit code
  bare engine-read SOCKET                      all containers, networks and volumes
  bare rabbitmq-read HOST:PORT                 the definitions
  bare rabbitmq-apply HOST:PORT FILE           export, import, export
  bare kafka-read HOST:PORT                    metadata and the configuration of every topic
  bare kafka-apply HOST:PORT PARTITIONS FILE   the topics that FILE lists, to the last usable partition
  bare jolokia HOST:PORT PATH FILE...          posts lists of requests
  bare remoting HOST:PORT FILE...              sends frames of RocketMQ's protocol
  bare remoting-routes HOST:PORT FILE TOPICS   sends a frame until the answer has every topic that TOPICS lists
  bare wait-kafka HOST:PORT                    until ApiVersions is answered
  bare wait-amqp HOST:PORT                     until connection.start comes
  bare wait-stomp HOST:PORT                    until a login is answered
  bare wait-http HOST:PORT                     until any HTTP answer but 5xx
  bare wait-grpc HOST:PORT                     until HTTP/2's settings come
The commands for RabbitMQ and Jolokia take the user from BARE_USER and the password from BARE_PASSWORD.";

/// Any failure ends the run: a baseline with errors in it is none.
pub type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let began = Instant::now();
    let done = match words.as_slice() {
        ["measure", output, "--", command @ ..] if !command.is_empty() => return measure::run(output, command),
        ["engine-read", socket] => http::engine_read(socket),
        ["rabbitmq-read", address] => rabbitmq::read(address),
        ["rabbitmq-apply", address, file] => rabbitmq::apply(address, file),
        ["kafka-read", address] => kafka::read(address),
        ["kafka-apply", address, partitions, file] => kafka::apply(address, partitions, file),
        ["wait-kafka", address] => wire::wait(address, wire::kafka_answers),
        ["jolokia", address, path, files @ ..] => jolokia::post(address, path, files),
        ["remoting", address, files @ ..] => rocketmq::send(address, files),
        ["remoting-routes", address, file, topics] => rocketmq::routes(address, file, topics),
        ["wait-stomp", address] => wire::wait(address, wire::stomp_answers),
        ["wait-http", address] => wire::wait(address, wire::http_answers),
        ["wait-grpc", address] => wire::wait(address, wire::grpc_answers),
        ["wait-amqp", address] => wire::wait(address, wire::amqp_answers),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(more) => {
            println!("{{\"seconds\":{:.6}{more}}}", began.elapsed().as_secs_f64());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("bare {}: {error}", words.join(" "));
            ExitCode::FAILURE
        }
    }
}
