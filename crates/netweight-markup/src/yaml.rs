//! YAML by the events of `granit-parser`: anchors, tags, scalars and limits are handled here,
//! and nothing beyond this module knows the parser.

mod mistake;
mod scalar;

use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle, Tag, options};

use crate::build::{Builder, Shape};
use crate::limits::Limits;
use crate::node::{Key, Node, Span, Value};
use crate::problem::Problem;
use crate::quote::quoted;

/// Reads one YAML document into the builder; an empty one puts nothing there.
pub(crate) fn read(text: &str, builder: &mut Builder<'_>, limits: &Limits) -> Result<(), Problem> {
    // One level more than we take, so that the builder tells all that is too deep.
    let options = options! {
        emit_unresolved_aliases: true,
        flow_nesting_limit: limits.depth + 1,
        block_nesting_limit: limits.depth + 1,
    };
    let mut reader = Reader { text, builder, anchors: Anchors::default(), documents: 0 };
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| {
            let at = error.marker().byte_offset().unwrap_or(text.len());
            mistake::explain(text, error.kind(), at, reader.builder.open_starts(), limits)
        })?;
        let range = span.byte_range().unwrap_or_default();
        reader.event(event, Span::new(range.start, range.end), limits)?;
    }
    Ok(())
}

struct Reader<'t, 'b, 'l> {
    text: &'t str,
    builder: &'b mut Builder<'l>,
    anchors: Anchors,
    documents: usize,
}

/// A part of a document: an event without what the tree does not need.
#[derive(Debug, Clone)]
enum Part {
    Scalar { text: String, plain: bool, tag: Option<Box<str>>, span: Span },
    Unresolved { span: Span },
    Open { shape: Shape, start: usize, tag: Option<Box<str>> },
    Close { end: Option<usize> },
}

impl Part {
    /// What a copy of it takes, in values.
    fn weight(&self) -> usize {
        const TEXT_OF_A_VALUE: usize = 64;
        let tag_length = |tag: &Option<Box<str>>| tag.as_ref().map_or(0, |tag| tag.len());
        let bytes = match self {
            Self::Scalar { text, tag, .. } => text.len() + tag_length(tag),
            Self::Open { tag, .. } => tag_length(tag),
            Self::Unresolved { .. } | Self::Close { .. } => 0,
        };
        1 + bytes / TEXT_OF_A_VALUE
    }
}

/// What aliases may stand for.
///
/// While any anchored part is open, all parts are recorded, once however many anchors are
/// open; an alias replays the record of its anchor.
#[derive(Debug, Default)]
struct Anchors {
    record: Vec<Part>,
    /// First part and, once it is closed, the one behind the last.
    ranges: HashMap<usize, (usize, Option<usize>)>,
    /// Anchors whose list or map is open, and the depth at which it is.
    open: Vec<(usize, usize)>,
    growth: usize,
}

