//! The groups and datasets of a file, in the order of their paths.

use std::collections::HashSet;
use std::sync::Arc;

use hdf5_reader::{Dataset as Stored, Datatype, Hdf5File, OpenOptions, group};
use netweight_core::{DType, ImportError};

use super::text::{Budget, texts};
use super::window::Window;
use crate::limits;

/// What a file holds, as far as it could be read.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub(crate) groups: Vec<Group>,
    pub(crate) datasets: Vec<Dataset>,
    /// What could not be read, and why.
    pub(crate) problems: Vec<String>,
}

/// A group and the texts that Keras keeps with it.
#[derive(Debug, Default)]
pub(crate) struct Group {
    /// Names from the root, `/` between them; empty for the root.
    pub(crate) path: String,
    pub(crate) attributes: Vec<(String, Option<Vec<String>>)>,
}

/// A dataset: its shape and type.
#[derive(Debug, Clone)]
pub(crate) struct Dataset {
    pub(crate) path: String,
    pub(crate) shape: Vec<u64>,
    pub(crate) dtype: DType,
    /// Whether its values lie in the file as they are.
    pub(crate) is_plain: bool,
    /// Whether its name, or its place among others, says that it is not learned.
    pub(crate) is_statistic: bool,
}

/// Attributes that say something of a model.
const WANTED: &[&str] = &["model_config", "keras_version", "backend", "name"];

/// Attributes that are cut into several where they are long: `layer_names0`, `layer_names1` …
const LISTS: &[&str] = &["layer_names", "weight_names"];

impl Group {
    /// The one text under a name.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        match self.attribute(name)??.as_slice() {
            [text] => Some(text),
            _ => None,
        }
    }

    /// An attribute, if there is one; and its texts, if it holds any.
    pub(crate) fn attribute(&self, name: &str) -> Option<Option<&Vec<String>>> {
        let found = self.attributes.iter().find(|(known, _)| known == name);
        found.map(|(_, texts)| texts.as_ref())
    }

    /// All texts of a list that may be cut into several attributes.
    pub(crate) fn list(&self, name: &str) -> Option<Vec<&str>> {
        let mut parts: Vec<(usize, &Vec<String>)> = self
            .attributes
            .iter()
            .filter_map(|(known, texts)| {
                let number = known.strip_prefix(name)?;
                let number = if number.is_empty() { 0 } else { number.parse().ok()? };
                Some((number, texts.as_ref()?))
            })
            .collect();
        parts.sort_by_key(|(number, _)| *number);
        let exists = self.attributes.iter().any(|(known, _)| known.starts_with(name));
        exists.then(|| parts.into_iter().flat_map(|(_, texts)| texts).map(String::as_str).collect())
    }
}

impl Tree {
    /// The group of that path.
    pub(crate) fn group(&self, path: &str) -> Option<&Group> {
        let at = self.groups.binary_search_by(|group| group.path.as_str().cmp(path)).ok()?;
        self.groups.get(at)
    }

    pub(super) fn read(window: Window) -> Result<Self, String> {
        let options = OpenOptions::default()
            .with_chunk_cache_bytes(0)
            .with_max_chunk_bytes(limits::HDF5_CHUNK)
            .with_max_read_bytes(limits::HDF5_CHUNK)
            .with_max_object_header_bytes(limits::HDF5_HEADER);
        let told = |error: hdf5_reader::error::Error| error.to_string();
        let file = Hdf5File::from_storage_with_options(Arc::new(window), options).map_err(told)?;
        let (needed, found) = (file.superblock().eof_address, file.storage().len());
        if needed > found {
            return Err(format!("the file is cut off: {found} bytes of {needed}"));
        }
        let mut tree = Self::default();
        tree.walk(file.root_group().map_err(told)?);
        tree.groups.sort_by(|a, b| a.path.cmp(&b.path));
        tree.datasets.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(tree)
    }

    /// Adds what another file holds of the same model.
    pub(crate) fn join(&mut self, other: Self) -> Result<(), ImportError> {
        if self.datasets.len() + other.datasets.len() > limits::HDF5_OBJECTS {
            let found = format!("the shards hold more than {} datasets", limits::HDF5_OBJECTS);
            return Err(ImportError::limit("keras/too-many-objects", found));
        }
        self.datasets.extend(other.datasets);
        self.groups.extend(other.groups);
        self.problems.extend(other.problems);
        self.groups.sort_by(|a, b| a.path.cmp(&b.path));
        self.groups.dedup_by(|a, b| a.path == b.path);
        self.datasets.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(())
    }

