//! What a weights file holds, layer by layer, in the two layouts that Keras writes.
//!
//! The older one has a group for each layer, with the names of its weights in order; a model
//! inside has all of its weights in one group. The newer one follows the objects: layers by
//! their class' names, numbered, each with its variables and its parts in groups of their own.

use std::collections::HashMap;

use netweight_core::{Category, DType, Role, Weight, elements};

use crate::hdf5::{Dataset, Tree};
use crate::statistic;

/// The tensors of one layer.
#[derive(Debug)]
pub(crate) struct Stored {
    /// Names of the groups down to the layer, those that only say `layers` left out.
    pub(crate) place: Vec<String>,
    /// The layer's own name, where the file keeps it.
    pub(crate) name: Option<String>,
    pub(crate) tensors: Vec<Dataset>,
    /// Bytes of the tensors' paths that name the layer's group.
    pub(crate) prefix: usize,
}

impl Stored {
    /// A tensor that has no group.
    pub(crate) fn alone(tensor: Dataset) -> Self {
        Self { place: vec![tensor.path.clone()], name: None, tensors: vec![tensor], prefix: 0 }
    }

    /// A tensor's path within the layer.
    pub(crate) fn label<'d>(&self, tensor: &'d Dataset) -> &'d str {
        tensor.path.get(self.prefix..).unwrap_or(&tensor.path)
    }

    /// A spectral normalization keeps the kernel of its layer a second time, before the vector
    /// of its own; it may be wrapped itself.
    fn leave_out_copies(&mut self) {
        let shapes: HashMap<&str, &[u64]> =
            self.tensors.iter().map(|one| (one.path.as_str(), one.shape.as_slice())).collect();
        let is_copy = |one: &Dataset| {
            let Some(around) = one.path.strip_suffix("/vars/0") else { return false };
            let is_vector = |shape: &&[u64]| matches!(shape, [1, _]);
            let kernel = shapes.get(format!("{around}/layer/vars/0").as_str());
            shapes.get(format!("{around}/vars/1").as_str()).is_some_and(is_vector)
                && kernel == Some(&one.shape.as_slice())
        };
        let mut copies: Vec<bool> = self.tensors.iter().map(is_copy).rev().collect();
        self.tensors.retain(|_| !copies.pop().unwrap_or_default());
    }
}

/// The layout of a weights file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Layers by name, with lists of their weights.
    Named,
    /// Objects by class.
    Objects,
}

/// Every layer that has a group, with or without tensors.
pub(crate) fn layers(tree: &Tree) -> (Layout, Vec<Stored>) {
    let (layout, mut layers) = found(tree);
    for layer in &mut layers {
        statistic::mark(&mut layer.tensors, tree);
    }
    (layout, layers)
}

fn found(tree: &Tree) -> (Layout, Vec<Stored>) {
    let root = ["model_weights", ""].into_iter().find_map(|root| {
        let group = tree.groups.iter().find(|group| group.path == root)?;
        Some((root, group.list("layer_names")?))
    });
    match root {
        Some((root, names)) => (Layout::Named, named(tree, root, &names)),
        None => (Layout::Objects, objects(tree)),
    }
}

fn named(tree: &Tree, root: &str, names: &[&str]) -> Vec<Stored> {
    let base = if root.is_empty() { String::new() } else { format!("{root}/") };
    names
        .iter()
        .map(|name| {
            let path = format!("{base}{name}");
            let order = tree.group(&path).and_then(|group| group.list("weight_names"));
            let inside = below(tree, &path);
            let tensors = match order {
                Some(order) => order
                    .iter()
                    .filter_map(|weight| {
                        let full = format!("{path}/{weight}");
                        let at =
                            inside.binary_search_by(|one| one.path.as_str().cmp(&full)).ok()?;
                        inside.get(at).cloned()
                    })
                    .collect(),
                None => inside.to_vec(),
            };
            let prefix = path.len() + 1;
            let name = (*name).to_owned();
            Stored { place: vec![name.clone()], name: Some(name), tensors, prefix }
        })
        .collect()
}

