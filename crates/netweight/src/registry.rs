//! The importers that are built in, and the choice among importers.

use netweight_core::lines::ModelLines;
use netweight_core::{Confidence, ImportError, Importer, Source};

use crate::mistaken;

/// Every importer; a new format is a line here.
static IMPORTERS: &[&dyn Importer] = &[
    &netweight_onnx::OnnxImporter,
    &netweight_keras::KerasImporter,
    &netweight_yaml::YamlImporter,
    &ModelLines,
];

/// Every importer that is built in.
///
/// ```
/// let ids: Vec<&str> = netweight::importers().iter().map(|one| one.info().id).collect();
/// assert_eq!(ids, ["onnx", "keras", "yaml", "netweight"]);
/// ```
pub fn importers() -> &'static [&'static dyn Importer] {
    IMPORTERS
}

/// The importer for a source, among these: the one of that id, else the one whose content
/// speaks loudest, names deciding between equals.
///
/// ```
/// use netweight::{Bytes, importers, select};
///
/// let source = Bytes::new("unnamed", "layers: [dense: 2]\n");
/// assert_eq!(select(importers(), &source, None)?.info().id, "yaml");
/// assert_eq!(select(importers(), &source, Some("keras"))?.info().id, "keras");
/// # Ok::<(), netweight::ImportError>(())
/// ```
///
/// # Errors
/// No importer knows the file, or several do and only `--from` can tell.
pub fn select<'a>(
    importers: &[&'a dyn Importer],
    source: &dyn Source,
    from: Option<&str>,
) -> Result<&'a dyn Importer, ImportError> {
    match from {
        Some(id) => by_id(importers, id),
        None => by_content(importers, source),
    }
}

fn by_id<'a>(importers: &[&'a dyn Importer], id: &str) -> Result<&'a dyn Importer, ImportError> {
    importers.iter().copied().find(|importer| importer.info().id == id).ok_or_else(|| {
        let known: Vec<&str> = importers.iter().map(|importer| importer.info().id).collect();
        ImportError::unsupported("format/unknown-id", format!("no format `{id}`"))
            .help(format!("formats are {}", known.join(", ")))
    })
}

fn by_content<'a>(
    importers: &[&'a dyn Importer],
    source: &dyn Source,
) -> Result<&'a dyn Importer, ImportError> {
    let mut found: Vec<(Confidence, bool, &'a dyn Importer)> = importers
        .iter()
        .map(|importer| {
            (importer.probe(source), importer.info().matches_name(source.name()), *importer)
        })
        .filter(|(confidence, ..)| *confidence > Confidence::No)
        .collect();
    found.sort_by_key(|(confidence, named, _)| std::cmp::Reverse((*confidence, *named)));
    let best = found.first().map(|(confidence, ..)| *confidence);
    // A plugin may well read what is passed by mistake where there is none.
    if best != Some(Confidence::Certain)
        && let Some(problem) = mistaken::recognise(source)?
    {
        return Err(problem);
    }
    // Content speaks louder than a name.
    if best <= Some(Confidence::Name)
        && let Some(problem) = mistaken::without_importer(source)?
    {
        return Err(problem);
    }
    match found.as_slice() {
        [] => Err(unknown()),
        [first, second, ..] if (first.0, first.1) == (second.0, second.1) => Err(ambiguous(&found)),
        [first, ..] => Ok(first.2),
    }
}

fn unknown() -> ImportError {
    ImportError::unsupported("format/unknown", "the content is of no known format")
        .help("`netweight formats` lists what is read; --from ID forces one")
}

fn ambiguous(found: &[(Confidence, bool, &dyn Importer)]) -> ImportError {
    let ids: Vec<&str> = found.iter().map(|(.., importer)| importer.info().id).collect();
    let message = format!("the file may be {}", ids.join(" or "));
    ImportError::unsupported("format/ambiguous", message).help("name the format: --from ID")
}
