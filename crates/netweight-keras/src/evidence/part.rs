//! A stored layer's tensors as a tree: its own variables, and those of its parts.

use std::collections::HashMap;

use netweight_core::DType;

use super::words;
use crate::hdf5::{Dataset, Tree};
use crate::stored::{Layout, Stored};

/// A layer, or what it is made of.
#[derive(Debug, Default)]
pub(super) struct Part<'t> {
    /// What it is called: its group, and the name that the file keeps beside it.
    pub(super) names: Vec<&'t str>,
    pub(super) variables: Vec<Variable<'t>>,
    pub(super) parts: Vec<Self>,
    by_name: HashMap<&'t str, usize>,
}

/// A tensor and what it is to its layer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Variable<'t> {
    /// `kernel`; none where variables are numbered.
    pub(super) name: Option<&'t str>,
    pub(super) shape: &'t [u64],
    pub(super) dtype: DType,
    pub(super) tensor: &'t Dataset,
}

/// Groups that hold parts and are none.
const HOLDERS: &[&str] = &["", "layers", "cells", "vars", "_layer_checkpoint_dependencies"];

impl<'t> Part<'t> {
    /// The tensors of a layer by the groups, or by the names, that they stand under.
    pub(super) fn of(layer: &'t Stored, layout: Layout, tree: &'t Tree) -> Self {
        let group = layer.place.last().map(String::as_str);
        let own = layer.name.as_deref();
        let mut names: Vec<&str> = group.into_iter().chain(own).collect();
        names.dedup();
        let mut root = Self { names, ..Self::default() };
        for tensor in layer.tensors.iter().filter(|tensor| tensor.is_weight()) {
            let label = layer.label(tensor);
            let (groups, name) = match layout {
                Layout::Named => named(own.unwrap_or_default(), label),
                Layout::Objects => {
                    let groups = label.rsplit_once('/').map_or("", |(groups, _)| groups);
                    (groups.split('/').collect(), None)
                }
            };
            let variable = Variable { name, shape: &tensor.shape, dtype: tensor.dtype, tensor };
            let above = tensor.path.rsplit_once('/').map(|(above, _)| above);
            let kept = above.and_then(|above| tree.group(above)?.text("name"));
            root.add(&groups, variable, kept.filter(|_| layout == Layout::Objects));
        }
        root
    }

    /// Adds a variable to the part under these groups, and what the file calls that part.
    fn add(&mut self, groups: &[&'t str], variable: Variable<'t>, kept: Option<&'t str>) {
        let Some((group, inner)) = groups.split_first() else {
            self.variables.push(variable);
            self.names.extend(kept.filter(|kept| !self.names.contains(kept)));
            return;
        };
        if HOLDERS.contains(group) {
            return self.add(inner, variable, kept);
        }
        let index = *self.by_name.entry(group).or_insert(self.parts.len());
        if index == self.parts.len() {
            self.parts.push(Self { names: vec![group], ..Self::default() });
        }
        if let Some(part) = self.parts.get_mut(index) {
            part.add(inner, variable, kept);
        }
    }

    /// What it is called first: its group.
    pub(super) fn name(&self) -> &'t str {
        self.names.first().copied().unwrap_or_default()
    }

    /// Every tensor, those of parts behind its own.
    pub(super) fn tensors(&self) -> Vec<&'t Dataset> {
        let mut open = vec![self];
        let mut tensors = Vec::new();
        while let Some(part) = open.pop() {
            tensors.extend(part.variables.iter().map(|variable| variable.tensor));
            open.extend(part.parts.iter().rev());
        }
        tensors
    }
}

/// The groups and the variable's name in the name of a weight, without the layer's own:
/// `lstm_cell` and `kernel` of `lstm/lstm_cell/kernel:0`. Keras 1 joins both with a `_`.
fn named<'t>(layer: &str, label: &'t str) -> (Vec<&'t str>, Option<&'t str>) {
    let label = label.split_once(':').map_or(label, |(label, _)| label);
    let (mut groups, variable): (Vec<&str>, &str) = match label.rsplit_once('/') {
        Some((groups, variable)) => (groups.split('/').collect(), variable),
        None => match words::cut_variable(label) {
            Some((layer, variable)) => (vec![layer], variable),
            None => (Vec::new(), label),
        },
    };
    if groups.first() == Some(&layer) {
        groups.remove(0);
    }
    (groups, Some(words::variable(variable)))
}
