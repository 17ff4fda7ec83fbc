//! Layers' paths: as the converter from Keras and TensorFlow left them in the names of tensors.

use std::collections::HashMap;

use netweight_core::KerasScopes;

use crate::schema::{File, Tensor};

/// Gives layers their paths, each of them once.
pub(crate) struct Namer {
    scopes: KerasScopes,
    /// Paths that were given out, and how often.
    taken: HashMap<String, usize>,
}

/// What a layer is called: its path, and its operation in it, which tells it from another one's.
#[derive(Debug, Default)]
pub(crate) struct Name {
    path: String,
    own: String,
}

impl Namer {
    pub(crate) fn of(file: &File) -> Self {
        let tensors = file.subgraphs.iter().flat_map(|subgraph| &subgraph.tensors);
        let names = tensors.flat_map(names);
        Self { scopes: KerasScopes::of(names, file.is_keras_3), taken: HashMap::new() }
    }

    /// The layer of an operator with a kernel: as the names of the kernel and, where the converter
    /// made those up, of the output tell.
    pub(crate) fn weighted(&self, kernel: &Tensor, output: Option<&Tensor>) -> Option<Name> {
        let names = names(kernel).chain(output.into_iter().flat_map(names));
        let mut found = names.filter_map(|name| self.scopes.split(name));
        let (path, own) = found.find(|(path, own)| !path.is_empty() && is_product(own))?;
        Some(Name { path: path.into_owned(), own: own.to_owned() })
    }

    /// The place of an operator without a kernel, or of an input: its tensor's name.
    pub(crate) fn tensor(&self, tensor: &Tensor) -> Name {
        let name = names(tensor).next().unwrap_or("unnamed");
        let path = match self.scopes.split(name) {
            Some((path, own)) if !path.is_empty() => format!("{path}/{own}"),
            _ => name.to_owned(),
        };
        Name { path, own: String::new() }
    }

    /// The path itself, else with the operation behind it, else with its subgraph's name before it
    /// or a number behind it.
    pub(crate) fn unique(&mut self, name: Name, subgraph: &str) -> String {
        let Name { path, own } = name;
        let longer = [
            Some(path.clone()),
            Some(format!("{path}/{own}")).filter(|_| !own.is_empty()),
            Some(format!("{subgraph}/{path}")).filter(|_| !path.starts_with(subgraph)),
        ];
        let free = longer.into_iter().flatten().find(|path| !self.taken.contains_key(path));
        if let Some(free) = free {
            self.taken.insert(free.clone(), 1);
            return free;
        }
        let count = self.taken.entry(path.clone()).or_default();
        *count = count.saturating_add(1);
        format!("{path} ({count})")
    }
}

impl From<String> for Name {
    fn from(path: String) -> Self {
        Self { path, own: String::new() }
    }
}

/// The names of what was fused into a tensor.
fn names(tensor: &Tensor) -> impl Iterator<Item = &str> + Clone {
    tensor.name.iter().flat_map(|name| name.split(';')).filter(|name| !name.is_empty())
}

/// TensorFlow's operations that have a layer's kernel, and what it calls reading one.
const PRODUCTS: &[&str] = &[
    "BiasAdd",
    "Conv",
    "Conv2D",
    "Conv3D",
    "Gather",
    "GatherV2",
    "MatMul",
    "ReadVariableOp",
    "Tensordot",
    "conv_transpose",
    "convolution",
    "depthwise",
    "embedding_lookup",
    "separable_conv2d",
];

/// Whether an operation, numbered or not, is one of those.
fn is_product(own: &str) -> bool {
    let numbered = own.trim_end_matches(|last: char| last.is_ascii_digit());
    PRODUCTS.contains(&own) || PRODUCTS.contains(&numbered.trim_end_matches('_'))
}
