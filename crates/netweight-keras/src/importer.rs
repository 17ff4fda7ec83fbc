//! The importer: whether a file is a Keras config, and what it says.

use netweight_core::{
    Confidence, Convention, ImportError, ImportOptions, Importer, ImporterInfo, Model, Severity,
    Source,
};
use netweight_markup::{Document, Limits, Node, parse_json, parse_yaml};

use crate::findings::{diagnostic, malformed, unreadable};
use crate::fit::{self, Origin};
use crate::limits;
use crate::reader::Reader;
use crate::version::Version;

/// Reads Keras configs: what `model.to_json()` writes, and `to_yaml()` of early versions.
#[derive(Debug, Clone, Copy, Default)]
pub struct KerasImporter;

static INFO: ImporterInfo = ImporterInfo {
    id: "keras",
    name: "Keras",
    summary: "configs of Keras 1, 2 and 3 as JSON, and the YAML of early versions",
    extensions: &["json", "yaml", "yml"],
};

impl Importer for KerasImporter {
    fn info(&self) -> &ImporterInfo {
        &INFO
    }

    fn probe(&self, source: &dyn Source) -> Confidence {
        let by_name = match INFO.matches_name(source.name()) {
            true => Confidence::Name,
            false => Confidence::No,
        };
        let Ok(bytes) = source.read_vec(0, limits::PROBE) else { return by_name };
        let text = String::from_utf8_lossy(&bytes);
        let has = |key: &str| text.contains(key);
        match (has("class_name"), has("config")) {
            (true, true) => Confidence::Certain,
            (true, false) => Confidence::Likely,
            _ => by_name,
        }
    }

    fn import(&self, source: &dyn Source, options: &ImportOptions) -> Result<Model, ImportError> {
        let document = read(source)?;
        model(&document, options)
    }
}

/// The file as a tree.
fn read(source: &dyn Source) -> Result<Document, ImportError> {
    let limit = Limits::KERAS.bytes;
    if source.len() > limit as u64 {
        let told = format!("{} bytes, at most {limit} are read of a config", source.len());
        return Err(ImportError::limit("keras/too-large", told));
    }
    let bytes = source.read_vec(0, limit)?;
    let parse = if is_yaml(source.name(), &bytes) { parse_yaml } else { parse_json };
    parse(source.name(), &bytes, &Limits::KERAS).map_err(|failure| unreadable(&failure))
}

/// Early versions wrote YAML, in block or in flow style; its keys are not quoted.
fn is_yaml(name: &str, bytes: &[u8]) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    if ["yaml", "yml"].iter().any(|known| known.eq_ignore_ascii_case(ending)) {
        return true;
    }
    let mut marks = bytes.iter().filter(|byte| !byte.is_ascii_whitespace());
    match (marks.next(), marks.next()) {
        (Some(b'{'), Some(second)) => second.is_ascii_alphabetic(),
        (Some(first), _) => first.is_ascii_alphabetic() && !ending.eq_ignore_ascii_case("json"),
        _ => false,
    }
}

/// The tree as a model.
fn model(document: &Document, options: &ImportOptions) -> Result<Model, ImportError> {
    let root = &document.root;
    if root.get("class_name").is_none() {
        let problem = root.mismatch("a Keras config: a map with `class_name` and `config`");
        let mut problems = document.problems.clone();
        problems.push(problem);
        return Err(malformed(document, &problems));
    }
    let version = Version::of(root);
    let mut reader = Reader::new(version, options);
    reader.top(root);
    let Reader { rows, mut findings, .. } = reader;

    let mut model = Model {
        description: version.describe(root),
        name: Reader::name(root).map(str::to_owned),
        producer: producer(root, version),
        convention: Convention::Keras,
        ..Model::new(INFO.id)
    };
    let mut origins = Vec::with_capacity(rows.len());
    for row in rows {
        origins.push(Origin { class: row.class, span: row.span });
        model.push(row.layer);
    }
    if findings.errors.is_empty() {
        fit::check(&mut model, &origins, &mut findings);
    }
    if !findings.errors.is_empty() {
        return Err(malformed(document, &findings.errors));
    }
    let told = document.problems.iter().chain(&findings.warnings);
    model.diagnostics =
        told.map(|problem| diagnostic(document, problem, Severity::Warning)).collect();
    Ok(model)
}

/// The version and what computed with it.
fn producer(root: &Node, version: Version) -> Option<String> {
    root.get("keras_version")?;
    let backend = root.get("backend").and_then(Node::as_str);
    let described = version.describe(root);
    Some(match backend {
        Some(backend) => format!("{described} ({backend})"),
        None => described,
    })
}