/// The datasets below a group; they stand together, since all are in order.
fn below<'t>(tree: &'t Tree, path: &str) -> &'t [Dataset] {
    let prefix = format!("{path}/");
    let start = tree.datasets.partition_point(|dataset| dataset.path < prefix);
    let rest = tree.datasets.get(start..).unwrap_or_default();
    let count = rest.iter().take_while(|dataset| dataset.path.starts_with(&prefix)).count();
    rest.get(..count).unwrap_or_default()
}

/// Groups that only hold other layers.
const HOLDERS: &[&str] = &["layers", "_layer_checkpoint_dependencies", "operations"];

/// Groups that hold no weights of the model.
const APART: &[&str] = &["optimizer", "optimizer_weights", "metrics"];

fn objects(tree: &Tree) -> Vec<Stored> {
    let mut layers: Vec<Stored> = Vec::new();
    let mut by_place: HashMap<Vec<&str>, usize> = HashMap::new();
    let groups = tree.groups.iter().map(|group| (group.path.as_str(), group.text("name"), None));
    let datasets = tree.datasets.iter().map(|one| (one.path.as_str(), None, Some(one)));
    for (path, name, dataset) in groups.chain(datasets) {
        let parts: Vec<&str> = path.split('/').collect();
        let (place, rest) = place(&parts);
        let is_apart = |parts: &[&str]| parts.first().is_some_and(|name| APART.contains(name));
        if place.is_empty() || is_apart(&parts) || is_apart(rest) {
            continue;
        }
        let index = *by_place.entry(place).or_insert_with_key(|place| {
            let place = place.iter().map(|part| (*part).to_owned()).collect();
            let inside: usize = rest.iter().map(|part| part.len().saturating_add(1)).sum();
            let prefix = path.len().saturating_sub(inside).saturating_add(1);
            layers.push(Stored { place, name: None, tensors: Vec::new(), prefix });
            layers.len().saturating_sub(1)
        });
        let Some(layer) = layers.get_mut(index) else { continue };
        if rest == ["vars"] {
            layer.name = name.map(str::to_owned).or(layer.name.take());
        }
        let is_seed = rest.iter().any(|part| part.starts_with("seed_generator"));
        layer.tensors.extend(dataset.filter(|_| !is_seed).cloned());
    }
    for layer in &mut layers {
        layer.tensors.sort_by(|a, b| natural(&a.path).cmp(&natural(&b.path)));
        layer.leave_out_copies();
    }
    layers
}

/// The names of the layers on a path, and what comes behind the last of them. The weights of
/// a model of a class of its own stand under the names of its attributes.
fn place<'t, 'p>(parts: &'p [&'t str]) -> (Vec<&'t str>, &'p [&'t str]) {
    let mut place = Vec::new();
    let mut rest = parts;
    while let [holder, name, behind @ ..] = rest {
        if !HOLDERS.contains(holder) {
            break;
        }
        place.push(*name);
        rest = behind;
    }
    match rest {
        [first, behind @ ..]
            if place.is_empty() && !HOLDERS.contains(first) && !matches!(*first, "vars" | "") =>
        {
            (vec![*first], behind)
        }
        _ => (place, rest),
    }
}

/// A path with its last part as a number: variables are numbered, 10 behind 9.
fn natural(path: &str) -> (&str, u64) {
    let (rest, last) = path.rsplit_once('/').unwrap_or(("", path));
    last.parse().map_or((path, 0), |number| (rest, number))
}

impl Dataset {
    /// The tensor as a weight of a layer.
    pub(crate) fn weight(&self, role: Role, category: Category) -> Weight {
        let elements = elements(&self.shape);
        let bytes = elements.filter(|_| self.is_plain).and_then(|count| self.dtype.bytes(count));
        Weight {
            name: self.path.clone(),
            role,
            category,
            shape: self.shape.clone(),
            dtype: self.dtype,
            elements: None,
            stored_bytes: bytes,
            place: None,
        }
    }

    /// Whether the tensor holds numbers that a model could have learned.
    pub(crate) fn is_weight(&self) -> bool {
        self.dtype != DType::String
    }
}
