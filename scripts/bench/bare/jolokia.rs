//! Jolokia: lists of requests, one POST each.

use crate::{Fallible, http, rabbitmq::base64};

/// Posts each file in turn. Every request in them must succeed.
pub fn post(address: &str, path: &str, files: &[&str]) -> Fallible<String> {
    let pair = format!("{}:{}", std::env::var("BARE_USER")?, std::env::var("BARE_PASSWORD")?);
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: broker\r\nAuthorization: Basic {}\r\nContent-Type: application/json\r\nOrigin: http://localhost\r\n",
        base64(pair.as_bytes())
    );
    let mut bytes = 0;
    for file in files {
        let body = std::fs::read(file)?;
        let answer = http::tcp(address, &head, &body)?;
        bytes += answer.len();
        let text = String::from_utf8_lossy(&answer);
        let (asked, good) = (count(&String::from_utf8_lossy(&body), "\"type\""), count(&text, "\"status\":200"));
        if asked != good {
            return Err(format!("{file}: {good} of {asked} requests succeeded: {}", &text[..text.len().min(400)]).into());
        }
    }
    Ok(format!(",\"bytes\":{bytes}"))
}

fn count(text: &str, part: &str) -> usize {
    text.matches(part).count()
}
