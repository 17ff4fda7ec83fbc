//! What is known while a config is read: its version, the rows so far, what is wrong.

use std::collections::BTreeSet;

use netweight_core::{ImportOptions, Layer, OwnKind};
use netweight_markup::{Node, Problem, Span};

use crate::class::Class;
use crate::findings::Findings;
use crate::limits;
use crate::version::Version;

/// The state of one reading.
pub(crate) struct Reader<'a> {
    pub(crate) version: Version,
    pub(crate) options: &'a ImportOptions,
    pub(crate) findings: Findings,
    /// The model's layers so far, in the file's order.
    pub(crate) rows: Vec<Row>,
    /// Models that the one being read stands in.
    pub(crate) models: usize,
    /// Wrappers that the layer being read stands in.
    pub(crate) wrappers: usize,
    /// Whether a model around says that nothing in it is trained.
    pub(crate) frozen: bool,
    /// Models met that have no name of their own.
    pub(crate) unnamed: usize,
    /// Where the file's channels stand, for layers of Keras 1 that do not say so themselves.
    pub(crate) ordering: Option<&'a str>,
    /// Kinds of the rules file that layers are of.
    pub(crate) kinds: Vec<OwnKind>,
    /// Classes of the table that the rules file has rows for.
    pub(crate) instead: BTreeSet<String>,
    /// Layers so far, wrapped ones included.
    layers: usize,
    /// Names for which the nearest one was looked up.
    pub(crate) suggested: usize,
}

/// A layer on its way into the model.
pub(crate) struct Row {
    pub(crate) layer: Layer,
    /// Its class, where the table has it.
    pub(crate) class: Option<&'static Class>,
    /// Whether a rules file says what it is.
    pub(crate) ruled: bool,
    /// Where the file has it.
    pub(crate) span: Span,
    /// A nested model's rows that take its inputs, in turn.
    pub(crate) entries: Vec<usize>,
}

impl Row {
    pub(crate) fn new(layer: Layer, class: Option<&'static Class>, span: Span) -> Self {
        Self { layer, class, ruled: false, span, entries: Vec::new() }
    }
}

impl<'a> Reader<'a> {
    pub(crate) fn new(version: Version, options: &'a ImportOptions) -> Self {
        Self {
            version,
            options,
            findings: Findings::new(),
            rows: Vec::new(),
            models: 0,
            wrappers: 0,
            frozen: false,
            unnamed: 0,
            ordering: None,
            kinds: Vec::new(),
            instead: BTreeSet::new(),
            layers: 0,
            suggested: 0,
        }
    }

    /// Adds a row; returns its index.
    pub(crate) fn push(&mut self, row: Row) -> usize {
        self.rows.push(row);
        self.rows.len().saturating_sub(1)
    }

    /// Whether there were more layers than are read.
    pub(crate) fn is_full(&self) -> bool {
        self.layers > limits::LAYERS
    }

    /// Whether there is room for a layer and all that it wraps; a config without refuses.
    pub(crate) fn has_room(&mut self, layer: &Layer, span: Span) -> bool {
        let mut open = vec![layer];
        while let Some(layer) = open.pop() {
            self.layers += 1;
            open.extend(&layer.inner);
            if self.is_full() {
                let message = format!("more than {} layers", limits::LAYERS);
                self.findings.refuse(Problem::new("keras/too-many-layers", span, message));
                return false;
            }
        }
        true
    }

    /// The value under a key; its absence, and `null`, refuse the file.
    pub(crate) fn required(&mut self, node: &'a Node, key: &str) -> Option<&'a Node> {
        match node.get(key) {
            Some(value) if !value.is_null() => Some(value),
            found => {
                let (span, found) = match found {
                    Some(value) => (value.span, "is `null`"),
                    None => (node.span, "is missing"),
                };
                let message = format!("`{key}` {found}");
                self.findings.refuse(Problem::new("keras/missing-key", span, message));
                None
            }
        }
    }

    /// The items under a key that has to hold a list.
    pub(crate) fn required_list(&mut self, node: &'a Node, key: &str) -> Option<&'a [Node]> {
        let value = self.required(node, key)?;
        let items = value.as_seq();
        if items.is_none() {
            self.findings.refuse(value.mismatch("a list"));
        }
        items
    }
}
