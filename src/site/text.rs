//! Names as a page can show them, and as a file can carry them.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// The most of a name that goes into a file's name.
const SLUG_MOST: usize = 80;
/// Hexadecimal digits of the hash behind a slug.
const HASH: usize = 8;
/// What Windows takes for a device, whatever comes behind a dot.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];
/// Our own file in every folder.
const INDEX: &str = "index";

/// A file name that says what it is of: `mail.eu` stays, everything that some file system or URL would
/// not carry unchanged is replaced and gets a hash behind it, so that two names never meet.
pub(crate) fn slug(name: &str) -> String {
    let mut slug: String = name
        .chars()
        .map(|character| if is_plain(character) { character } else { lower(character) })
        .take(SLUG_MOST)
        .collect();
    if slug == name && !is_special(name) {
        return slug;
    }
    while slug.contains("--") {
        slug = slug.replace("--", "-");
    }
    let slug = slug.trim_matches(['-', '.']);
    let digest = hex::encode(Sha256::digest(name.as_bytes()));
    format!("{slug}{}{}", if slug.is_empty() { "" } else { "-" }, &digest[..HASH])
}

fn is_plain(character: char) -> bool {
    matches!(character, 'a'..='z' | '0'..='9' | '.' | '_' | '-')
}

fn lower(character: char) -> char {
    let low = character.to_ascii_lowercase();
    if is_plain(low) { low } else { '-' }
}

/// Plain, and still not usable: it is a device, our own, or looks as if it had a hash already.
fn is_special(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name);
    let device = DEVICES.iter().any(|device| {
        let rest = stem.strip_prefix(device);
        rest.is_some_and(|rest| rest.is_empty() || (rest.len() == 1 && rest.starts_with(|c: char| c.is_ascii_digit())))
    });
    let hashed = name.len() >= HASH && name.is_char_boundary(name.len() - HASH) && {
        let (head, tail) = name.split_at(name.len() - HASH);
        (head.is_empty() || head.ends_with('-')) && tail.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'))
    };
    device || hashed || stem == INDEX || name.starts_with(['.', '-']) || name.ends_with(['.', '-']) || name.is_empty()
}

/// A text in which nothing is invisible and nothing changes the direction of what follows: such
/// characters become their number, `⟨U+202E⟩`. An empty name is shown as two quotes.
pub(crate) fn visible(text: &str) -> String {
    if text.is_empty() {
        return "\"\"".to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if is_hidden(character) {
            let _ = write!(out, "⟨U+{:04X}⟩", u32::from(character));
        } else {
            out.push(character);
        }
    }
    out
}

/// Several lines to paste: as [`visible`], but lines stay lines.
pub(crate) fn visible_lines(text: &str) -> String {
    text.split('\n')
        .map(|line| if line.is_empty() { String::new() } else { visible(line) })
        .collect::<Vec<_>>()
        .join("\n")
}

/// Controls, and formatting characters that nobody sees; the joiner stays, emoji are made with it.
pub(crate) fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_plain_name_is_its_own_slug() {
        for name in ["orders", "mail.eu", "a_b", "a.b", "v1-orders", "console", "com"] {
            let expected = if name == "com" { slug(name) } else { name.to_owned() };
            assert_eq!(slug(name), expected);
        }
        assert_ne!(slug("com"), "com");
    }

    #[test]
    fn hostile_names_become_harmless_and_stay_apart() {
        let names = [
            "<script>alert(1)</script>",
            "..",
            ".",
            "",
            "con",
            "CON",
            "con.html",
            "NUL",
            "com1",
            "index",
            "INDEX",
            "Orders",
            "orders",
            "ORDERS",
            "a/b",
            "a\\b",
            "a:b",
            "a?b",
            "a%2fb",
            ".hidden",
            "trailing.",
            "-",
            "--",
            "订单",
            "订单2",
            "\u{202e}gnp",
            "orders-0a1b2c3d",
            "0a1b2c3d",
        ];
        let emoji = "🐇".repeat(63) + "abc";
        let slugs: Vec<String> = names.iter().map(|name| slug(name)).chain([slug(&emoji)]).collect();
        let lower: BTreeSet<String> = slugs.iter().map(|slug| slug.to_ascii_lowercase()).collect();
        assert_eq!(lower.len(), slugs.len(), "{slugs:?}");
        for slug in slugs {
            assert!(slug.chars().all(is_plain) && !slug.starts_with('.') && !slug.is_empty(), "{slug}");
            assert!(slug.len() <= SLUG_MOST + HASH + 1, "{slug}");
        }
    }

    proptest! {
        #[test]
        fn different_names_have_different_slugs(one in "\\PC{0,20}|[a-cA-C.-]{0,5}", two in "\\PC{0,20}|[a-cA-C.-]{0,5}") {
            prop_assert_eq!(slug(&one) == slug(&two), one == two);
        }
    }

    #[test]
    fn what_hides_is_shown() {
        assert_eq!(visible("a\u{202e}b\0"), "a⟨U+202E⟩b⟨U+0000⟩");
        assert_eq!(visible("👩‍👧 订单"), "👩‍👧 订单");
        assert_eq!(visible(""), "\"\"");
        assert_eq!(visible_lines("a\n\nb\u{1b}"), "a\n\nb⟨U+001B⟩");
    }
}
