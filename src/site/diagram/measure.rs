//! How wide a text will be, without a font.
//!
//! Names are set in a monospaced font, where almost every one has advances of 0.6 em; the sans-serif table
//! is Arial's, which Helvetica and Liberation Sans share. The drawing pins each text to its measured
//! width (`textLength`), so a reader's wider font is squeezed and never clipped.

use unicode_width::UnicodeWidthChar;

/// The two voices of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    Mono,
    Sans,
}

/// Advances of ASCII 32–126 in thousandths of an em.
#[rustfmt::skip]
const SANS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];
const MONO: f64 = 0.602;
const IDEOGRAPH: f64 = 1.0;
/// Colour fonts draw wider than the square.
const EMOJI: f64 = 1.25;
/// Letters of other scripts, on the wide side.
const OTHER: f64 = 0.62;
const JOINER: char = '\u{200d}';

/// The width of a text at a font size, in the same unit as the size.
pub(crate) fn width(text: &str, face: Face, size: f64) -> f64 {
    clusters(text, face).iter().map(|(_, ems)| ems).sum::<f64>() * size
}

/// The text, or its two ends with an ellipsis between, so that it fits.
pub(crate) fn shorten(text: &str, face: Face, size: f64, most: f64) -> String {
    if width(text, face, size) <= most {
        return text.to_owned();
    }
    let clusters = clusters(text, face);
    let room = most / size - width("…", face, 1.0);
    let fitting = |parts: &mut dyn Iterator<Item = &(&str, f64)>, room: f64| {
        let mut left = room;
        parts
            .take_while(|(_, ems)| {
                left -= ems;
                left >= 0.0
            })
            .count()
    };
    let head = fitting(&mut clusters.iter(), room * 0.55);
    let tail = fitting(&mut clusters.iter().skip(head).rev(), room * 0.45);
    let join = |parts: &[(&str, f64)]| parts.iter().map(|(part, _)| *part).collect::<String>();
    format!("{}…{}", join(&clusters[..head]), join(&clusters[clusters.len() - tail..]))
}

/// What may not be torn apart, with its width in ems.
fn clusters(text: &str, face: Face) -> Vec<(&str, f64)> {
    let mut clusters: Vec<(&str, f64)> = Vec::new();
    let mut joined = false;
    let mut start = 0;
    for (at, character) in text.char_indices() {
        let ems = advance(character, face);
        let end = at + character.len_utf8();
        match clusters.last_mut() {
            Some(last) if joined || ems == 0.0 => last.0 = &text[start..end],
            _ => {
                start = at;
                clusters.push((&text[start..end], ems));
            }
        }
        joined = character == JOINER;
    }
    clusters
}

fn advance(character: char, face: Face) -> f64 {
    let code = u32::from(character);
    match (face, code) {
        (Face::Mono, 32..=126) => MONO,
        (Face::Sans, 32..=126) => f64::from(SANS[code as usize - 32]) / 1000.0,
        // Skin tones and variation selectors change the character before them.
        (_, 0x1F3FB..=0x1F3FF | 0xFE00..=0xFE0F) => 0.0,
        (_, 0x2026) => {
            if face == Face::Mono {
                MONO
            } else {
                1.0
            }
        }
        (_, 0x1F000..=0x1FBFF | 0x2600..=0x27BF) => EMOJI,
        _ => match character.width() {
            None | Some(0) => 0.0,
            Some(1) => OTHER,
            Some(_) => IDEOGRAPH,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn monospaced_names_are_as_wide_as_their_letters() {
        assert!((width("orders", Face::Mono, 10.0) - 36.12).abs() < 1e-9);
        assert!((width("订单", Face::Mono, 10.0) - 20.0).abs() < 1e-9);
        assert!(width("iii", Face::Sans, 10.0) < width("WWW", Face::Sans, 10.0));
    }

    #[test]
    fn a_joined_emoji_is_one_character_wide() {
        assert!((width("👩‍👩‍👧", Face::Mono, 1.0) - EMOJI).abs() < 1e-9);
        assert!((width("👍🏽", Face::Mono, 1.0) - EMOJI).abs() < 1e-9);
    }

    #[test]
    fn shortening_keeps_both_ends_and_fits() {
        let name = "shop.orders.europe.west.invoices.dead";
        let short = shorten(name, Face::Mono, 13.0, 160.0);
        assert!(short.starts_with("shop.") && short.ends_with("dead") && short.contains('…'), "{short}");
        assert!(width(&short, Face::Mono, 13.0) <= 160.0);
        assert_eq!(shorten("orders", Face::Mono, 13.0, 160.0), "orders");
    }

    #[test]
    fn shortening_does_not_tear_a_character() {
        let short = shorten(&"👩‍👩‍👧".repeat(40), Face::Mono, 13.0, 160.0);
        let (head, tail) = short.split_once('…').unwrap();
        for half in [head, tail] {
            assert_eq!(half.replace("👩‍👩‍👧", ""), "", "{short}");
        }
        assert!(width(&short, Face::Mono, 13.0) <= 160.0);
    }
}
