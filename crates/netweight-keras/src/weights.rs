//! Stored weights as the second evidence: each layer's tensors, found in the file.

use std::collections::HashMap;

use netweight_core::{
    Category, DType, Diagnostic, Expected, Layer, Model, Role, analyze, elements, evaluate,
};

use crate::evidence::{self, Told};
use crate::hdf5::{Dataset, Tree};
use crate::stored::{self, Layout, Stored};

/// Gives every layer of a config the tensors that the file holds for it.
pub(crate) fn attach(model: &mut Model, tree: &Tree) {
    if let [only] = model.layers.as_slice()
        && only.unknown.is_some()
    {
        return in_place_of_config(model, tree);
    }
    let (layout, stored) = stored::layers(tree);
    let (found, left) = match layout {
        Layout::Named => by_name(&Levels::of(model), stored),
        Layout::Objects => by_object(model, &Levels::of(model), stored),
    };
    give(model, found, left);
}

/// Gives every layer of a config its tensors of a list, in which their names alone say whose
/// they are.
pub(crate) fn attach_listed(model: &mut Model, tensors: Vec<Dataset>) {
    let mut found = Found::new();
    let mut left = Vec::new();
    let levels = Levels::of(model);
    let layers = levels.leaves(None);
    // All weights are listed: a class that is not known, and that has none there, has none.
    let opaque =
        |row: &&usize| !tensors.is_empty() && model.layers.get(**row).is_some_and(is_opaque);
    found.extend(layers.own.values().filter(opaque).map(|row| (*row, Vec::new())));
    for tensor in tensors {
        match layers.owner(&tensor.path) {
            Some(row) => found.entry(row).or_default().push(tensor),
            None => left.push(Stored::alone(tensor)),
        }
    }
    give(model, found, left);
}

/// Gives layers what was found for them, and tells what is missing or left.
fn give(model: &mut Model, mut found: Found, left: Vec<Stored>) {
    let expected: Vec<Vec<Expected>> =
        analyze(model).layers.into_iter().map(|layer| layer.evaluated.weights).collect();
    for (index, (layer, expected)) in model.layers.iter_mut().zip(expected).enumerate() {
        match found.remove(&index) {
            Some(tensors) => {
                let tensors: Vec<&Dataset> = tensors.iter().collect();
                fill(layer, expected, &tensors);
            }
            None if layer.shared_with.is_none() && !expected.is_empty() => {
                let told = "the weights file holds nothing for the layer";
                let told = Diagnostic::warning("keras/no-weights", told).at(layer.path.clone());
                model.diagnostics.push(told);
            }
            None => {}
        }
    }
    for layer in left {
        model.layers.push(unused(&layer));
        let told = "stored weights that no layer of the config has";
        let told = Diagnostic::warning("keras/unused-weights", told).at(layer.place.join("/"));
        model.diagnostics.push(told);
    }
    model.stores_weights = true;
}

/// A model of a class that is not known: its layers are those that hold weights.
fn in_place_of_config(model: &mut Model, tree: &Tree) {
    let config = std::mem::take(&mut model.layers);
    alone(model, tree);
    if model.layers.is_empty() {
        model.layers = config;
        return;
    }
    let frozen = config.iter().any(|layer| layer.frozen);
    model.layers.iter_mut().for_each(|layer| layer.frozen |= frozen);
    model.stores_weights = true;
    let told = "the model's class is not known: its layers are the groups that hold weights";
    model.diagnostics.push(Diagnostic::note("keras/weights-only", told));
}

/// Whether a file has neither tensors nor layers that could have had some.
pub(crate) fn is_empty(tree: &Tree) -> bool {
    let (layout, layers) = stored::layers(tree);
    let has_layers = match layout {
        Layout::Named => !layers.is_empty(),
        Layout::Objects => tree.groups.iter().any(|group| group.path.ends_with("/vars")),
    };
    tree.datasets.is_empty() && !has_layers
}

/// The rows of a file that holds weights and no config.
pub(crate) fn alone(model: &mut Model, tree: &Tree) {
    let (layout, stored) = stored::layers(tree);
    let mut paths: HashMap<&[String], String> = HashMap::new();
    let mut guessed = Vec::new();
    for one in &stored {
        let (last, above) = one.place.split_last().unzip();
        let own = one.name.as_ref().or(last).cloned().unwrap_or_default();
        let name = match above.and_then(|above| paths.get(above)) {
            Some(above) => format!("{above}/{own}"),
            None => own,
        };
        for Told { mut layer, tensors, is_guess } in evidence::layers(one, &name, layout, tree) {
            let expected = evaluate(&layer, &[], model.convention).weights;
            fill(&mut layer, expected, &tensors);
            guessed.extend(is_guess.then(|| layer.path.clone()));
            model.push(layer);
        }
        paths.insert(&one.place, name);
    }
    model.diagnostics.extend(told_guesses(&guessed));
}

