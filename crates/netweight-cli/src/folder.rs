//! A folder in the place of a file: which of its files to name instead.

use std::fs;
use std::path::{Path, PathBuf};

use netweight::core::{Class, Confidence, Diagnostic, Importer};
use netweight::{FileSource, ImportError, Source};

/// So many files of a folder are looked at, and so many are named.
const LOOKED_AT: usize = 500;
const NAMED: usize = 6;

/// What is said of a folder where a file is wanted.
pub(crate) fn not_a_file(folder: &Path, importers: &[&dyn Importer]) -> ImportError {
    let models = models(folder, importers);
    let named = models.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let help = match models.len().saturating_sub(NAMED) {
        _ if models.is_empty() => "no file in it is a model; name one elsewhere".to_owned(),
        0 => format!("name a model file in it: {named}"),
        more => format!("name a model file in it: {named} and {more} more"),
    };
    let problem = Diagnostic::error("file/directory", "a directory, not a file");
    ImportError::new(Class::Io, problem).help(help)
}

/// The names of files that are called like models and whose content an importer knows, in order.
fn models(folder: &Path, importers: &[&dyn Importer]) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().take(LOOKED_AT);
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    let any = |wanted: &dyn Fn(&dyn Importer) -> bool| importers.iter().any(|one| wanted(*one));
    let reads = |file: FileSource| {
        any(&|one| one.info().matches_name(file.name()))
            && any(&|one| one.probe(&file) > Confidence::Name)
    };
    let is_model = |path: &&PathBuf| FileSource::open(path).is_ok_and(reads);
    let names = paths.iter().filter(is_model).filter_map(|path| path.file_name());
    names.map(|name| name.to_string_lossy().into_owned()).collect()
}
