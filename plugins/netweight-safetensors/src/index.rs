//! `model.safetensors.index.json`: which shard holds which tensor.

use std::collections::HashMap;
use std::fmt;

use netweight_core::{ImportError, Source};
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use crate::limits;

/// An index: the files in the order in which they are first named, and each tensor's file.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Index {
    pub(crate) files: Vec<String>,
    pub(crate) tensors: Vec<(String, usize)>,
}

const ENDING: &str = ".safetensors.index.json";

/// Whether a file is called as indexes are.
pub(crate) fn is_named_like_one(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(ENDING)
}

/// Whether a file's beginning speaks of shards in this format.
pub(crate) fn looks_like_one(source: &dyn Source) -> bool {
    let Ok(head) = source.read_vec(0, limits::WINDOW) else { return false };
    let contains = |wanted: &[u8]| head.windows(wanted.len()).any(|window| window == wanted);
    head.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{')
        && contains(b"\"weight_map\"")
        && contains(b".safetensors\"")
}

/// Reads an index.
pub(crate) fn read(source: &dyn Source) -> Result<Index, ImportError> {
    if source.len() > limits::INDEX {
        let found =
            format!("an index of {} bytes; at most {} are read", source.len(), limits::INDEX);
        return Err(ImportError::limit("safetensors/index-size", found));
    }
    let bytes = source.read_vec(0, usize::try_from(limits::INDEX).unwrap_or(usize::MAX))?;
    let document: Document = serde_json::from_slice(&bytes).map_err(|error| {
        let found = format!("the index of shards cannot be read: {error}");
        ImportError::malformed("safetensors/index", found)
            .help("expected a JSON object with `weight_map`: each tensor's name and its file")
    })?;
    Ok(document.weight_map)
}

#[derive(Deserialize)]
struct Document {
    weight_map: Index,
}

impl<'de> Deserialize<'de> for Index {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(IndexVisitor)
    }
}

struct IndexVisitor;

impl<'de> Visitor<'de> for IndexVisitor {
    type Value = Index;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of file names")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Index, A::Error> {
        let mut index = Index::default();
        let mut numbers: HashMap<String, usize> = HashMap::new();
        while let Some((name, file)) = map.next_entry::<String, String>()? {
            let number = *numbers.entry(file).or_insert_with_key(|file| {
                index.files.push(file.clone());
                index.files.len().saturating_sub(1)
            });
            index.tensors.push((name, number));
            if index.files.len() > limits::SHARDS || index.tensors.len() > limits::TENSORS {
                let bounds = format!("{} shards or {} tensors", limits::SHARDS, limits::TENSORS);
                return Err(A::Error::custom(format!("more than {bounds}")));
            }
        }
        Ok(index)
    }
}
