//! The wiring of a file: which call makes a value, which calls read it, what is stored.
//!
//! Functions are inlined at each call, bodies of control flow lie behind their node, and names
//! become numbers, so that everything later looks at one flat list of calls.

mod build;
mod hold;
mod inner;
mod stored;

use std::num::NonZeroU32;

use netweight_core::{Diagnostic, limits};
use smallvec::SmallVec;

pub(crate) use stored::{Dims, Kept, Stored, dtype};

use crate::name::Map;
use crate::{AttributeValue, Name, Names, Node, OnnxFile, ValueInfo};

macro_rules! ids {
    ($($(#[$doc:meta])* $id:ident)*) => {
        $($(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) struct $id(NonZeroU32);

        impl $id {
            /// The thing at an index; what a file may take of memory keeps them far below 2³².
            pub(crate) fn new(index: usize) -> Self {
                Self(NonZeroU32::MIN.saturating_add(u32::try_from(index).unwrap_or(u32::MAX)))
            }

            /// Where it stands.
            pub(crate) fn index(self) -> usize {
                usize::try_from(self.0.get() - 1).unwrap_or(usize::MAX)
            }
        })*
    };
}

ids! {
    /// A call in [`Wiring::calls`].
    CallId
    /// A value in [`Wiring::values`].
    ValueId
    /// A stored tensor in [`Wiring::tensors`].
    TensorId
}

/// One flat graph of everything that a file computes.
pub(crate) struct Wiring<'f> {
    pub(crate) file: &'f OnnxFile,
    /// Operator calls in the file's order, bodies behind their node.
    pub(crate) calls: Vec<Call<'f>>,
    pub(crate) values: Vec<Value<'f>>,
    pub(crate) tensors: Vec<Stored<'f>>,
    /// What a user feeds.
    pub(crate) inputs: Vec<ValueId>,
    pub(crate) problems: Vec<Diagnostic>,
    nowhere: Value<'f>,
}

/// What a call reads or gives; few operators have more than four.
pub(crate) type Ends = SmallVec<[Option<ValueId>; 4]>;

/// An operator at work.
pub(crate) struct Call<'f> {
    pub(crate) node: &'f Node,
    pub(crate) inputs: Ends,
    pub(crate) outputs: Ends,
    /// What each of its bodies gives.
    pub(crate) bodies: Vec<Vec<Option<ValueId>>>,
    /// Lists of values that stand in attributes, with the attributes' names.
    pub(crate) lists: Vec<(Name, TensorId)>,
    /// The node whose body or function it stands in.
    pub(crate) within: Option<Within>,
    /// The attributes of the function call that it stands in.
    given: Option<&'f Node>,
}

/// A node that runs others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Within {
    /// The node's name.
    pub(crate) name: Name,
    /// The attribute that holds its body; empty for a function.
    pub(crate) body: Name,
}

/// What flows between calls.
#[derive(Default)]
pub(crate) struct Value<'f> {
    pub(crate) name: Name,
    pub(crate) origin: Origin,
    pub(crate) readers: SmallVec<[Reader; 1]>,
    pub(crate) info: Option<&'f ValueInfo>,
    /// Whether a user gets it.
    pub(crate) given: bool,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Origin {
    /// From nowhere known: a dangling name, or what a body is fed by its loop.
    #[default]
    Open,
    /// From the user.
    Input,
    /// From the file.
    Tensor(TensorId),
    /// From a call's output.
    Call(CallId, usize),
    /// It is another value under a second name.
    Same(ValueId),
}

/// A place where a value is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reader {
    pub(crate) call: CallId,
    pub(crate) input: usize,
}

impl<'f> Wiring<'f> {
    /// Wires a file up.
    pub(crate) fn of(file: &'f OnnxFile) -> Self {
        build::wire(file)
    }

