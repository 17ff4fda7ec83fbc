//! The importers that are built in, and the choice among them.

use netweight_core::{Confidence, Diagnostic, ImportError, Importer, Severity, Source};

use crate::mistaken;

/// Every importer; a new format is a line here.
static IMPORTERS: &[&dyn Importer] = &[
    &netweight_onnx::OnnxImporter,
    &netweight_keras::KerasImporter,
    &netweight_yaml::YamlImporter,
];

/// Every importer that is built in.
pub fn importers() -> &'static [&'static dyn Importer] {
    IMPORTERS
}

/// The importer for a source: the one of that id, else the one whose content speaks loudest,
/// names deciding between equals.
///
/// # Errors
/// No importer knows the file, or several do and only `--from` can tell.
pub fn select(
    source: &dyn Source,
    from: Option<&str>,
) -> Result<&'static dyn Importer, ImportError> {
    match from {
        Some(id) => by_id(id),
        None => by_content(source),
    }
}

fn by_id(id: &str) -> Result<&'static dyn Importer, ImportError> {
    IMPORTERS.iter().copied().find(|importer| importer.info().id == id).ok_or_else(|| {
        let known: Vec<&str> = IMPORTERS.iter().map(|importer| importer.info().id).collect();
        ImportError::unsupported("format/unknown-id", format!("no format `{id}`"))
            .help(format!("formats are {}", known.join(", ")))
    })
}

fn by_content(source: &dyn Source) -> Result<&'static dyn Importer, ImportError> {
    if let Some(problem) = mistaken::recognise(source)? {
        return Err(problem);
    }
    let mut found: Vec<(Confidence, bool, &'static dyn Importer)> = IMPORTERS
        .iter()
        .map(|importer| {
            (importer.probe(source), importer.info().matches_name(source.name()), *importer)
        })
        .filter(|(confidence, ..)| *confidence > Confidence::No)
        .collect();
    found.sort_by_key(|(confidence, named, _)| std::cmp::Reverse((*confidence, *named)));
    match found.as_slice() {
        [] => Err(unknown(source)),
        [first, second, ..] if (first.0, first.1) == (second.0, second.1) => Err(ambiguous(&found)),
        [first, ..] => Ok(first.2),
    }
}

fn unknown(source: &dyn Source) -> ImportError {
    let known: Vec<&str> = IMPORTERS.iter().map(|importer| importer.info().name).collect();
    let what = match source.is_empty() {
        true => "the file is empty".to_owned(),
        false => format!("the content is of no known format ({})", known.join(", ")),
    };
    ImportError::unsupported("format/unknown", what)
        .help("`netweight formats` lists what is read; --from ID forces one")
}

fn ambiguous(found: &[(Confidence, bool, &'static dyn Importer)]) -> ImportError {
    let ids: Vec<&str> = found.iter().map(|(.., importer)| importer.info().id).collect();
    let problem = Diagnostic::new(
        Severity::Error,
        "format/ambiguous",
        format!("the file may be {}", ids.join(" or ")),
    );
    ImportError::new(netweight_core::Class::Unsupported, problem).help("name the format: --from ID")
}
