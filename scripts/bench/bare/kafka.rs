//! Kafka's protocol, as far as four requests need it, on one connection to the only node.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::Fallible;

/// The last versions without tagged fields.
const METADATA: (i16, i16) = (3, 8);
const LIST_OFFSETS: (i16, i16) = (2, 5);
const CREATE_TOPICS: (i16, i16) = (19, 4);
const DESCRIBE_CONFIGS: (i16, i16) = (32, 3);

const PAUSE: Duration = Duration::from_millis(50);
const PATIENCE: Duration = Duration::from_secs(600);
const TOPIC: i8 = 2;
const EARLIEST: i64 = -2;

pub fn read(address: &str) -> Fallible<String> {
    let mut connection = Connection::open(address)?;
    let (topics, keys) = connection.observe()?;
    Ok(format!(",\"topics\":{topics},\"keys\":{keys}"))
}

pub fn apply(address: &str, partitions: &str, file: &str) -> Fallible<String> {
    let partitions: i32 = partitions.parse()?;
    let text = std::fs::read_to_string(file)?;
    let names: Vec<&str> = text.lines().collect();
    let mut connection = Connection::open(address)?;
    connection.observe()?;
    let began = Instant::now();
    connection.create(&names, partitions)?;
    let answered = began.elapsed().as_secs_f64();
    let mut left = PATIENCE;
    let mut pause = || {
        left = left.checked_sub(PAUSE).ok_or("the topics did not become usable")?;
        sleep(PAUSE);
        Fallible::Ok(())
    };
    while !connection.all_visible(&names, partitions)? {
        pause()?;
    }
    let visible = began.elapsed().as_secs_f64();
    let mut open: Vec<(String, i32)> =
        names.iter().flat_map(|name| (0..partitions).map(|number| ((*name).to_owned(), number))).collect();
    loop {
        open = connection.without_offset(&open)?;
        if open.is_empty() {
            break;
        }
        pause()?;
    }
    let usable = began.elapsed().as_secs_f64();
    connection.observe()?;
    Ok(format!(",\"answered\":{answered:.6},\"visible\":{visible:.6},\"usable\":{usable:.6}"))
}

struct Connection {
    stream: TcpStream,
    number: i32,
}

