//! Nodes and their attributes.

use netweight_core::{ImportError, limits};

use super::fields::{Fields, Value, varint};
use super::reader::Reader;
use super::tensor::{SparseParts, TensorParts};
use super::window::Span;
use crate::file::{Attribute, AttributeValue, List, Node};
use crate::{GraphId, Name, SparseTensor, Tensor};

impl Reader<'_> {
    pub(super) fn node(&mut self, span: Span) -> Result<Node, ImportError> {
        let mut node = Node { length: span.len(), ..Node::default() };
        let mut fields = Fields::new(span);
        while let Some((field, value)) = fields.next(&mut self.window)? {
            let Value::Span(span) = value else { continue };
            if matches!(field, 6 | 9) {
                node.notes_length += field_length(span.len());
            }
            match field {
                1 => self.end(&mut node.inputs, "input", span)?,
                2 => self.end(&mut node.outputs, "output", span)?,
                3 => node.name = self.name(span)?,
                4 => node.op_type = self.name(span)?,
                5 => self.item(&mut node.attributes, "attribute", span, Self::attribute)?,
                7 => node.domain = self.name(span)?,
                8 => node.overload = self.name(span)?,
                9 => self.entry(&mut node.metadata, span)?,
                _ => {}
            }
        }
        Ok(node)
    }

    pub(super) fn attribute(&mut self, span: Span) -> Result<Attribute, ImportError> {
        let mut parts = AttributeParts::default();
        let mut fields = Fields::new(span);
        while let Some((field, value)) = fields.next(&mut self.window)? {
            match (field, value) {
                (1, Value::Span(span)) => parts.name = self.name(span)?,
                (2, Value::Fixed32(bits)) => parts.float = Some(f32::from_bits(bits)),
                (3, Value::Int(number)) => parts.int = Some(number.cast_signed()),
                (4, Value::Span(span)) => parts.text = Some(self.text(span)?),
                (5, Value::Span(span)) => {
                    self.tensor_part(parts.tensor.get_or_insert_default(), span)?;
                }
                (6, Value::Span(span)) => self.part(&mut parts.graph, span)?,
                (7, value) => self.floats(&mut parts.floats, value)?,
                (8, value) => self.ints(&mut parts.ints, value)?,
                (9, Value::Span(span)) => self.texts(&mut parts.texts, span)?,
                (10, Value::Span(span)) => {
                    self.item(&mut parts.tensors, "tensor", span, Self::tensor)?;
                }
                (11, Value::Span(span)) => parts.graphs.extend(self.body(vec![span])?),
                (20, Value::Int(kind)) => parts.kind = kind,
                (21, Value::Span(span)) => parts.reference = self.name(span)?,
                (22, Value::Span(span)) => {
                    self.sparse_part(parts.sparse.get_or_insert_default(), span)?;
                }
                (23, Value::Span(span)) => {
                    self.item(&mut parts.sparses, "sparse tensor", span, Self::sparse_tensor)?;
                }
                _ => {}
            }
        }
        Ok(Attribute { name: parts.name, value: self.attribute_value(parts)? })
    }

    fn attribute_value(&mut self, parts: AttributeParts) -> Result<AttributeValue, ImportError> {
        if !parts.reference.is_empty() {
            return Ok(AttributeValue::Reference(parts.reference));
        }
        Ok(match parts.kind() {
            1 => AttributeValue::Float(parts.float.unwrap_or_default()),
            2 => AttributeValue::Int(parts.int.unwrap_or_default()),
            3 => AttributeValue::Str(parts.text.unwrap_or_default()),
            4 => {
                let tensor = self.finish_tensor(parts.tensor.unwrap_or_default())?;
                self.kept.take(size_of_val(&tensor))?;
                AttributeValue::Tensor(Box::new(tensor))
            }
            5 => self.body(parts.graph)?.map_or(AttributeValue::Other, AttributeValue::Graph),
            6 => AttributeValue::Floats(parts.floats),
            7 => AttributeValue::Ints(parts.ints),
            8 => AttributeValue::Strings(parts.texts),
            9 => AttributeValue::Tensors(parts.tensors),
            10 => AttributeValue::Graphs(parts.graphs),
            11 => {
                let tensor = self.finish_sparse(parts.sparse.unwrap_or_default())?;
                self.kept.take(size_of_val(&tensor))?;
                AttributeValue::SparseTensor(Box::new(tensor))
            }
            12 => AttributeValue::SparseTensors(parts.sparses),
            _ => AttributeValue::Other,
        })
    }

    /// The begin of a text: attributes also hold whole programs and tokenizers.
    fn text(&mut self, span: Span) -> Result<Name, ImportError> {
        let end = span.end.min(span.start + limits::onnx::NAME);
        self.name(Span { end, ..span })
    }

    fn texts(&mut self, list: &mut List<Name>, span: Span) -> Result<(), ImportError> {
        list.count += 1;
        list.bytes += span.len();
        if list.first.len() < limits::onnx::INTS {
            self.kept.take(size_of::<Name>())?;
            let text = self.text(span)?;
            list.first.push(text);
        }
        Ok(())
    }

    fn ints(&mut self, list: &mut List<i64>, value: Value) -> Result<(), ImportError> {
        let kept = list.first.len();
        match value {
            Value::Int(number) => push_int(list, number),
            Value::Span(span) => self.varints(span, |number| {
                push_int(list, number);
                Ok(())
            })?,
            Value::Fixed32(_) | Value::Fixed64(_) => {}
        }
        self.kept.take((list.first.len() - kept) * size_of::<i64>())
    }

    fn floats(&mut self, list: &mut List<f32>, value: Value) -> Result<(), ImportError> {
        let kept = list.first.len();
        let left = limits::onnx::FLOATS - kept;
        match value {
            Value::Fixed32(bits) => {
                list.count += 1;
                list.bytes += 4;
                list.first.extend((left > 0).then_some(f32::from_bits(bits)));
            }
            Value::Span(span) => {
                list.count += span.len() / 4;
                list.bytes += span.len();
                let end = span.end.min(span.start + left as u64 * 4);
                let (words, _) = self.window.bytes(Span { end, ..span })?.as_chunks();
                list.first.extend(words.iter().copied().map(f32::from_le_bytes));
            }
            Value::Int(_) | Value::Fixed64(_) => {}
        }
        self.kept.take((list.first.len() - kept) * size_of::<f32>())
    }

    /// The numbers of a packed field.
    pub(super) fn varints(
        &mut self,
        mut span: Span,
        mut take: impl FnMut(u64) -> Result<(), ImportError>,
    ) -> Result<(), ImportError> {
        while span.len() > 0 {
            let held = self.window.ahead(span, LONGEST_VARINT)?;
            let to_the_end = held.len() as u64 == span.len();
            let mut bytes = held;
            while !bytes.is_empty() && (to_the_end || bytes.len() >= LONGEST_VARINT) {
                take(varint(&mut bytes, span.start)?)?;
            }
            span.start += (held.len() - bytes.len()) as u64;
        }
        Ok(())
    }
}

