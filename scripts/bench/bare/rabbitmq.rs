//! The management API: the definitions out, in, and out again.

use std::time::Instant;

use crate::{Fallible, http};

fn head(method: &str) -> Fallible<String> {
    let pair = format!("{}:{}", std::env::var("BARE_USER")?, std::env::var("BARE_PASSWORD")?);
    Ok(format!(
        "{method} /api/definitions HTTP/1.1\r\nHost: broker\r\nAuthorization: Basic {}\r\nContent-Type: application/json\r\n",
        base64(pair.as_bytes())
    ))
}

pub fn read(address: &str) -> Fallible<String> {
    let bytes = http::tcp(address, &head("GET")?, b"")?.len();
    Ok(format!(",\"bytes\":{bytes}"))
}

pub fn apply(address: &str, file: &str) -> Fallible<String> {
    let definitions = std::fs::read(file)?;
    let before = http::tcp(address, &head("GET")?, b"")?.len();
    let began = Instant::now();
    http::tcp(address, &head("POST")?, &definitions)?;
    let import = began.elapsed().as_secs_f64();
    let after = http::tcp(address, &head("GET")?, b"")?.len();
    if after <= before {
        return Err("the import changed nothing".into());
    }
    Ok(format!(",\"import\":{import:.6}"))
}

pub fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let number = three.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for place in 0..4 {
            let letter = LETTERS[(number >> (18 - 6 * place)) as usize & 63];
            text.push(if place > three.len() { '=' } else { char::from(letter) });
        }
    }
    text
}
