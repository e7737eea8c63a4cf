//! The pieces that several pages show, as the templates read them.

use serde::Serialize;

use crate::model::{Address, AttributeRule, KindRules, Origin, Resource, Value};
use crate::site::diagram::{self, Graph, Picture, Style};
use crate::site::model::{Arrow, End, PageId, Registry, Words, World};
use crate::site::text::{visible, visible_lines};

/// A name, and where it leads if it has a page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Link {
    pub text: String,
    pub href: Option<String>,
}

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Piece {
    pub text: String,
    pub is_code: bool,
}

/// One attribute of an object, explained.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct AttributeRow {
    pub name: String,
    pub value: String,
    /// The value in human units, where it is a time or a size.
    pub hint: String,
    pub doc: Vec<Piece>,
    pub origin: String,
}

/// One arrow as a line of a table.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ArrowRow {
    pub from: Link,
    pub to: Link,
    pub style: &'static str,
    pub how: String,
    pub label: String,
    pub origin: String,
}

/// A command to paste.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CallView {
    pub tool: String,
    pub text: String,
}

/// A picture with everything around it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PictureView {
    pub svg: String,
    pub title: String,
    /// The file with the same picture, relative to the page.
    pub file: String,
    /// What it shows, arrow by arrow.
    pub lines: Vec<String>,
    pub legend: Vec<LegendRow>,
    /// What it leaves out.
    pub note: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct LegendRow {
    pub swatch: String,
    pub text: String,
}

/// What stands between backticks is code.
pub(crate) fn pieces(text: &str) -> Vec<Piece> {
    let parts = text.split('`').enumerate();
    parts
        .filter(|(_, text)| !text.is_empty())
        .map(|(at, text)| Piece { text: text.to_owned(), is_code: at % 2 == 1 })
        .collect()
}

/// Where a page stands: what its parts need to say and to link.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub world: &'a World<'a>,
    pub registry: &'a Registry,
    pub words: &'a Words,
    pub page: &'a PageId,
}