/// Bytes of a field with its tag and length, for tags of one byte.
fn field_length(content: u64) -> u64 {
    1 + varint_length(content) + content
}

/// Bytes of a number on the wire.
pub(crate) fn varint_length(number: u64) -> u64 {
    u64::from(number.max(1).ilog2() / 7 + 1)
}

/// Bytes of the longest number.
const LONGEST_VARINT: usize = 10;

fn push_int(list: &mut List<i64>, number: u64) {
    list.count += 1;
    list.bytes += varint_length(number);
    if list.first.len() < limits::onnx::INTS {
        list.first.push(number.cast_signed());
    }
}

/// An attribute's fields, of which one is its value.
#[derive(Default)]
struct AttributeParts {
    name: Name,
    kind: u64,
    reference: Name,
    float: Option<f32>,
    int: Option<i64>,
    text: Option<Name>,
    tensor: Option<TensorParts>,
    graph: Vec<Span>,
    floats: List<f32>,
    ints: List<i64>,
    texts: List<Name>,
    tensors: Vec<Tensor>,
    graphs: Vec<GraphId>,
    sparse: Option<SparseParts>,
    sparses: Vec<SparseTensor>,
}

impl AttributeParts {
    /// The kind of value: as the attribute says, else, as in files of IR version 1, what it has.
    fn kind(&self) -> u64 {
        if self.kind != 0 {
            return self.kind;
        }
        let present = [
            (1, self.float.is_some()),
            (2, self.int.is_some()),
            (3, self.text.is_some()),
            (4, self.tensor.is_some()),
            (5, !self.graph.is_empty()),
            (6, self.floats.count > 0),
            (7, self.ints.count > 0),
            (8, self.texts.count > 0),
            (9, !self.tensors.is_empty()),
            (10, !self.graphs.is_empty()),
            (11, self.sparse.is_some()),
            (12, !self.sparses.is_empty()),
        ];
        present.iter().find(|(_, present)| *present).map_or(0, |(kind, _)| *kind)
    }
}
