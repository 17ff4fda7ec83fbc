//! Models in several files: `model-00001-of-00003.gguf`. The first one stands for the whole.

use netweight_core::{Diagnostic, ImportError, Layer, Source};

use crate::file::{self, File};
use crate::limits;

/// The tensors of a model's further files, with a row for each file that is not there.
#[derive(Debug, Default)]
pub(crate) struct Rest {
    pub(crate) files: Vec<File>,
    pub(crate) missing: Vec<Layer>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Whether this file is a later one, read alone.
    pub(crate) is_part: bool,
}

/// Reads what belongs to a file.
pub(crate) fn rest(source: &dyn Source, first: &File) -> Result<Rest, ImportError> {
    let mut rest = Rest::default();
    let count = first.metadata.size("split.count").unwrap_or(1);
    let number = first.metadata.size("split.no").unwrap_or(0);
    if count < 2 {
        return Ok(rest);
    }
    let names = Names::of(source.name());
    if number > 0 {
        rest.is_part = true;
        rest.diagnostics.push(one_of_several(number.saturating_add(1), count, names.as_ref()));
        return Ok(rest);
    }
    if count > limits::SPLITS {
        let found = format!("{count} files; at most {} are read", limits::SPLITS);
        return Err(ImportError::limit("gguf/splits", found));
    }
    let Some(names) = names else {
        rest.is_part = true;
        rest.diagnostics.push(
            one_of_several(1, count, None).help("name the files NAME-00001-of-00002.gguf and on"),
        );
        return Ok(rest);
    };
    let mut held = first.tensors.len();
    for number in 2..=count {
        let name = names.file(number);
        let opened = source.sibling(&name).map_err(|error| {
            ImportError::malformed(
                "gguf/missing-split",
                format!("`{name}` cannot be opened: {error}"),
            )
            .help("put every file of the model into one folder")
        });
        match opened.and_then(|part| file::read(part.as_ref())) {
            Ok(mut file) => {
                let number = u32::try_from(rest.files.len().saturating_add(1)).unwrap_or(u32::MAX);
                file.tensors.iter_mut().for_each(|tensor| tensor.place.file = number);
                held = held.saturating_add(file.tensors.len());
                if held > limits::TENSORS {
                    let found = format!("the files hold more than {} tensors", limits::TENSORS);
                    return Err(ImportError::limit("gguf/tensors", found));
                }
                rest.files.push(file);
            }
            Err(error) => rest.missing.push(missing(name, &error)),
        }
    }
    rest.diagnostics.extend(counted(first, &rest));
    Ok(rest)
}

/// A row that holds the place of a file's tensors.
fn missing(name: String, error: &ImportError) -> Layer {
    let told = || Diagnostic::warning("gguf/missing-split", "the file could not be read");
    let why = error.problems.first().cloned().unwrap_or_else(told).at(name.clone());
    Layer {
        path: name,
        type_name: "missing file".into(),
        unknown: Some(why.into()),
        ..Layer::default()
    }
}

fn one_of_several(number: u64, count: u64, names: Option<&Names>) -> Diagnostic {
    let found = format!("file {number} of {count}: the other files' tensors are not counted");
    let told = Diagnostic::note("gguf/one-split", found);
    match names {
        Some(names) => told.help(format!("for the whole model, read {}", names.file(1))),
        None => told,
    }
}

/// Whether the files hold as many tensors as the first one says.
fn counted(first: &File, rest: &Rest) -> Option<Diagnostic> {
    let stated = first.metadata.size("split.tensors.count")?;
    let files = std::iter::once(first).chain(&rest.files);
    let held = files.fold(0u64, |sum, file| sum.saturating_add(file.tensors.len() as u64));
    (held != stated && rest.missing.is_empty()).then(|| {
        let found = format!("the files hold {held} tensors, the first one announces {stated}");
        Diagnostic::warning("gguf/split-tensors", found)
    })
}

/// How the files of a model are called.
struct Names {
    stem: String,
    count: String,
}

impl Names {
    fn of(name: &str) -> Option<Self> {
        let (rest, count) = name.strip_suffix(".gguf")?.rsplit_once("-of-")?;
        let (stem, number) = rest.rsplit_once('-')?;
        let is_number = |text: &str| text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit());
        let named = is_number(number) && is_number(count);
        named.then(|| Self { stem: stem.to_owned(), count: count.to_owned() })
    }

    fn file(&self, number: u64) -> String {
        format!("{}-{number:05}-of-{}.gguf", self.stem, self.count)
    }
}
