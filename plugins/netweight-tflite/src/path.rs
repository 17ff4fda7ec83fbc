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

    /// The layer of an operator with a kernel, by what TensorFlow calls its operation: as the names
    /// of the kernel and, where the converter made those up, of the output tell.
    pub(crate) fn weighted(
        &self,
        operations: &[&str],
        kernel: &Tensor,
        output: Option<&Tensor>,
    ) -> Option<Name> {
        let names = names(kernel).chain(output.into_iter().flat_map(names));
        let places = names.filter_map(|name| self.scopes.split(name));
        let places = places.filter(|(path, _)| !path.is_empty());
        let find = |wanted| places.clone().find(|(_, own)| is_one(wanted, own));
        let (path, own) = find(operations).or_else(|| find(VARIABLES))?;
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

/// So many names of what was fused into a tensor are looked at: real ones have about ten.
const FUSED: usize = 64;

/// The names of what was fused into a tensor.
fn names(tensor: &Tensor) -> impl Iterator<Item = &str> + Clone {
    let names = tensor.name.iter().flat_map(|name| name.split(';').take(FUSED));
    names.filter(|name| !name.is_empty())
}

/// What TensorFlow calls the reading of a kernel, and what comes right behind a product.
const VARIABLES: &[&str] = &["BiasAdd", "ReadVariableOp"];

/// Whether an operation, numbered or dequantized or not, is one of those.
fn is_one(operations: &[&str], own: &str) -> bool {
    let own = own.strip_suffix("_dequantize").unwrap_or(own);
    let numbered = own.trim_end_matches(|last: char| last.is_ascii_digit());
    operations.contains(&own) || operations.contains(&numbered.trim_end_matches('_'))
}