impl Connection {
    fn open(address: &str) -> Fallible<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(120)))?;
        Ok(Self { stream, number: 0 })
    }

    fn call(&mut self, (api, version): (i16, i16), body: &[u8]) -> Fallible<Answer> {
        self.number += 1;
        let mut request = Vec::with_capacity(body.len() + 32);
        request.extend([0; 4]);
        request.extend(api.to_be_bytes());
        request.extend(version.to_be_bytes());
        request.extend(self.number.to_be_bytes());
        put_text(&mut request, "bare");
        request.extend(body);
        let length = i32::try_from(request.len() - 4)?;
        request[..4].copy_from_slice(&length.to_be_bytes());
        self.stream.write_all(&request)?;
        let mut length = [0; 4];
        self.stream.read_exact(&mut length)?;
        let mut bytes = vec![0; usize::try_from(i32::from_be_bytes(length))?];
        self.stream.read_exact(&mut bytes)?;
        let mut answer = Answer { bytes, at: 0 };
        if answer.i32()? != self.number {
            return Err("an answer to something else".into());
        }
        Ok(answer)
    }

    /// Topics with the numbers of their partitions that have a leader.
    fn metadata(&mut self) -> Fallible<BTreeMap<String, i32>> {
        // All topics; do not make any; authorized operations are not asked for.
        let mut answer = self.call(METADATA, &[0xff, 0xff, 0xff, 0xff, 0, 0, 0])?;
        answer.i32()?;
        for _ in 0..answer.i32()? {
            answer.i32()?;
            answer.text()?;
            answer.i32()?;
            answer.text()?;
        }
        answer.text()?;
        answer.i32()?;
        let mut topics = BTreeMap::new();
        for _ in 0..answer.i32()? {
            answer.i16()?;
            let name = answer.text()?;
            answer.i8()?;
            let mut led = 0;
            for _ in 0..answer.i32()? {
                let error = answer.i16()?;
                answer.i32()?;
                let leader = answer.i32()?;
                answer.i32()?;
                for _ in 0..3 {
                    for _ in 0..answer.i32()? {
                        answer.i32()?;
                    }
                }
                led += i32::from(error == 0 && leader >= 0);
            }
            answer.i32()?;
            topics.insert(name, led);
        }
        Ok(topics)
    }

    /// Everything that there is to compare: how many topics, and how many keys their configurations have.
    fn observe(&mut self) -> Fallible<(usize, usize)> {
        let topics = self.metadata()?;
        let names: Vec<&String> = topics.keys().filter(|name| !name.starts_with("__")).collect();
        let mut body = Vec::new();
        put_count(&mut body, names.len())?;
        for name in &names {
            body.extend(TOPIC.to_be_bytes());
            put_text(&mut body, name);
            // All keys.
            body.extend((-1_i32).to_be_bytes());
        }
        body.extend([0, 0]);
        let mut answer = self.call(DESCRIBE_CONFIGS, &body)?;
        answer.i32()?;
        let mut keys = 0;
        for _ in 0..answer.i32()? {
            // The answer to CreateTopics may come before a topic's configuration is there: not ours to wait for.
            answer.i16()?;
            answer.text()?;
            answer.i8()?;
            answer.text()?;
            for _ in 0..answer.i32()? {
                answer.text()?;
                answer.text()?;
                answer.i8()?;
                answer.i8()?;
                answer.i8()?;
                for _ in 0..answer.i32()? {
                    answer.text()?;
                    answer.text()?;
                    answer.i8()?;
                }
                answer.i8()?;
                answer.text()?;
                keys += 1;
            }
        }
        answer.end()?;
        Ok((names.len(), keys))
    }

    fn create(&mut self, names: &[&str], partitions: i32) -> Fallible<()> {
        let mut body = Vec::new();
        put_count(&mut body, names.len())?;
        for name in names {
            put_text(&mut body, name);
            body.extend(partitions.to_be_bytes());
            body.extend(1_i16.to_be_bytes());
            body.extend([0; 8]);
        }
        body.extend(60_000_i32.to_be_bytes());
        body.push(0);
        let mut answer = self.call(CREATE_TOPICS, &body)?;
        answer.i32()?;
        for _ in 0..answer.i32()? {
            let name = answer.text()?;
            let error = answer.i16()?;
            let words = answer.text()?;
            if error != 0 {
                return Err(format!("{name}: error {error}: {words}").into());
            }
        }
        answer.end()
    }

    fn all_visible(&mut self, names: &[&str], partitions: i32) -> Fallible<bool> {
        let topics = self.metadata()?;
        Ok(names.iter().all(|name| topics.get(*name) == Some(&partitions)))
    }

    /// Those of the partitions that cannot tell their first offset yet.
    fn without_offset(&mut self, partitions: &[(String, i32)]) -> Fallible<Vec<(String, i32)>> {
        let mut topics: BTreeMap<&str, Vec<i32>> = BTreeMap::new();
        for (topic, number) in partitions {
            topics.entry(topic).or_default().push(*number);
        }
        let mut body = Vec::new();
        body.extend((-1_i32).to_be_bytes());
        body.push(0);
        put_count(&mut body, topics.len())?;
        for (topic, numbers) in &topics {
            put_text(&mut body, topic);
            put_count(&mut body, numbers.len())?;
            for number in numbers {
                body.extend(number.to_be_bytes());
                body.extend((-1_i32).to_be_bytes());
                body.extend(EARLIEST.to_be_bytes());
            }
        }
        let mut answer = self.call(LIST_OFFSETS, &body)?;
        answer.i32()?;
        let mut open = Vec::new();
        for _ in 0..answer.i32()? {
            let topic = answer.text()?;
            for _ in 0..answer.i32()? {
                let number = answer.i32()?;
                let error = answer.i16()?;
                answer.i64()?;
                answer.i64()?;
                answer.i32()?;
                if error != 0 {
                    open.push((topic.clone(), number));
                }
            }
        }
        answer.end()?;
        Ok(open)
    }
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    let length = u16::try_from(text.len()).expect("a short name");
    out.extend(length.to_be_bytes());
    out.extend(text.as_bytes());
}

fn put_count(out: &mut Vec<u8>, count: usize) -> Fallible<()> {
    out.extend(i32::try_from(count)?.to_be_bytes());
    Ok(())
}

struct Answer {
    bytes: Vec<u8>,
    at: usize,
}

impl Answer {
    fn take<const SIZE: usize>(&mut self) -> Fallible<[u8; SIZE]> {
        let end = self.at + SIZE;
        let bytes = self.bytes.get(self.at..end).ok_or("an answer that ends too early")?;
        self.at = end;
        Ok(bytes.try_into()?)
    }

    fn i8(&mut self) -> Fallible<i8> {
        Ok(i8::from_be_bytes(self.take()?))
    }

    fn i16(&mut self) -> Fallible<i16> {
        Ok(i16::from_be_bytes(self.take()?))
    }

    fn i32(&mut self) -> Fallible<i32> {
        Ok(i32::from_be_bytes(self.take()?))
    }

    fn i64(&mut self) -> Fallible<i64> {
        Ok(i64::from_be_bytes(self.take()?))
    }

    /// Empty where there is none.
    fn text(&mut self) -> Fallible<String> {
        let length = usize::try_from(self.i16()?).unwrap_or(0);
        let bytes = self.bytes.get(self.at..self.at + length).ok_or("an answer that ends too early")?;
        self.at += length;
        Ok(String::from_utf8_lossy(bytes).into_owned())
    }

    /// That it was read as it was meant.
    fn end(&self) -> Fallible<()> {
        if self.at == self.bytes.len() { Ok(()) } else { Err("an answer with something behind it".into()) }
    }
}
