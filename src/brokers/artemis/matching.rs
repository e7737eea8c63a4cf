//! Matches of address settings and security settings: names in which `*` stands for one word and a `#` at the end for
//! any number of them, none included. Words are parted by dots.

/// Whether a name is one of those that a match means.
pub(super) fn fits(pattern: &str, name: &str) -> bool {
    words_fit(&pattern.split('.').collect::<Vec<_>>(), &name.split('.').collect::<Vec<_>>())
}

fn words_fit(pattern: &[&str], name: &[&str]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (None, None) | (Some((&"#", [])), _) => true,
        (Some((&"*", pattern)), Some((_, name))) => words_fit(pattern, name),
        (Some((expected, pattern)), Some((word, name))) if expected == word => words_fit(pattern, name),
        _ => false,
    }
}

/// A word that nobody uses in a name.
const NOBODY: &str = "mqlab-nobody";

/// A name that this match fits and no narrower one: what holds there is what the match says, and what wider ones do.
/// The broker cannot be asked for a match itself.
pub(super) fn inside(pattern: &str) -> String {
    let words = pattern.split('.').flat_map(|word| match word {
        "#" => vec![NOBODY; 3],
        "*" => vec![NOBODY],
        word => vec![word],
    });
    words.collect::<Vec<_>>().join(".")
}

/// Names that this match does not fit and the wider ones do: what holds there, the match begins from. None for `#`,
/// which nothing is wider than.
pub(super) fn beside(pattern: &str) -> Vec<String> {
    let mut words: Vec<&str> = pattern.split('.').collect();
    match words.pop() {
        None => return Vec::new(),
        Some("#") if words.pop().is_none() => return Vec::new(),
        Some("#" | "*") => {}
        Some(last) => {
            let deeper = inside(&format!("{pattern}.#"));
            words.push(if last == NOBODY { "" } else { NOBODY });
            return vec![inside(&words.join(".")), deeper];
        }
    }
    words.push("#");
    vec![inside(&words.join("."))]
}

/// The match that counts most for a name, as the broker sorts them: words before `*` before `#`, from the left.
pub(super) fn best<'a>(patterns: impl Iterator<Item = &'a str>, name: &str) -> Option<&'a str> {
    let weight = |pattern: &str| -> Vec<u8> {
        pattern
            .split('.')
            .map(|word| match word {
                "#" => 0,
                "*" => 1,
                _ => 2,
            })
            .collect()
    };
    patterns.filter(|pattern| fits(pattern, name)).max_by_key(|pattern| weight(pattern))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_or_any_number() {
        for (pattern, name, expected) in [
            ("#", "anything.at.all", true),
            ("invoices.#", "invoices", true),
            ("invoices.#", "invoices.eu.late", true),
            ("invoices.#", "invoicesx", false),
            ("invoices.*", "invoices.eu", true),
            ("invoices.*", "invoices", false),
            ("invoices.*", "invoices.eu.late", false),
            ("*.eu.#", "invoices.eu", true),
            ("invoices", "invoices", true),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn what_holds_for_a_match_is_read_where_no_narrower_one_fits() {
        for (pattern, narrower) in [("#", "a.#"), ("a.#", "a.*"), ("a.#", "a.b.#"), ("a.*", "a.b"), ("a.b", "a.b.c")] {
            let name = inside(pattern);
            assert!(fits(pattern, &name) && !fits(narrower, &name), "{pattern} {name}");
        }
    }

    #[test]
    fn the_wider_matches_fit_a_name_beside_and_the_match_does_not() {
        assert!(beside("#").is_empty());
        for (pattern, wider) in [
            ("a.#", "#"),
            ("a.b.#", "a.#"),
            ("a.b", "a.*"),
            ("a.b", "a.b.#"),
            ("a.b.*", "a.b.#"),
            ("a", "#"),
            ("a", "a.#"),
        ] {
            let names = beside(pattern);
            assert!(names.iter().all(|name| !fits(pattern, name)), "{pattern} {names:?}");
            assert!(names.iter().any(|name| fits(wider, name)), "{pattern} {wider} {names:?}");
        }
    }

    #[test]
    fn the_best_match_is_the_most_specific() {
        let patterns = ["#", "a.#", "a.*", "a.b"];
        assert_eq!(best(patterns.into_iter(), "a.b"), Some("a.b"));
        assert_eq!(best(patterns.into_iter(), "a.c"), Some("a.*"));
        assert_eq!(best(patterns.into_iter(), "a.c.d"), Some("a.#"));
        assert_eq!(best(patterns.into_iter(), "z"), Some("#"));
    }
}
