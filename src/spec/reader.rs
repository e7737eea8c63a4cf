//! One file as a tree: parser events in, [`Node`]s out, within a [`Budget`].

use std::collections::{BTreeMap, BTreeSet};

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};

use super::budget::{Budget, Cost, Exhausted, MOST_DEPTH};
use super::interpolate::{Mistake, interpolate};
use super::lines::Lines;
use super::open_map::{Key, OpenMap};
use super::words::quote;
use super::{Diagnostics, Environment, Node, NodeValue, Position, Text, scalar, syntax};

/// Places whose value was refused already: they hold nothing, and nobody complains about that again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Refused(BTreeSet<(usize, u32, u32)>);

impl Refused {
    pub(crate) fn insert(&mut self, at: Position) {
        self.0.insert((at.file, at.line, at.column));
    }

    pub(crate) fn contains(&self, at: Position) -> bool {
        self.0.contains(&(at.file, at.line, at.column))
    }
}

/// What all files of a spec share while they are read.
pub(crate) struct Context<'a> {
    pub(crate) environment: &'a dyn Environment,
    pub(crate) budget: &'a mut Budget,
    pub(crate) refused: &'a mut Refused,
    pub(crate) diagnostics: &'a mut Diagnostics,
}

/// Reads one file. `None` when it is empty or cannot be read to its end; the reason is a diagnostic then.
pub(crate) fn read(file: usize, name: &str, text: &str, context: &mut Context<'_>) -> Option<Node> {
    let lines = Lines::new(text);
    let mut reader =
        Reader { file, name, lines, context, frames: Vec::new(), anchors: BTreeMap::new(), root: None, documents: 0 };
    let mut parser = Parser::new_from_str(text);
    while let Some(next) = parser.next_event() {
        let step = match next {
            Ok((event, span)) => reader.event(event, span),
            Err(error) => {
                let at = reader.position(Span::empty(*error.marker()));
                syntax::report(error.info(), at, &reader.lines, reader.context.diagnostics);
                Err(Stop)
            }
        };
        if step.is_err() {
            return None;
        }
    }
    reader.root
}

/// Nothing more can be read of this file; a diagnostic says why.
struct Stop;

struct Reader<'a, 'c> {
    file: usize,
    name: &'a str,
    lines: Lines<'a>,
    context: &'a mut Context<'c>,
    /// The open lists and maps, the innermost last.
    frames: Vec<Frame>,
    anchors: BTreeMap<usize, (Node, Cost)>,
    root: Option<Node>,
    documents: usize,
}

struct Frame {
    at: Position,
    anchor: usize,
    content: Content,
}

enum Content {
    List(Vec<Node>),
    Map(OpenMap),
}

