//! Keras' layer paths as TensorFlow's exporters write them: `model/dense_1/MatMul`.

use std::borrow::Cow;
use std::collections::HashMap;

use super::Place;
use super::name::numbered;
use crate::graph::Wiring;

/// The scope that all names of a TensorFlow graph start with: the model itself.
pub(crate) struct Roots {
    keras: bool,
    root: Option<String>,
    /// Whether scopes have a number more than layers do: Keras 3 builds a model in the scopes
    /// that its layers are called like, and those of its call come second.
    renumbered: bool,
}

/// Scopes in front that are no part of the model: what they begin with.
const CALLS: &[&str] = &["StatefulPartitionedCall", "ConstantFolding", "Func"];
/// Scopes behind a layer's name that TensorFlow's own functions open.
const OPERATIONS: &[&str] = &[
    "MatMul",
    "BiasAdd",
    "Conv1D",
    "Conv2D",
    "Conv3D",
    "Tensordot",
    "ReadVariableOp",
    "resource",
    "batchnorm",
    "depthwise",
    "separable_conv2d",
    "embedding_lookup",
    "einsum",
    "Einsum",
    "Gelu",
    "PartitionedCall",
    "input",
    "while",
    "Cast",
    "Add",
    "convolution",
    "conv_transpose",
];
/// Operations through which only Keras 3 reads variables.
const KERAS_3: &[&str] = &["/Cast/ReadVariableOp", "/convolution/ReadVariableOp"];

impl Roots {
    pub(crate) fn of(wiring: &Wiring) -> Self {
        let producer = wiring.text(wiring.file.producer_name);
        if producer != "tf2onnx" {
            return Self { keras: false, root: None, renumbered: false };
        }
        let tensors = wiring.tensors.iter().map(|stored| wiring.text(stored.name));
        let nodes = wiring.calls.iter().map(|call| wiring.text(call.node.name));
        let texts = tensors.chain(nodes).filter(|name| name.contains('/'));
        let newer = texts.clone().any(|name| KERAS_3.iter().any(|read| name.contains(read)));
        let names = texts.map(parts);
        let mut counts: HashMap<&str, usize> = HashMap::new();
        let mut all = 0_usize;
        let firsts = names.clone().filter_map(|parts| parts.first().copied());
        for first in firsts.filter(|first| !is_loop(first)) {
            *counts.entry(first).or_insert(0) += 1;
            all += 1;
        }
        // Nearly all: what belongs to loops has longer names in front.
        let nearly = |count: &usize| count.saturating_mul(10) >= all.saturating_mul(8);
        let root = counts.into_iter().find(|(_, count)| nearly(count)).map(|(first, _)| first);
        let mut layers = names.filter_map(|parts| match parts.as_slice() {
            [first, layer, _, ..] if Some(*first) == root => Some(*layer),
            _ => None,
        });
        let renumbered = newer
            && root.is_some_and(|root| unnumbered(root).is_some())
            && layers.all(|layer| unnumbered(layer).is_some());
        Self { keras: true, root: root.map(str::to_owned), renumbered }
    }

    /// Whether the file has such names at all.
    pub(crate) fn any(&self) -> bool {
        self.keras
    }

    pub(super) fn is_keras(&self, name: &str) -> bool {
        self.keras && name.contains('/')
    }

    /// The layer of a tensor.
    pub(super) fn module<'f>(&self, name: &'f str) -> Option<Cow<'f, str>> {
        let parts = parts(name);
        let (_, layers) = parts.split_last()?;
        Some(self.path(layers)).filter(|path| !path.is_empty())
    }

    /// Where a node stands.
    pub(super) fn place<'f>(&self, name: &'f str) -> Place<'f> {
        let parts = parts(name);
        let Some((own, layers)) = parts.split_last() else { return Place::default() };
        Place { module: self.path(layers), own }
    }

    /// Scopes without the model's own and without those that are no layers.
    fn path<'f>(&self, scopes: &[&'f str]) -> Cow<'f, str> {
        let scopes = match (scopes, &self.root) {
            ([first, rest @ ..], Some(root)) if first == root => rest,
            _ => scopes,
        };
        let mut end = scopes.len();
        // A layer may be called like an operation, the outermost scope is a layer in any case.
        while end > 1 && scopes.get(end - 1).is_some_and(|scope| is_operation(scope)) {
            end -= 1;
        }
        let layer = |scope: &&'f str| match unnumbered(scope) {
            Some(plain) if self.renumbered => plain,
            _ => *scope,
        };
        match scopes.get(..end).unwrap_or(scopes) {
            [only] => Cow::Borrowed(layer(only)),
            several => several.iter().map(layer).collect::<Vec<_>>().join("/").into(),
        }
    }
}

fn is_operation(scope: &str) -> bool {
    let plain =
        scope.trim_end_matches(|letter: char| letter.is_ascii_digit()).trim_end_matches('_');
    OPERATIONS.contains(&scope) || OPERATIONS.contains(&plain) || numbered(scope)
}

/// Whether a scope is the body or the condition of a loop, which have none of the model's around.
fn is_loop(scope: &str) -> bool {
    scope.strip_prefix("cond___").unwrap_or(scope).starts_with("while")
}

/// A scope without the number at its end.
fn unnumbered(scope: &str) -> Option<&str> {
    let (plain, number) = scope.rsplit_once('_')?;
    (!number.is_empty() && numbered(number)).then_some(plain)
}

/// The scopes of a name, without the output's number and what is put in front.
fn parts(name: &str) -> Vec<&str> {
    let name = name.rsplit_once(':').map_or(name, |(name, _)| name);
    let parts = name.split('/');
    let skip = |part: &&str| {
        let plain = part.trim_end_matches(|end: char| end == '_' || end.is_ascii_digit());
        CALLS.contains(&plain) || part.is_empty()
    };
    parts.skip_while(skip).collect()
}
