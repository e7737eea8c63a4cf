//! Which versions of a broker a sentence is true for.

use serde::Deserialize;

use crate::model::version_pair;

/// `>=4.2`, `<4.3`, `>=4.0,<4.3`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Range(Vec<(Bound, (u32, u32))>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bound {
    AtLeast,
    Below,
}

impl Range {
    /// `4.3.1`; what cannot be read as a version is in no range.
    pub(crate) fn contains(&self, version: &str) -> bool {
        let pair = version_pair(version);
        pair != (0, 0)
            && self.0.iter().all(|(bound, limit)| match bound {
                Bound::AtLeast => pair >= *limit,
                Bound::Below => pair < *limit,
            })
    }
}

impl TryFrom<String> for Range {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let part = |part: &str| {
            let part = part.trim();
            let (bound, version) = match (part.strip_prefix(">="), part.strip_prefix('<')) {
                (Some(version), _) => (Bound::AtLeast, version),
                (None, Some(version)) => (Bound::Below, version),
                _ => return Err(format!("`{text}` is no range of versions: write `>=4.2` or `>=4.0,<4.3`")),
            };
            match version_pair(version) {
                (0, 0) => Err(format!("`{version}` is no version")),
                pair => Ok((bound, pair)),
            }
        };
        text.split(',').map(part).collect::<Result<_, _>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_inside_or_outside() {
        let range = Range::try_from(">=4.0, <4.3".to_owned()).unwrap();
        for (version, inside) in [("4.0", true), ("4.2.9", true), ("4.3.0", false), ("3.13", false), ("", false)] {
            assert_eq!(range.contains(version), inside, "{version}");
        }
        assert!(Range::try_from("4.2".to_owned()).is_err());
        assert!(Range::try_from(">=x".to_owned()).is_err());
    }
}
