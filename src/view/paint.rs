//! Colours, where they are welcome.

use owo_colors::OwoColorize as _;

/// Whether to colour. Each method names a meaning, not a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paint(pub bool);

impl Paint {
    pub fn good(self, text: &str) -> String {
        if self.0 { text.green().to_string() } else { text.to_owned() }
    }

    pub fn change(self, text: &str) -> String {
        if self.0 { text.yellow().to_string() } else { text.to_owned() }
    }

    pub fn bad(self, text: &str) -> String {
        if self.0 { text.red().bold().to_string() } else { text.to_owned() }
    }

    /// What can be passed over.
    pub fn quiet(self, text: &str) -> String {
        if self.0 { text.dimmed().to_string() } else { text.to_owned() }
    }

    pub fn title(self, text: &str) -> String {
        if self.0 { text.bold().to_string() } else { text.to_owned() }
    }

    /// The sign in front of a step.
    pub fn sign(self, sign: &str) -> String {
        match sign {
            "+" => self.good(sign),
            "~" => self.change(sign),
            "?" => self.quiet(sign),
            _ => self.bad(sign),
        }
    }
}
