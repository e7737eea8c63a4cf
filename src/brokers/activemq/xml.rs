//! XML as far as a configuration file needs it: elements with attributes, indented.

use std::borrow::Cow;
use std::fmt;

/// An element with attributes and other elements in it.
#[derive(Clone, Debug)]
pub(super) struct Element {
    name: &'static str,
    attributes: Vec<(Cow<'static, str>, String)>,
    children: Vec<Element>,
}

impl Element {
    pub(super) fn new(name: &'static str) -> Self {
        Self { name, attributes: Vec::new(), children: Vec::new() }
    }

    #[must_use]
    pub(super) fn with(mut self, attribute: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.attributes.push((attribute.into(), value.into()));
        self
    }

    #[must_use]
    pub(super) fn holding(mut self, children: impl IntoIterator<Item = Element>) -> Self {
        self.children.extend(children);
        self
    }

    /// As a file.
    pub(super) fn document(&self) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <!-- Written by mqlab; changed by hand it will be written again. -->\n{self}"
        )
    }

    fn write(&self, formatter: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        write!(formatter, "{:1$}<{2}", "", depth * 2, self.name)?;
        for (name, value) in &self.attributes {
            write!(formatter, " {name}=\"{}\"", escaped(value))?;
        }
        if self.children.is_empty() {
            return writeln!(formatter, "/>");
        }
        writeln!(formatter, ">")?;
        for child in &self.children {
            child.write(formatter, depth + 1)?;
        }
        writeln!(formatter, "{:1$}</{2}>", "", depth * 2, self.name)
    }
}

/// The element alone.
impl fmt::Display for Element {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(formatter, 0)
    }
}

/// In double quotes. A reader makes a space of every line break and tab that is not escaped.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push_str(&format!("&#{};", u32::from(character))),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_mean_themselves() {
        let inner = Element::new("queue").with("physicalName", "a\"<b>&'\n");
        let text = Element::new("forwardTo").holding([inner, Element::new("topic")]).to_string();
        assert_eq!(
            text.lines().collect::<Vec<_>>(),
            ["<forwardTo>", "  <queue physicalName=\"a&quot;&lt;b&gt;&amp;'&#10;\"/>", "  <topic/>", "</forwardTo>"]
        );
    }
}