impl Context<'_> {
    pub(crate) fn object(&self, address: &Address) -> Link {
        Link { text: visible(&address.name), href: self.registry.link_object(self.page, address) }
    }

    /// The name with what tells it from others of the same name.
    pub(crate) fn full(&self, address: &Address) -> Link {
        let text = match &address.vhost {
            Some(vhost) => format!("{}/{}/{}", address.broker, visible(vhost), visible(&address.name)),
            None => format!("{}/{}", address.broker, visible(&address.name)),
        };
        Link { text, ..self.object(address) }
    }

    pub(crate) fn page(&self, id: &PageId, text: impl Into<String>) -> Link {
        Link { text: text.into(), href: self.registry.link(self.page, id).ok() }
    }

    pub(crate) fn end(&self, end: &End) -> Link {
        match end {
            End::App(name) => self.page(&PageId::App(name.clone()), visible(name)),
            End::Object(address) => self.object(address),
        }
    }

    pub(crate) fn arrow(&self, arrow: &Arrow<'_>) -> ArrowRow {
        let origin = arrow.flow.map(|(_, flow)| &flow.origin);
        ArrowRow {
            from: self.end(&arrow.from),
            to: self.end(&arrow.to),
            style: arrow.style.name(),
            how: self.words.say(&format!("how_{}", arrow.style.name())),
            label: if arrow.label.is_empty() { String::new() } else { visible(&arrow.label) },
            origin: place(origin),
        }
    }

    /// A description, in this language, with its code apart.
    pub(crate) fn doc(&self, english: &str) -> Vec<Piece> {
        pieces(&self.words.doc(english))
    }

    pub(crate) fn attributes(&self, rules: Option<&'static KindRules>, resource: &Resource) -> Vec<AttributeRow> {
        let row = |(name, value): (&String, &Value)| {
            let rule: Option<&AttributeRule> = rules.and_then(|rules| rules.attribute(name));
            AttributeRow {
                name: visible(name),
                value: self.value(value),
                hint: self.words.doc(&hint(name, value)),
                doc: rule.map(|rule| self.doc(rule.doc)).unwrap_or_default(),
                origin: place(resource.origin_of(name)),
            }
        };
        resource.attributes.iter().map(row).collect()
    }

    pub(crate) fn value(&self, value: &Value) -> String {
        match value {
            Value::Null => self.words.say("broker_default"),
            other => visible(&other.to_string()),
        }
    }

    pub(crate) fn picture(&self, graph: &Graph, title: String, left_out: usize) -> PictureView {
        let place = self.registry.find(self.page).map_or("picture", |place| place.path.as_str());
        let name = place.rsplit('/').next().unwrap_or(place);
        let name = name.strip_suffix(".html").unwrap_or(name);
        let lines = self.lines(graph);
        let description = self.words.fill("picture_about", &[("n", &graph.nodes.len().to_string())]);
        let words = diagram::Words { id: "picture", title: &title, description: &description };
        let Picture { svg, styles, .. } = diagram::draw(graph, words);
        let legend = self.legend(&styles);
        let note = match left_out {
            0 => String::new(),
            more => self.words.fill("picture_left_out", &[("n", &more.to_string())]),
        };
        PictureView { svg, title, file: format!("{name}.svg"), lines, legend, note }
    }

    /// Writing and reading look the same but for the direction: they share a row.
    fn legend(&self, styles: &[Style]) -> Vec<LegendRow> {
        let mut rows: Vec<LegendRow> = Vec::new();
        for &style in styles {
            let name = if matches!(style, Style::Produce | Style::Consume) { "flow" } else { style.name() };
            let text = self.words.say(&format!("legend_{name}"));
            if rows.iter().all(|row| row.text != text) {
                rows.push(LegendRow { swatch: diagram::swatch(style), text });
            }
        }
        rows
    }

    /// The picture in words, sorted as the names are.
    fn lines(&self, graph: &Graph) -> Vec<String> {
        let mut lines: Vec<String> = graph
            .edges
            .iter()
            .map(|edge| {
                let key = if edge.labels.is_empty() { "line_plain" } else { "line_labelled" };
                self.words.fill(
                    key,
                    &[
                        ("from", &graph.nodes[edge.from].label),
                        ("how", &self.words.say(&format!("how_{}", edge.style.name()))),
                        ("to", &graph.nodes[edge.to].label),
                        ("label", &edge.labels.join(", ")),
                    ],
                )
            })
            .collect();
        lines.sort();
        lines.dedup();
        lines
    }
}

/// `mqlab.yaml:12`, nothing where it is not known.
pub(crate) fn place(origin: Option<&Origin>) -> String {
    origin.map(ToString::to_string).map(|text| visible(&text)).unwrap_or_default()
}

pub(crate) fn call(call: &crate::brokers::Call) -> CallView {
    CallView { tool: call.tool.to_owned(), text: visible_lines(&call.text) }
}

/// `604800000` under `retention.ms` is `7 d`.
fn hint(name: &str, value: &Value) -> String {
    let Some(number) = value.as_i64().or_else(|| value.as_text().and_then(|text| text.parse().ok())) else {
        return String::new();
    };
    let Ok(number) = u64::try_from(number) else { return String::new() };
    let ends = |suffixes: &[&str]| suffixes.iter().any(|suffix| name.ends_with(suffix));
    if ends(&[".ms", "-ttl", "_ttl", ".expires", "x-expires", "_ms"]) {
        exact(number, &[(86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1000, "s")])
    } else if ends(&[".bytes", "-bytes", "_bytes"]) {
        exact(number, &[(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")])
    } else {
        String::new()
    }
}

/// In the largest unit that divides it.
fn exact(number: u64, units: &[(u64, &str)]) -> String {
    let unit = units.iter().find(|(size, _)| number >= *size && number.is_multiple_of(*size));
    unit.map_or(String::new(), |(size, unit)| format!("{} {unit}", number / size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_sizes_get_a_hint() {
        assert_eq!(hint("config.retention.ms", &Value::from(604_800_000_i64)), "7 d");
        assert_eq!(hint("definition.message-ttl", &Value::from(90_000_i64)), "90 s");
        assert_eq!(hint("config.segment.bytes", &Value::from("1073741824")), "1 GiB");
        assert_eq!(hint("config.retention.ms", &Value::from(-1_i64)), "");
        assert_eq!(hint("partitions", &Value::from(6_i64)), "");
    }
}