    fn walk(&mut self, root: group::Group) {
        let mut budget = Budget(limits::HDF5_TEXT);
        let mut seen = HashSet::from([root.address()]);
        let mut open = vec![(root, String::new(), 0usize)];
        while let Some((group, path, depth)) = open.pop() {
            if self.groups.len() + self.datasets.len() + open.len() > limits::HDF5_OBJECTS {
                self.problem(format!("more than {} objects", limits::HDF5_OBJECTS));
                return;
            }
            self.describe(&group, &path, &mut budget);
            if depth >= limits::HDF5_DEPTH {
                self.problem(format!("`{path}`: groups more than {} deep", limits::HDF5_DEPTH));
                continue;
            }
            let (groups, datasets) = self.members(&group, &path);
            for dataset in datasets {
                if seen.insert(dataset.address()) {
                    self.datasets.push(described(&dataset, joined(&path, dataset.name())));
                }
            }
            for inner in groups {
                if seen.insert(inner.address()) {
                    let inner_path = joined(&path, inner.name());
                    open.push((inner, inner_path, depth + 1));
                }
            }
        }
    }

    /// What is in a group. One bad member does not cost the others.
    fn members(&mut self, group: &group::Group, path: &str) -> (Vec<group::Group>, Vec<Stored>) {
        if let Ok(members) = group.members() {
            return members;
        }
        let (groups, datasets) = match group.member_names() {
            Ok(names) => names,
            Err(error) => {
                self.problem(format!("`{path}`: {error}"));
                return (Vec::new(), Vec::new());
            }
        };
        let mut failed = false;
        let groups: Vec<_> = groups.iter().filter_map(|name| group.group(name).ok()).collect();
        let datasets: Vec<_> = datasets
            .iter()
            .filter_map(|name| {
                let dataset = group.dataset(name);
                failed |= dataset.is_err();
                dataset.ok()
            })
            .collect();
        if failed {
            self.problem(format!("`{path}`: a dataset in it cannot be read"));
        }
        (groups, datasets)
    }

    fn describe(&mut self, group: &group::Group, path: &str, budget: &mut Budget) {
        let mut attributes = Vec::new();
        for attribute in group.raw_attributes().unwrap_or_default() {
            let message = attribute.message();
            let list = LISTS.iter().any(|name| message.name.starts_with(name));
            if list || WANTED.contains(&message.name.as_str()) {
                attributes.push((message.name.clone(), texts(group, message, budget)));
            }
        }
        self.groups.push(Group { path: path.to_owned(), attributes });
    }

    fn problem(&mut self, told: String) {
        if self.problems.len() < netweight_markup::limits::PROBLEMS {
            self.problems.push(told);
        }
    }
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") }
}

fn described(dataset: &Stored, path: String) -> Dataset {
    Dataset {
        path,
        shape: dataset.shape().to_vec(),
        dtype: dtype(dataset.dtype()),
        is_plain: dataset.chunks().is_none(),
        is_statistic: false,
    }
}

/// Keras keeps bfloat16 as two bytes that HDF5 knows nothing of.
fn dtype(stored: &Datatype) -> DType {
    match stored {
        Datatype::FloatingPoint { size: 2, .. } => DType::Float16,
        Datatype::FloatingPoint { size: 4, .. } => DType::Float32,
        Datatype::FloatingPoint { size: 8, .. } => DType::Float64,
        Datatype::Opaque { size: 2, .. } => DType::BFloat16,
        Datatype::FixedPoint { size, signed, .. } => match (size, signed) {
            (1, true) => DType::Int8,
            (2, true) => DType::Int16,
            (4, true) => DType::Int32,
            (8, true) => DType::Int64,
            (1, false) => DType::UInt8,
            (2, false) => DType::UInt16,
            (4, false) => DType::UInt32,
            (8, false) => DType::UInt64,
            _ => DType::Unknown,
        },
        Datatype::Enum { .. } => DType::Bool,
        Datatype::String { .. } | Datatype::VarLen { .. } => DType::String,
        _ => DType::Unknown,
    }
}