    pub(crate) fn names(&self) -> &'f Names {
        &self.file.names
    }

    /// The version of the standard's operators.
    pub(crate) fn opset(&self) -> Option<i64> {
        let standard = |domain: &Name| matches!(self.text(*domain), "" | "ai.onnx");
        self.file.opsets.iter().find(|(domain, _)| standard(domain)).map(|(_, version)| *version)
    }

    pub(crate) fn text(&self, name: Name) -> &'f str {
        self.file.names.text(name)
    }

    pub(crate) fn call(&self, id: CallId) -> Option<&Call<'f>> {
        self.calls.get(id.index())
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = CallId> + use<> {
        (0..self.calls.len()).map(CallId::new)
    }

    /// The operator's name, empty for a call that is not there.
    pub(crate) fn op(&self, id: CallId) -> &'f str {
        self.call(id).map_or("", |call| self.text(call.node.op_type))
    }

    pub(crate) fn tensor(&self, id: TensorId) -> Option<&Stored<'f>> {
        self.tensors.get(id.index())
    }

    /// The value that a value is, second names looked through.
    pub(crate) fn resolve(&self, id: ValueId) -> ValueId {
        let mut id = id;
        for _ in 0..limits::onnx::ALIASES {
            match self.values.get(id.index()).map(|value| value.origin) {
                Some(Origin::Same(other)) => id = other,
                _ => break,
            }
        }
        id
    }

    pub(crate) fn value(&self, id: ValueId) -> &Value<'f> {
        self.values.get(self.resolve(id).index()).unwrap_or(&self.nowhere)
    }

    /// What a call reads at an input.
    pub(crate) fn input(&self, call: CallId, index: usize) -> Option<ValueId> {
        *self.call(call)?.inputs.get(index)?
    }

    /// What a call gives at an output.
    pub(crate) fn output(&self, call: CallId, index: usize) -> Option<ValueId> {
        *self.call(call)?.outputs.get(index)?
    }

    /// The call that makes a value.
    pub(crate) fn maker(&self, value: ValueId) -> Option<CallId> {
        match self.value(value).origin {
            Origin::Call(call, _) => Some(call),
            _ => None,
        }
    }

    /// The stored tensor that a value is.
    pub(crate) fn stored(&self, value: ValueId) -> Option<TensorId> {
        match self.value(value).origin {
            Origin::Tensor(tensor) => Some(tensor),
            _ => None,
        }
    }

    /// The one call that reads a call's first output, when there is exactly one.
    pub(crate) fn only_reader(&self, call: CallId) -> Option<Reader> {
        let value = self.value(self.output(call, 0)?);
        match value.readers.as_slice() {
            [reader] if !value.given => Some(*reader),
            _ => None,
        }
    }

    /// A call's attribute; inside a function, the one that its caller gives where it refers to it.
    pub(crate) fn attribute(&self, call: CallId, name: &str) -> Option<&'f AttributeValue> {
        let call = self.call(call)?;
        let found = find(self.names(), call.node, name)?;
        match found {
            AttributeValue::Reference(outer) => find(self.names(), call.given?, self.text(*outer)),
            own => Some(own),
        }
    }

    pub(crate) fn int(&self, call: CallId, name: &str) -> Option<i64> {
        match self.attribute(call, name)? {
            AttributeValue::Int(value) => Some(*value),
            _ => None,
        }
    }

    pub(crate) fn ints(&self, call: CallId, name: &str) -> Option<&'f [i64]> {
        match self.attribute(call, name)? {
            AttributeValue::Ints(list) => list.all(),
            _ => None,
        }
    }

    pub(crate) fn word(&self, call: CallId, name: &str) -> Option<&'f str> {
        match self.attribute(call, name)? {
            AttributeValue::Str(text) => Some(self.text(*text)),
            _ => None,
        }
    }

    /// Whether the call runs graphs of its own.
    pub(crate) fn has_body(&self, call: CallId) -> bool {
        let body = |value: &AttributeValue| {
            matches!(value, AttributeValue::Graph(_) | AttributeValue::Graphs(_))
        };
        self.call(call)
            .is_some_and(|call| call.node.attributes.iter().any(|attribute| body(&attribute.value)))
    }

    /// The integers that a value is known to hold.
    pub(crate) fn constant_ints(&self, value: ValueId) -> Option<&[i64]> {
        self.tensor(self.stored(value)?)?.ints()
    }
}

fn find<'f>(names: &Names, node: &'f Node, name: &str) -> Option<&'f AttributeValue> {
    node.attributes
        .iter()
        .find(|attribute| names.text(attribute.name) == name)
        .map(|attribute| &attribute.value)
}

/// Names within one graph, with those around it.
struct Scope {
    parent: Option<usize>,
    values: Map<Name, ValueId>,
}
