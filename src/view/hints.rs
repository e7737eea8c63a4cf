//! Commands that a message suggests, made so that they can be pasted.

/// Verbs that read the stack's file. `logs` has no short form of the flag: there `-f` follows.
const VERBS: &[&str] = &[
    "up",
    "apply",
    "trace",
    "plan",
    "drift",
    "status",
    "env",
    "logs",
    "start",
    "stop",
    "restart",
    "down",
    "site build",
    "doctor",
    "images build",
    "images lock",
    "images pull",
    "mirrors test",
];

/// The flags with which this command named its stack.
#[derive(Clone, Debug, Default)]
pub struct Hints {
    /// `--file` and `--stack` as typed, each with a space before it; empty where the defaults were used.
    pub flags: String,
}

impl Hints {
    /// Adds the flags to every `mqlab VERB` in the text that does not have them.
    pub(super) fn complete(&self, text: &str) -> String {
        if self.flags.is_empty() || !text.contains("mqlab ") {
            return text.to_owned();
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find("mqlab ") {
            let after = at + "mqlab ".len();
            out.push_str(&rest[..after]);
            rest = &rest[after..];
            let Some(verb) = VERBS.iter().find(|verb| is_word(rest, verb)) else { continue };
            out.push_str(verb);
            rest = &rest[verb.len()..];
            if !has_flags(rest) {
                out.push_str(&if *verb == "logs" {
                    self.flags.replace(" -f ", " --file ")
                } else {
                    self.flags.clone()
                });
            }
        }
        out.push_str(rest);
        out
    }
}

/// Whether the command that goes on here names its stack already, at whatever place.
fn has_flags(rest: &str) -> bool {
    let end = rest.find(['`', '\n', '"', '\u{b7}']).unwrap_or(rest.len());
    rest[..end].split(' ').any(|word| word == "-f" || word.starts_with("--file") || word.starts_with("--stack"))
}

fn is_word(text: &str, word: &str) -> bool {
    text.strip_prefix(word).is_some_and(|rest| !rest.starts_with(|next: char| next.is_alphanumeric() || next == '-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggested_commands_work_where_they_are_pasted() {
        let hints = Hints { flags: " -f tour.yaml".to_owned() };
        for (text, completed) in [
            ("start it: mqlab up", "start it: mqlab up -f tour.yaml"),
            ("`mqlab apply --replace jobs/queue/x`", "`mqlab apply -f tour.yaml --replace jobs/queue/x`"),
            ("mqlab logs jobs", "mqlab logs --file tour.yaml jobs"),
            ("again: mqlab up -q -f tour.yaml", "again: mqlab up -q -f tour.yaml"),
            ("next  mqlab status · mqlab down", "next  mqlab status -f tour.yaml · mqlab down -f tour.yaml"),
            ("another mqlab works; mqlab upgrade; mqlab", "another mqlab works; mqlab upgrade; mqlab"),
        ] {
            assert_eq!(hints.complete(text), completed);
        }
        assert_eq!(Hints::default().complete("mqlab up"), "mqlab up");
    }
}
