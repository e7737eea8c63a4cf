//! Topic patterns of AMQP: words between dots, `*` for one word, `#` for any number of words.
//!
//! A word may be empty (`a..b` has three), and the empty key has no word at all, so `*` does not match it.

/// Whether a binding's key matches a message's routing key.
pub fn matches(pattern: &str, key: &str) -> bool {
    let rows = reach(&words(pattern), &words(key));
    rows.last().and_then(|last| last.last()).is_some_and(|reached| *reached)
}

/// Which prefixes of the key each beginning of the pattern can match: no backtracking, whatever the pattern.
fn reach(pattern: &[&str], key: &[&str]) -> Vec<Vec<bool>> {
    let mut first = vec![false; key.len() + 1];
    first[0] = true;
    let mut rows = vec![first];
    for part in pattern {
        let before = &rows[rows.len() - 1];
        let mut next = vec![false; key.len() + 1];
        if *part == "#" {
            let mut open = false;
            for (index, reached) in before.iter().enumerate() {
                open |= reached;
                next[index] = open;
            }
        } else {
            for (index, word) in key.iter().enumerate() {
                next[index + 1] = before[index] && (*part == "*" || part == word);
            }
        }
        rows.push(next);
    }
    rows
}

/// A pattern laid over a key: what each word of it took, as far as it goes.
#[derive(Debug, PartialEq, Eq)]
pub struct Walk<'a> {
    pub parts: Vec<Part<'a>>,
    pub stop: Stop<'a>,
}

/// A word of the pattern with the words of the key that it took.
#[derive(Debug, PartialEq, Eq)]
pub struct Part<'a> {
    pub part: &'a str,
    pub took: Vec<&'a str>,
}

/// How it ends.
#[derive(Debug, PartialEq, Eq)]
pub enum Stop<'a> {
    Matches,
    /// The key has no word left for this word of the pattern.
    Short(&'a str),
    /// This word of the pattern is not that word of the key.
    Differs(&'a str, &'a str),
    /// After a `#`: this word of the pattern does not come any more.
    Nowhere(&'a str),
    /// The pattern ends before the key does.
    Left(Vec<&'a str>),
}

/// One way to lay the pattern over the key, the last `#` taking the most, or as far as it goes.
pub fn walk<'a>(pattern: &'a str, key: &'a str) -> Walk<'a> {
    let (pattern, key) = (words(pattern), words(key));
    let rows = reach(&pattern, &key);
    let last = rows.iter().rposition(|row| row.contains(&true)).unwrap_or(0);
    let whole = last == pattern.len();
    let ends: Vec<usize> = (0..=key.len()).filter(|&at| rows[last][at]).collect();
    let furthest = ends.last().copied().unwrap_or(0);
    let nearest = ends.first().copied().unwrap_or(0);
    let (end, stop) = if whole && furthest == key.len() {
        (furthest, Stop::Matches)
    } else if whole {
        (furthest, Stop::Left(key[furthest..].to_vec()))
    } else if nearest == key.len() {
        (nearest, Stop::Short(pattern[last]))
    } else if ends.len() == 1 {
        (nearest, Stop::Differs(pattern[last], key[nearest]))
    } else {
        (nearest, Stop::Nowhere(pattern[last]))
    };
    let mut parts = Vec::new();
    let mut at = end;
    for row in (1..=last).rev() {
        let part = pattern[row - 1];
        let before = match part {
            "#" => (0..=at).find(|&before| rows[row - 1][before]).unwrap_or(at),
            _ => at - 1,
        };
        parts.push(Part { part, took: key[before..at].to_vec() });
        at = before;
    }
    parts.reverse();
    Walk { parts, stop }
}

fn words(text: &str) -> Vec<&str> {
    if text.is_empty() { Vec::new() } else { text.split('.').collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_says_what_took_what_and_where_it_stops() {
        let took = |pattern: &str, key: &str| {
            let walk = walk(pattern, key);
            let parts = walk.parts.iter().map(|one| format!("{}={}", one.part, one.took.join(".")));
            format!("{} {:?}", parts.collect::<Vec<_>>().join(" "), walk.stop)
        };
        assert_eq!(took("a.*.#", "a.b.c.d"), "a=a *=b #=c.d Matches");
        assert_eq!(took("#.b", "b.b"), "#=b b=b Matches");
        assert_eq!(took("a.*", "a"), "a=a Short(\"*\")");
        assert_eq!(took("a.c", "a.b"), "a=a Differs(\"c\", \"b\")");
        assert_eq!(took("#.c", "a.b"), "#= Nowhere(\"c\")");
        assert_eq!(took("a", "a.b.c"), "a=a Left([\"b\", \"c\"])");
        assert_eq!(took("", ""), " Matches");
    }

    #[test]
    fn a_hostile_pattern_takes_no_time() {
        let pattern = ["#", "a"].repeat(60).join(".");
        let key = ["a"; 120].join(".");
        assert!(matches(&pattern, &key));
        assert!(!matches(&format!("{pattern}.b"), &key));
    }
}
