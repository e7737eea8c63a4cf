//! Topic patterns of AMQP: words between dots, `*` for one word, `#` for any number of words.
//!
//! A word may be empty (`a..b` has three), and the empty key has no word at all, so `*` does not match it.

/// Whether a binding's key matches a message's routing key.
pub fn matches(pattern: &str, key: &str) -> bool {
    let (pattern, key) = (words(pattern), words(key));
    // Which prefixes of the key the pattern so far can match: no backtracking, whatever the pattern.
    let mut reached = vec![false; key.len() + 1];
    reached[0] = true;
    for part in pattern {
        let mut next = vec![false; key.len() + 1];
        if part == "#" {
            let mut open = false;
            for (index, before) in reached.iter().enumerate() {
                open |= before;
                next[index] = open;
            }
        } else {
            for (index, word) in key.iter().enumerate() {
                next[index + 1] = reached[index] && (part == "*" || part == *word);
            }
        }
        reached = next;
    }
    reached[key.len()]
}

fn words(text: &str) -> Vec<&str> {
    if text.is_empty() { Vec::new() } else { text.split('.').collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_pattern_takes_no_time() {
        let pattern = ["#", "a"].repeat(60).join(".");
        let key = ["a"; 120].join(".");
        assert!(matches(&pattern, &key));
        assert!(!matches(&format!("{pattern}.b"), &key));
    }
}
