//! What a model takes under a scheme.

use super::items::{Item, Items};
use super::request::Request;
use super::subject::Subject;
use super::term::Term;

/// What a model takes under a scheme, in bytes by item.
#[derive(Debug, Clone, PartialEq)]
pub struct Size {
    /// What was asked for.
    pub request: Request,
    /// All tensors together.
    pub total: Items,
    /// The layers' own, in the model's order.
    pub layers: Vec<Items>,
    /// What is left as it was, by reason.
    pub kept: Vec<Kept>,
    /// Why the real tool would not do it, and what to do first.
    pub refused: Option<String>,
    /// What had to be assumed.
    pub assumed: Vec<String>,
    /// The whole file that the real tool would write.
    pub file: Option<FileSize>,
    /// The arithmetic behind quantized tensors, by layer.
    pub parts: Vec<Part>,
}

/// The arithmetic of a quantized tensor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The layer that holds it.
    pub layer: usize,
    /// The tensor.
    pub name: String,
    /// Its bytes by item.
    pub terms: Vec<Term>,
}

/// Tensors that a scheme leaves as they were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Why.
    pub reason: &'static str,
    /// How many.
    pub tensors: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// The length of a file that is not there yet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FileSize {
    /// In bytes.
    pub bytes: u64,
    /// How far off it may be, as a share of it; 0 for exact.
    pub tolerance: f64,
}

impl Size {
    /// Nothing yet of what a scheme makes of a model.
    pub(super) fn new(request: &Request, subject: &Subject<'_>) -> Self {
        Self {
            request: request.clone(),
            total: Items::default(),
            layers: vec![Items::default(); subject.analysis.layers.len()],
            kept: Vec::new(),
            refused: None,
            assumed: Vec::new(),
            file: None,
            parts: Vec::new(),
        }
    }

    /// A tensor's bytes with the arithmetic behind them.
    pub(super) fn add_terms(&mut self, layer: Option<usize>, name: &str, terms: Vec<Term>) {
        terms.iter().for_each(|term| self.add(layer, term.item, term.bytes()));
        self.parts.extend(layer.map(|layer| Part { layer, name: name.to_owned(), terms }));
    }

    /// Bytes of a layer, or of none.
    pub(super) fn add(&mut self, layer: Option<usize>, item: Item, bytes: u64) {
        self.total.add(item, bytes);
        if let Some(items) = layer.and_then(|layer| self.layers.get_mut(layer)) {
            items.add(item, bytes);
        }
    }

    /// A tensor that stays as it was.
    pub(super) fn keep(&mut self, layer: Option<usize>, bytes: u64, reason: &'static str) {
        self.add(layer, Item::Kept, bytes);
        self.tell_kept(Kept { reason, tensors: 1, bytes });
    }

    /// Adds up what is kept for one reason.
    pub(super) fn tell_kept(&mut self, more: Kept) {
        match self.kept.iter_mut().find(|kept| kept.reason == more.reason) {
            Some(kept) => {
                kept.tensors = kept.tensors.saturating_add(more.tensors);
                kept.bytes = kept.bytes.saturating_add(more.bytes);
            }
            None => self.kept.push(more),
        }
    }

    /// The first thing that keeps the real tool from doing it is the one that it says.
    pub(super) fn refuse(&mut self, reason: impl Into<String>) {
        if self.refused.is_none() {
            self.refused = Some(reason.into());
        }
    }

    pub(super) fn assume(&mut self, what: impl Into<String>) {
        let what = what.into();
        if !self.assumed.contains(&what) {
            self.assumed.push(what);
        }
    }
}
