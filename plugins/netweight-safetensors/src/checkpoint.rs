//! The files of one checkpoint: a single file, or the shards that an index names.

use std::collections::{HashMap, HashSet};
use std::io::{self, ErrorKind};

use netweight_core::{DataFile, Diagnostic, ImportError, Place, Source};

use crate::header::{self, Header, Tensor};
use crate::index::{self, Index};
use crate::{limits, packing};

/// Every tensor of a checkpoint, in whichever file it lies.
#[derive(Debug, Default)]
pub(crate) struct Checkpoint {
    pub(crate) tensors: Vec<Tensor>,
    pub(crate) metadata: Vec<(String, String)>,
    /// How many files the checkpoint has, missing ones included.
    pub(crate) files: usize,
    /// The file that was named, and the shards that could be read.
    pub(crate) read: Vec<DataFile>,
    pub(crate) missing: Vec<Missing>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// A shard that could not be read.
#[derive(Debug)]
pub(crate) struct Missing {
    pub(crate) file: String,
    pub(crate) why: Diagnostic,
}

/// Reads the headers of a checkpoint.
pub(crate) fn read(source: &dyn Source) -> Result<Checkpoint, ImportError> {
    if index::is_named_like_one(source.name()) || index::looks_like_one(source) {
        return shards(source);
    }
    let mut checkpoint = Checkpoint { files: 1, ..Checkpoint::default() };
    checkpoint.read.push(data_file(source.name(), source));
    checkpoint.add(source, header::read(source)?, None);
    checkpoint.diagnostics.extend(one_of_several(source.name()));
    Ok(checkpoint)
}

fn shards(source: &dyn Source) -> Result<Checkpoint, ImportError> {
    let index = index::read(source)?;
    let mut checkpoint = Checkpoint { files: index.files.len(), ..Checkpoint::default() };
    checkpoint.read.push(data_file(source.name(), source));
    let mut refused = None;
    for file in &index.files {
        let opened = inside(source, file).map_err(|error| not_opened(file, &error));
        let read = opened.and_then(|shard| Ok((header::read(shard.as_ref())?, shard)));
        match read {
            Ok((header, shard)) => {
                checkpoint.read.push(data_file(file, shard.as_ref()));
                checkpoint.add(shard.as_ref(), header, Some(file));
            }
            Err(error) => {
                let told = "the shard could not be read".to_owned();
                let why = error.problems.first().cloned();
                let why = why.unwrap_or_else(|| Diagnostic::warning("safetensors/shard", told));
                checkpoint.missing.push(Missing { file: file.clone(), why: why.at(file.clone()) });
                refused = refused.or(Some(error.at(file.clone())));
            }
        }
        if checkpoint.tensors.len() > limits::TENSORS {
            let found = format!("the shards hold more than {} tensors", limits::TENSORS);
            return Err(ImportError::limit("safetensors/tensors", found));
        }
    }
    match refused {
        Some(error) if checkpoint.missing.len() == index.files.len() => Err(error),
        _ => {
            checkpoint.diagnostics.extend(differences(&index, &checkpoint));
            Ok(checkpoint)
        }
    }
}

fn data_file(name: &str, source: &dyn Source) -> DataFile {
    DataFile { name: name.to_owned(), length: Some(source.len()) }
}

/// Opens a shard, which has no business outside the folder of its index.
fn inside(source: &dyn Source, file: &str) -> io::Result<Box<dyn Source>> {
    let leads_out = file.starts_with('/') || file.split(['/', '\\']).any(|part| part == "..");
    match leads_out {
        true => Err(io::Error::new(ErrorKind::PermissionDenied, "it leads out of the folder")),
        false => source.sibling(file),
    }
}

fn not_opened(file: &str, error: &io::Error) -> ImportError {
    let (code, found) = match error.kind() {
        ErrorKind::NotFound => {
            ("safetensors/missing-shard", format!("the shard `{file}` is not there"))
        }
        ErrorKind::PermissionDenied => {
            ("safetensors/shard-outside", format!("the shard `{file}` may not be read: {error}"))
        }
        _ => ("safetensors/shard", format!("the shard `{file}` cannot be opened: {error}")),
    };
    ImportError::malformed(code, found)
        .help("put every shard into the folder of the index, then read the index again")
}

impl Checkpoint {
    /// Takes over what the header of the file read last says, with the few bytes that tell shapes.
    fn add(&mut self, source: &dyn Source, mut header: Header, file: Option<&str>) {
        let mut details = 0usize;
        let number = u32::try_from(self.read.len().saturating_sub(1)).unwrap_or(u32::MAX);
        for tensor in &mut header.tensors {
            let at = header.data.saturating_add(tensor.begin);
            tensor.place = Place { file: number, offset: at };
            let span = tensor.end.saturating_sub(tensor.begin);
            if packing::tells_a_shape(&tensor.name)
                && span <= limits::DETAIL
                && details < limits::DETAILS
            {
                details = details.saturating_add(1);
                tensor.detail = source.read_vec(at, usize::try_from(span).unwrap_or(0)).ok();
            }
        }
        self.tensors.append(&mut header.tensors);
        if self.metadata.is_empty() {
            self.metadata = header.metadata;
        }
        let placed = header.diagnostics.into_iter().map(|found| match file {
            Some(file) => found.at(file),
            None => found,
        });
        self.diagnostics.extend(placed);
    }
}

/// What an index and its shards have against each other.
fn differences(index: &Index, checkpoint: &Checkpoint) -> Vec<Diagnostic> {
    let held: HashSet<&str> =
        checkpoint.tensors.iter().map(|tensor| tensor.name.as_str()).collect();
    let missing: HashSet<&str> =
        checkpoint.missing.iter().map(|shard| shard.file.as_str()).collect();
    let file = |number: usize| index.files.get(number).map_or("", String::as_str);
    let listed: HashMap<&str, &str> =
        index.tensors.iter().map(|(name, number)| (name.as_str(), file(*number))).collect();
    let lacking = index
        .tensors
        .iter()
        .filter(|(name, number)| !held.contains(name.as_str()) && !missing.contains(file(*number)));
    let extra =
        checkpoint.tensors.iter().filter(|tensor| !listed.contains_key(tensor.name.as_str()));
    [
        told(lacking.map(|(name, _)| name.as_str()), "the index lists", "its shard lacks"),
        told(
            extra.map(|tensor| tensor.name.as_str()),
            "the shards hold",
            "the index does not list",
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn told<'a>(mut names: impl Iterator<Item = &'a str>, who: &str, what: &str) -> Option<Diagnostic> {
    let first = names.next()?;
    let more = match names.count() {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    let found = format!("{who} `{first}`{more}, which {what}");
    let told = Diagnostic::warning("safetensors/index-differs", found);
    Some(told.help("the shards are what counts; make the index anew"))
}

/// A word on `model-00002-of-00003.safetensors`, read alone.
fn one_of_several(name: &str) -> Option<Diagnostic> {
    let stem = name.strip_suffix(".safetensors")?;
    let (rest, count) = stem.rsplit_once("-of-")?;
    let (model, number) = rest.rsplit_once('-')?;
    let (number, count): (u32, u32) = (number.parse().ok()?, count.parse().ok()?);
    (count > 1).then(|| {
        let found = format!("shard {number} of {count}: the other shards' tensors are not counted");
        Diagnostic::note("safetensors/one-shard", found)
            .help(format!("for the whole model, read {model}.safetensors.index.json"))
    })
}