impl Reader<'_, '_, '_> {
    fn event(&mut self, event: Event<'_>, span: Span, limits: &Limits) -> Result<(), Problem> {
        match event {
            Event::DocumentStart(..) => self.document(span),
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain;
                // The parser gives `~` for a place with nothing in it.
                let text =
                    if plain && span.start == span.end { String::new() } else { text.into() };
                let part = Part::Scalar { text, plain, tag: tag.map(|tag| written(&tag)), span };
                self.part(part, anchor)
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.opening(Shape::Seq, anchor, tag.as_deref(), span)
            }
            Event::MappingStart(_, anchor, tag) => {
                self.opening(Shape::Map, anchor, tag.as_deref(), span)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                // A block's end is where the next thing begins: no place to show.
                let closed_by_bracket = span.start < span.end;
                self.part(Part::Close { end: closed_by_bracket.then_some(span.end) }, 0)
            }
            Event::Alias(anchor) => self.alias(anchor, span, limits),
            Event::UnresolvedAlias(name) => {
                let message = format!("no {} stands before this", quoted(&format!("&{name}")));
                let problem = Problem::new("yaml/unknown-alias", span, message);
                self.builder.problems.push(problem.help("put it in quotes if it is text"));
                self.part(Part::Unresolved { span }, 0)
            }
            _ => Ok(()),
        }
    }

    fn document(&mut self, span: Span) -> Result<(), Problem> {
        self.documents += 1;
        if self.documents == 1 {
            return Ok(());
        }
        let message = "a second document begins here; a file holds one";
        Err(Problem::new("yaml/second-document", span, message)
            .help("remove the `---` or put it into a file of its own"))
    }

    fn opening(
        &mut self,
        shape: Shape,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<(), Problem> {
        self.part(Part::Open { shape, start: span.start, tag: tag.map(written) }, anchor)
    }

    /// Takes one part, recording it if an anchor holds it. `anchor` is 0 for none.
    fn part(&mut self, part: Part, anchor: usize) -> Result<(), Problem> {
        let record = &mut self.anchors.record;
        let opens = matches!(part, Part::Open { .. });
        let closes = matches!(part, Part::Close { .. });
        if anchor != 0 || !self.anchors.open.is_empty() {
            record.push(part.clone());
        }
        if anchor != 0 {
            let first = record.len() - 1;
            let end = (!opens).then_some(record.len());
            self.anchors.ranges.insert(anchor, (first, end));
            if opens {
                self.anchors.open.push((anchor, self.builder.depth()));
            }
        }
        self.build(part)?;
        if closes {
            let depth = self.builder.depth();
            if let Some((anchor, _)) = self.anchors.open.pop_if(|(_, opened)| *opened == depth) {
                let end = self.anchors.record.len();
                self.anchors.ranges.entry(anchor).and_modify(|range| range.1 = Some(end));
            }
        }
        Ok(())
    }

    fn build(&mut self, part: Part) -> Result<(), Problem> {
        match part {
            Part::Open { start, .. } if self.builder.wants_key() => {
                let place = Span::new(start, start + 1);
                Err(Problem::new("yaml/key", place, "expected a name as key, found a list or map")
                    .help("put it in quotes if it is text"))
            }
            Part::Open { shape, start, tag } => self.builder.open(shape, start, tag),
            Part::Close { end } => {
                self.builder.close(end);
                Ok(())
            }
            Part::Unresolved { span } if self.builder.wants_key() => {
                let text = self.text.get(span.start..span.end).unwrap_or_default().to_owned();
                self.builder.key(Key { text, span })
            }
            Part::Unresolved { span } => {
                self.builder.value(Node { value: Value::Invalid, span, tag: None })
            }
            Part::Scalar { text, plain, span, .. } if self.builder.wants_key() => {
                if plain && text == "<<" {
                    let message = "merge keys (`<<`) are not read";
                    return Err(
                        Problem::new("yaml/merge-key", span, message).help("write the fields out")
                    );
                }
                self.builder.key(Key { text, span })
            }
            Part::Scalar { text, plain, tag, span } => {
                let (value, tag) = scalar::resolve(text, plain, tag);
                self.builder.value(Node { value, span, tag })
            }
        }
    }

    /// Replays what the anchor holds, with the alias' own place around it.
    fn alias(&mut self, anchor: usize, place: Span, limits: &Limits) -> Result<(), Problem> {
        let Some((first, Some(end))) = self.anchors.ranges.get(&anchor).copied() else {
            let message = "this alias stands inside what it stands for";
            return Err(Problem::new("yaml/alias-loop", place, message));
        };
        let parts = self.anchors.record.get(first..end).unwrap_or_default();
        self.anchors.growth += parts.iter().map(Part::weight).sum::<usize>();
        if self.anchors.growth > limits.alias_growth {
            let message =
                format!("aliases blow the file up by more than {} values", limits.alias_growth);
            return Err(Problem::new("yaml/alias-growth", place, message));
        }
        for index in first..end {
            let Some(mut part) = self.anchors.record.get(index).cloned() else { break };
            match &mut part {
                Part::Scalar { span, .. } | Part::Unresolved { span } if index == first => {
                    *span = place
                }
                Part::Open { start, .. } if index == first => *start = place.start,
                Part::Close { end: closed } if index + 1 == end => *closed = Some(place.end),
                _ => {}
            }
            self.part(part, 0)?;
        }
        Ok(())
    }
}

/// A tag as people write it: `!!python/tuple`, `!mine`, a whole URI for anything else.
fn written(tag: &Tag) -> Box<str> {
    match tag.suffix_in_namespace("tag:yaml.org,2002:") {
        Some(name) => format!("!!{name}").into(),
        None => format!("{}{}", tag.handle(), tag.suffix()).into(),
    }
}
