//! Keras' layer paths in the names of TensorFlow's graphs: `model/dense_1/MatMul`.

use std::borrow::Cow;
use std::collections::HashMap;

/// How a graph's names tell of the layers of a Keras model: TensorFlow names an operation behind
/// the scopes that it stands in, first the model's, then those of its layers.
///
/// ```
/// use netweight_core::KerasScopes;
/// let names = ["functional_1/dense_1/MatMul", "functional_1/dense_1_2/MatMul"];
/// let scopes = KerasScopes::of(names.into_iter(), true);
/// assert_eq!(scopes.split(names[0]), Some(("dense".into(), "MatMul")));
/// assert_eq!(scopes.split(names[1]), Some(("dense_1".into(), "MatMul")));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KerasScopes {
    /// The scope that all names start with: the model itself.
    root: Option<String>,
    /// Whether scopes have a number more than layers do: Keras 3 builds a model in the scopes
    /// that its layers are called like, and those of its call come second.
    renumbered: bool,
}

/// Scopes in front that are no part of the model, and may be numbered.
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
    "GatherV",
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

impl KerasScopes {
    /// What all names of a graph have in common; `newer` if they are of a model of Keras 3.
    pub fn of<'n>(names: impl Iterator<Item = &'n str> + Clone, newer: bool) -> Self {
        let names = names.filter(|name| name.contains('/')).map(parts);
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
        Self { root: root.map(str::to_owned), renumbered }
    }

    /// The path of the layer that a name stands in, empty for the model itself, and what is left
    /// behind it; none for an empty name.
    pub fn split<'n>(&self, name: &'n str) -> Option<(Cow<'n, str>, &'n str)> {
        let parts = parts(name);
        let (own, layers) = parts.split_last()?;
        Some((self.path(layers), own))
    }

    /// Scopes without the model's own and without those that are no layers.
    fn path<'n>(&self, scopes: &[&'n str]) -> Cow<'n, str> {
        let scopes = match (scopes, &self.root) {
            ([first, rest @ ..], Some(root)) if first == root => rest,
            _ => scopes,
        };
        let mut end = scopes.len();
        // A layer may be called like an operation, the outermost scope is a layer in any case.
        while end > 1 && scopes.get(end - 1).is_some_and(|scope| is_operation(scope)) {
            end -= 1;
        }
        let layer = |scope: &&'n str| match unnumbered(scope) {
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
    OPERATIONS.contains(&scope) || OPERATIONS.contains(&plain(scope)) || is_number(scope)
}

/// Whether a scope is the body or the condition of a loop, which have none of the model's around.
fn is_loop(scope: &str) -> bool {
    scope.strip_prefix("cond___").unwrap_or(scope).starts_with("while")
}

/// A scope without a number at its end.
fn plain(scope: &str) -> &str {
    scope.trim_end_matches(|letter: char| letter.is_ascii_digit()).trim_end_matches('_')
}

/// A scope without the number at its end.
fn unnumbered(scope: &str) -> Option<&str> {
    let (plain, number) = scope.rsplit_once('_')?;
    (!number.is_empty() && is_number(number)).then_some(plain)
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The scopes of a name, without the output's number and what is put in front.
fn parts(name: &str) -> Vec<&str> {
    let name = name.rsplit_once(':').map_or(name, |(name, _)| name);
    let parts = name.split('/');
    let skip = |part: &&str| part.is_empty() || CALLS.contains(&plain(part));
    parts.skip_while(skip).collect()
}
