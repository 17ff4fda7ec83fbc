//! From paths to models: files that can be read and files that cannot, in the order given.

use std::io::{self, Read as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use netweight::core::{Class, Diagnostic, limits};
use netweight::report::{self, Failure};
use netweight::{Bytes, FileSource, ImportError, ImportOptions, Model, Source, assume, spec};

use crate::args::{Reading, Schemes};
use crate::folder;

/// A file's model, and its own length.
pub(crate) struct Read {
    pub(crate) name: String,
    pub(crate) model: Model,
    pub(crate) bytes: u64,
    /// The file, for who reads its weights too.
    pub(crate) source: Box<dyn Source>,
    /// The plugin that read it, where one did.
    pub(crate) plugin: Option<report::Plugin>,
}

/// Reads a file, with its own operators where they are needed.
pub(crate) fn read(path: &Path, reading: &Reading, operators: bool) -> Result<Read, Vec<Failure>> {
    // A mistake in an importer must cost its own file only.
    let result = catch_unwind(AssertUnwindSafe(|| model(path, reading, operators)));
    let internal = || {
        ImportError::malformed(
            "internal",
            "netweight stumbled over this file; please report it with the file",
        )
    };
    match result.unwrap_or_else(|_| Err(internal())) {
        Ok(mut read) => {
            read.model.convention = reading.convention.unwrap_or(read.model.convention);
            assume(&mut read.model, &reading.assume);
            Ok(read)
        }
        Err(error) => Err(Failure::from_error(&path.display().to_string(), &error)),
    }
}

fn model(path: &Path, reading: &Reading, operators: bool) -> Result<Read, ImportError> {
    let importers = reading.plugins.importers();
    let source: Box<dyn Source> = match path.to_str() {
        Some("-") => Box::new(standard_input()?),
        _ if path.is_dir() => return Err(folder::not_a_file(path, &importers)),
        _ => Box::new(FileSource::open(path).map_err(|error| opening(&error))?),
    };
    let options = ImportOptions {
        input_shapes: reading.input_shape.clone(),
        operators,
        rules: reading.rules.clone(),
    };
    let importer = netweight::select(&importers, source.as_ref(), reading.from.as_deref())?;
    Ok(Read {
        name: path.display().to_string(),
        model: importer.import(source.as_ref(), &options)?,
        bytes: source.len(),
        plugin: reading.plugins.provenance(importer),
        source,
    })
}

impl Schemes {
    /// Reads the scheme files.
    pub(crate) fn read_files(&mut self) -> Result<(), Vec<Failure>> {
        for path in &self.files {
            self.own.extend(file_beside(path, spec::read_schemes)?);
        }
        Ok(())
    }
}

/// What a file says that goes with a command rather than being its subject.
fn file_beside<T>(
    path: &Path,
    read: fn(&dyn Source) -> Result<T, ImportError>,
) -> Result<T, Vec<Failure>> {
    let source = FileSource::open(path).map_err(|error| opening(&error));
    let told = |error| Failure::from_error(&path.display().to_string(), &error);
    source.and_then(|source| read(&source)).map_err(told)
}

impl Reading {
    /// Reads the rules files, the first row for an operator or class being the one that holds.
    pub(crate) fn read_rules(&mut self) -> Result<(), Vec<Failure>> {
        for path in &self.rule_files {
            let rules = file_beside(path, spec::read_rules)?;
            self.rules.operators.extend(rules.operators);
            self.rules.classes.extend(rules.classes);
        }
        Ok(())
    }
}

fn standard_input() -> Result<Bytes, ImportError> {
    let mut bytes = Vec::new();
    io::stdin().lock().take(limits::STDIN.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limits::STDIN {
        return Err(ImportError::limit("stdin/too-long", "more than 1 GiB on standard input")
            .help("pass the file by its path"));
    }
    Ok(Bytes::new("standard input", bytes))
}

/// What the system says of a path that cannot be opened, in words.
fn opening(error: &io::Error) -> ImportError {
    let (code, message) = match error.kind() {
        io::ErrorKind::NotFound => ("file/not-found", "no such file".to_owned()),
        io::ErrorKind::PermissionDenied => {
            ("file/not-allowed", "not allowed to read it".to_owned())
        }
        io::ErrorKind::IsADirectory => ("file/directory", "a directory, not a file".to_owned()),
        _ => ("file/unreadable", error.to_string()),
    };
    ImportError::new(Class::Io, Diagnostic::error(code, message))
}