/// Kinds that nothing but shapes tells.
fn told_guesses(paths: &[String]) -> Option<Diagnostic> {
    let (first, others) = paths.split_first()?;
    let more =
        if others.is_empty() { String::new() } else { format!(" and {} more", others.len()) };
    let told = format!("the kind of `{first}`{more} is taken from the shapes of its weights alone");
    Some(Diagnostic::note("keras/guessed-kind", told))
}

fn unused(stored: &Stored) -> Layer {
    let weight = |tensor: &Dataset| tensor.weight(Role::Parameter, Category::Unused);
    Layer {
        path: stored.place.join("/"),
        weights: stored.tensors.iter().map(weight).collect(),
        ..Layer::default()
    }
}

/// The layer's tensors, each as what the kind expects of that shape. What it does not expect
/// is kept all the same, so that the difference shows.
fn fill(layer: &mut Layer, expected: Vec<Expected>, tensors: &[&Dataset]) {
    // Keras merges an adaptation into the kernel when it saves.
    if layer.args.get("lora_rank").is_some() {
        return;
    }
    let mut open: Vec<Option<Expected>> = expected.into_iter().map(Some).collect();
    for tensor in tensors.iter().filter(|tensor| tensor.is_weight()) {
        let same = |one: &Option<Expected>| {
            one.as_ref().and_then(|one| one.shape.as_ref()) == Some(&tensor.shape)
        };
        let alike = |one: &Option<Expected>| {
            let shape = one.as_ref().and_then(|one| one.shape.as_ref());
            shape.is_some_and(|shape| elements(shape) == elements(&tensor.shape))
        };
        let place = open.iter().position(same).or_else(|| open.iter().position(alike));
        let taken = place.and_then(|place| open.get_mut(place)?.take());
        let (role, category) = match taken {
            Some(one) => (one.role, one.category),
            None => {
                let statistic = tensor.is_statistic
                    || matches!(tensor.dtype, DType::Int4 | DType::Int8 | DType::UInt8);
                let category = if statistic { Category::NonTrainable } else { Category::Trainable };
                (Role::Parameter, category)
            }
        };
        layer.weights.push(tensor.weight(role, category));
    }
    // Of a class that is not known, and of what wraps one, this is all there is to know.
    if layer.unknown.take().is_some() && !layer.inner.is_empty() {
        layer.kind = Some("opaque".into());
        layer.inner.clear();
    }
}

type Found = HashMap<usize, Vec<Dataset>>;

/// Layers by their names; in a model's group, by the names of the weights.
fn by_name(levels: &Levels, stored: Vec<Stored>) -> (Found, Vec<Stored>) {
    let mut found = Found::new();
    let mut left = Vec::new();
    let top = levels.children(None);
    for one in stored {
        let name = one.name.as_deref().unwrap_or_default();
        match top.get(name) {
            Some(row) if levels.is_container(*row) => {
                let inner = levels.leaves(Some(*row));
                let mut rest = Vec::new();
                for tensor in &one.tensors {
                    match inner.owner(one.label(tensor)) {
                        Some(row) => found.entry(row).or_default().push(tensor.clone()),
                        None => rest.push(tensor.clone()),
                    }
                }
                left.extend((!rest.is_empty()).then_some(Stored { tensors: rest, ..one }));
            }
            Some(row) => {
                found.insert(*row, one.tensors);
            }
            None if one.tensors.is_empty() => {}
            None => left.push(one),
        }
    }
    (found, left)
}

/// Layers of a model by name, and those that they wrap.
#[derive(Default)]
struct Leaves<'m> {
    own: HashMap<&'m str, usize>,
    wrapped: HashMap<&'m str, usize>,
}

impl Leaves<'_> {
    /// The layer that a weight's name names: a part of it, or what stands before a `_`; else
    /// the one around the layer that a part names.
    fn owner(&self, label: &str) -> Option<usize> {
        let by_part = |names: &HashMap<&str, usize>| {
            label.split('/').rev().find_map(|part| names.get(part)).copied()
        };
        let by_prefix = || {
            let cuts = label.match_indices('_').map(|(at, _)| at);
            cuts.rev().find_map(|at| self.own.get(label.get(..at)?)).copied()
        };
        by_part(&self.own).or_else(by_prefix).or_else(|| by_part(&self.wrapped))
    }
}