impl Reader<'_, '_> {
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Stop> {
        let at = self.position(span);
        match event {
            Event::DocumentStart(_) => return self.document(at),
            Event::Alias(anchor) => {
                let node = self.alias(anchor, at)?;
                self.deliver(node);
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_tag(tag.as_deref(), at);
                self.spend(1, text.len(), at)?;
                let expects_key =
                    matches!(self.frames.last(), Some(Frame { content: Content::Map(OpenMap { key: None, .. }), .. }));
                if expects_key {
                    self.key(&text, style, at);
                    if anchor > 0 {
                        let text = Text::plain(text);
                        self.remember(anchor, &Node::new(NodeValue::Text(text), at))?;
                    }
                } else {
                    let value = self.scalar(&text, style, at)?;
                    self.finish(Node::new(value, at), anchor)?;
                }
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse_tag(tag.as_deref(), at);
                self.open(at, anchor, Content::List(Vec::new()))?;
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse_tag(tag.as_deref(), at);
                self.open(at, anchor, Content::Map(OpenMap::default()))?;
            }
            Event::SequenceEnd | Event::MappingEnd => return self.close(),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Ok(())
    }

    /// Lines of the parser count from 1, its columns from 0.
    fn position(&self, span: Span) -> Position {
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        let (line, column) = (number(span.start.line()), number(span.start.col()).saturating_add(1));
        let length = if span.end.line() == span.start.line() {
            number(span.end.col().saturating_sub(span.start.col()))
        } else {
            number(self.lines.from(line, column).lines().next().unwrap_or_default().chars().count())
        };
        Position { file: self.file, line: line.max(1), column, length: length.max(1) }
    }

    fn document(&mut self, at: Position) -> Result<(), Stop> {
        self.documents += 1;
        if self.documents == 1 {
            return Ok(());
        }
        let help = "put the rest into a file of its own and give both: `-f one.yaml -f two.yaml`".to_owned();
        self.context.diagnostics.error("several-documents", at, "a second document begins here", help);
        Err(Stop)
    }

    fn spend(&mut self, nodes: usize, text: usize, at: Position) -> Result<(), Stop> {
        self.context.budget.spend(nodes, text).map_err(|exhausted| {
            let help = match exhausted {
                Exhausted::Nodes => "split the stack, or use fewer aliases",
                Exhausted::Text => "shorten the texts, or use fewer aliases",
            };
            self.context.diagnostics.error("too-large", at, exhausted.text(), help.to_owned());
            Stop
        })
    }

    fn refuse_tag(&mut self, tag: Option<&Tag>, at: Position) {
        let Some(tag) = tag else { return };
        let text = if tag.is_yaml_core_schema() { format!("!!{}", tag.suffix) } else { tag.to_string() };
        let help = "remove it; quotes make a text, and every other value is told by its form".to_owned();
        self.context.diagnostics.error("tag", at, format!("the tag {} is not used here", quote(&text)), help);
    }

    fn open(&mut self, at: Position, anchor: usize, content: Content) -> Result<(), Stop> {
        self.spend(1, 0, at)?;
        self.check_depth(0, at)?;
        self.frames.push(Frame { at, anchor, content });
        Ok(())
    }

    /// Whether something `inside` levels deep may stand here.
    fn check_depth(&mut self, inside: usize, at: Position) -> Result<(), Stop> {
        if self.frames.len() + inside < MOST_DEPTH {
            return Ok(());
        }
        syntax::too_deep(at, self.context.diagnostics);
        Err(Stop)
    }

    fn close(&mut self) -> Result<(), Stop> {
        let Some(frame) = self.frames.pop() else { return Ok(()) };
        let value = match frame.content {
            Content::List(items) => NodeValue::List(items),
            Content::Map(open) => NodeValue::Map(open.close(self.context.refused, self.context.diagnostics)),
        };
        self.finish(Node::new(value, frame.at), frame.anchor)
    }

    fn finish(&mut self, node: Node, anchor: usize) -> Result<(), Stop> {
        if anchor > 0 {
            self.remember(anchor, &node)?;
        }
        self.deliver(node);
        Ok(())
    }

    fn remember(&mut self, anchor: usize, node: &Node) -> Result<(), Stop> {
        let cost = node.cost();
        self.spend(cost.nodes, cost.text, node.at)?;
        self.anchors.insert(anchor, (node.clone(), cost));
        Ok(())
    }

    fn alias(&mut self, anchor: usize, at: Position) -> Result<Node, Stop> {
        let Some((_, cost)) = self.anchors.get(&anchor) else {
            let help = "an alias stands for something that is complete before it".to_owned();
            self.context.diagnostics.error("recursive-alias", at, "the alias stands inside its own anchor", help);
            self.context.refused.insert(at);
            return Ok(Node::new(NodeValue::Null, at));
        };
        let cost = *cost;
        self.spend(cost.nodes, cost.text, at)?;
        self.check_depth(cost.depth, at)?;
        let Some((node, _)) = self.anchors.get(&anchor) else { return Err(Stop) };
        if self.context.refused.contains(node.at) {
            self.context.refused.insert(at);
        }
        Ok(Node::new(node.value.clone(), at))
    }

    /// Puts a complete value where it belongs.
    fn deliver(&mut self, mut node: Node) {
        let Some(frame) = self.frames.last_mut() else {
            self.root = Some(node);
            return;
        };
        let open = match &mut frame.content {
            Content::List(items) => return items.push(node),
            Content::Map(open) => open,
        };
        // What is not written has no place of its own.
        if let (Some(Key::Named(_, at)), NodeValue::Null) = (&open.key, &node.value)
            && !self.context.refused.contains(node.at)
        {
            node.at = *at;
        }
        open.take_value(node, self.context.diagnostics);
    }

    fn key(&mut self, text: &str, style: ScalarStyle, at: Position) {
        if let Some(Frame { content: Content::Map(open), .. }) = self.frames.last_mut() {
            open.expect_value(text, style == ScalarStyle::Plain, at, self.context.diagnostics);
        }
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, at: Position) -> Result<NodeValue, Stop> {
        if text.contains("${") {
            return self.interpolated(text, at);
        }
        if style != ScalarStyle::Plain {
            return Ok(NodeValue::Text(Text::plain(text)));
        }
        Ok(scalar::resolve(text).unwrap_or_else(|problem| {
            self.context.diagnostics.error(problem.code, at, problem.text, problem.help);
            self.context.refused.insert(at);
            NodeValue::Null
        }))
    }

    fn interpolated(&mut self, text: &str, at: Position) -> Result<NodeValue, Stop> {
        match interpolate(text, self.name, self.context.environment) {
            Ok(text) => {
                self.spend(0, text.value.len(), at)?;
                Ok(NodeValue::Text(text))
            }
            Err(mistakes) => {
                for mistake in mistakes {
                    let place = self.place(&mistake, at);
                    let problem = mistake.problem;
                    self.context.diagnostics.error(problem.code, place, problem.text, problem.help);
                }
                self.context.refused.insert(at);
                Ok(NodeValue::Null)
            }
        }
    }

    /// Where a `${` of the scalar at `at` was typed.
    fn place(&self, mistake: &Mistake, at: Position) -> Position {
        let raw = self.lines.from(at.line, at.column);
        let Some((offset, _)) = raw.match_indices("${").nth(mistake.occurrence) else { return at };
        let (mut line, mut column) = (at.line, at.column);
        let mut before = raw[..offset].chars().peekable();
        while let Some(character) = before.next() {
            if character == '\n' || (character == '\r' && before.peek() != Some(&'\n')) {
                line += 1;
                column = 1;
            } else {
                column += 1;
            }
        }
        self.lines.clamp(Position { line, column, length: mistake.length, ..at })
    }
}