/// Layers by the names of their groups: those that the file gives, else as Keras numbers the
/// classes of a model's layers.
fn by_object(model: &Model, levels: &Levels, stored: Vec<Stored>) -> (Found, Vec<Stored>) {
    let mut named: HashMap<(&[String], &str), &[String]> = HashMap::new();
    for one in &stored {
        if let (Some((_, parent)), Some(name)) = (one.place.split_last(), &one.name) {
            named.insert((parent, name), &one.place);
        }
    }
    let mut places: Vec<Vec<String>> = Vec::with_capacity(model.layers.len());
    let mut rows: HashMap<Vec<String>, usize> = HashMap::new();
    let mut counts: HashMap<(Option<usize>, String), usize> = HashMap::new();
    for (index, layer) in model.layers.iter().enumerate() {
        let (parent, name) = levels.place(index);
        let above = parent.and_then(|parent| places.get(parent)).cloned().unwrap_or_default();
        let mut place = above.clone();
        if levels.is_owner(index) {
            let class = snake(&layer.type_name);
            let count = counts.entry((parent, class.clone())).or_default();
            let group = if *count == 0 { class } else { format!("{class}_{count}") };
            *count += 1;
            match named.get(&(above.as_slice(), name)) {
                Some(known) => place = known.to_vec(),
                None => place.push(group),
            }
            rows.entry(place.clone()).or_insert(index);
        }
        places.push(place);
    }
    let mut found = Found::new();
    let mut left = Vec::new();
    for one in stored.into_iter().filter(|one| !one.tensors.is_empty()) {
        // A layer that the config has as one row may hold layers of its own.
        let around = |place: &[String]| rows.get(place).filter(|row| !levels.is_container(**row));
        let above = || (1..one.place.len()).rev().find_map(|end| around(one.place.get(..end)?));
        match rows.get(&one.place).or_else(above) {
            Some(row) => found.entry(*row).or_default().extend(one.tensors),
            None => left.push(one),
        }
    }
    (found, left)
}

/// A class' name as the names of groups have it: `BatchNormalization` as `batch_normalization`.
pub(crate) fn snake(class: &str) -> String {
    let letters: Vec<char> = class.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect();
    let mut name = String::with_capacity(letters.len() + 4);
    for (index, letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| letters.get(before));
        let behind = letters.get(index + 1);
        let starts = letter.is_ascii_uppercase()
            && (before.is_some_and(char::is_ascii_lowercase)
                || behind.is_some_and(char::is_ascii_lowercase));
        if starts && before.is_some() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

/// Which rows stand in which model.
struct Levels<'m> {
    model: &'m Model,
    /// By row: the container it stands in, and its own name.
    places: Vec<(Option<usize>, &'m str)>,
}

impl<'m> Levels<'m> {
    fn of(model: &'m Model) -> Self {
        let mut open: Vec<usize> = Vec::new();
        let mut places = Vec::with_capacity(model.layers.len());
        for (index, layer) in model.layers.iter().enumerate() {
            let inside = |container: usize| {
                let path = &model.layers.get(container)?.path;
                layer.path.strip_prefix(path)?.strip_prefix('/')
            };
            while open.last().is_some_and(|last| inside(*last).is_none()) {
                open.pop();
            }
            let parent = open.last().copied();
            places.push((parent, parent.and_then(inside).unwrap_or(&layer.path)));
            if is_container(layer) {
                open.push(index);
            }
        }
        Self { model, places }
    }

    fn place(&self, row: usize) -> (Option<usize>, &'m str) {
        self.places.get(row).copied().unwrap_or((None, ""))
    }

    fn is_container(&self, row: usize) -> bool {
        self.model.layers.get(row).is_some_and(is_container)
    }

    /// Whether the row is the first use of its layer.
    fn is_owner(&self, row: usize) -> bool {
        self.model.layers.get(row).is_some_and(|layer| layer.shared_with.is_none())
    }

    /// Rows that stand directly in a container, or at the top, by name.
    fn children(&self, parent: Option<usize>) -> HashMap<&'m str, usize> {
        let rows = self
            .places
            .iter()
            .enumerate()
            .filter(|(row, (above, _))| *above == parent && self.is_owner(*row));
        rows.map(|(row, (_, name))| (*name, row)).collect()
    }

    /// The names of the layers that a row wraps.
    fn wrapped(&self, row: usize) -> impl Iterator<Item = &'m str> {
        let mut open: Vec<&'m Layer> = self
            .model
            .layers
            .get(row)
            .map(|layer| layer.inner.iter().collect())
            .unwrap_or_default();
        std::iter::from_fn(move || {
            let layer = open.pop()?;
            open.extend(&layer.inner);
            layer.path.rsplit('/').next()
        })
    }

    /// Layers at any depth of a container, or of the whole model, by name; a wrapped one by
    /// its wrapper.
    fn leaves(&self, container: Option<usize>) -> Leaves<'m> {
        let mut inside = vec![false; self.places.len()];
        let mut leaves = Leaves::default();
        for (row, (above, name)) in self.places.iter().enumerate() {
            let is_inside =
                *above == container || above.is_some_and(|above| inside.get(above) == Some(&true));
            if let Some(place) = inside.get_mut(row) {
                *place = is_inside;
            }
            if is_inside && !self.is_container(row) && self.is_owner(row) {
                leaves.own.insert(*name, row);
                leaves.wrapped.extend(self.wrapped(row).map(|name| (name, row)));
            }
        }
        leaves
    }
}

fn is_opaque(layer: &Layer) -> bool {
    layer.kind.as_deref() == Some("opaque")
}

fn is_container(layer: &Layer) -> bool {
    layer.kind.as_deref() == Some("model") && layer.inner.is_empty()
}
