//! The importer: whether a file is a Keras config, and what it says.

use netweight_core::{
    Confidence, Convention, Diagnostic, ImportError, ImportOptions, Importer, ImporterInfo, Layer,
    Model, Severity, Source,
};
use netweight_markup::{Document, Limits, Node, parse_json, parse_yaml};

use crate::archive::{self, Archive};
use crate::findings::{diagnostic, malformed, unreadable};
use crate::fit::{self, Origin};
use crate::hdf5::{self, Tree, Window};
use crate::limits;
use crate::python;
use crate::reader::Reader;
use crate::tensorflow_js;
use crate::version::Version;
use crate::weights;

/// Reads Keras models: what `model.to_json()` writes, `to_yaml()` of early versions, `.keras`
/// archives and HDF5 files, and the `model.json` of TensorFlow.js where that is a Keras model.
#[derive(Debug, Clone, Copy, Default)]
pub struct KerasImporter;

static INFO: ImporterInfo = ImporterInfo {
    id: "keras",
    name: "Keras",
    summary: "models of Keras 1, 2 and 3: .keras, HDF5, configs as JSON, early ones as YAML, TensorFlow.js",
    extensions: &["keras", "h5", "hdf5", "json", "yaml", "yml"],
};

impl Importer for KerasImporter {
    fn info(&self) -> &ImporterInfo {
        &INFO
    }

    fn probe(&self, source: &dyn Source) -> Confidence {
        // A `.yaml` without Keras' words in it is anybody's.
        let by_name = match INFO.matches_name(source.name()) && !has_yaml_ending(source.name()) {
            true => Confidence::Name,
            false => Confidence::No,
        };
        let Ok(head) = source.read_vec(0, limits::PROBE) else { return by_name };
        match Container::of(source, &head) {
            Container::Zip | Container::Hdf5 => by_name.max(Confidence::Likely),
            Container::Text => {
                let text = String::from_utf8_lossy(&head);
                match (text.contains("class_name"), text.contains("config")) {
                    (true, true) => Confidence::Certain,
                    (true, false) => Confidence::Likely,
                    _ => by_name,
                }
            }
        }
    }

    fn import(&self, source: &dyn Source, options: &ImportOptions) -> Result<Model, ImportError> {
        let head = source.read_vec(0, limits::PROBE)?;
        match Container::of(source, &head) {
            Container::Zip => archive(source, options),
            Container::Hdf5 => hdf5(source, options),
            Container::Text => {
                let bytes = source.read_vec(0, TEXT)?;
                let document = read(source.name(), &bytes)?;
                let root = &document.root;
                if let Some(parts) = tensorflow_js::parts(root)? {
                    let mut model = model(&document, parts.config, options, parts.version)?;
                    weights::attach_listed(&mut model, parts.weights);
                    return Ok(model);
                }
                match root.get("weight_map") {
                    Some(map) if root.get("class_name").is_none() => shards(source, map),
                    _ => model(&document, root, options, None),
                }
            }
        }
    }
}

/// Bytes that are read of a text: one more than the markup takes, so that it says so itself.
const TEXT: usize = netweight_markup::limits::BYTES + 1;

/// What a file is made of, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Container {
    Text,
    Zip,
    Hdf5,
}

impl Container {
    fn of(source: &dyn Source, head: &[u8]) -> Self {
        // HDF5 may begin behind a block of the user's, at 512 bytes or any doubling of it.
        let starts = std::iter::once(0).chain((9..16).map(|power| 1usize << power));
        let signed = |at: usize| head.get(at..).is_some_and(|rest| rest.starts_with(HDF5));
        // An archive's member may stand just there.
        if head.starts_with(b"PK\x03\x04") {
            Self::Zip
        } else if starts.into_iter().any(signed) {
            Self::Hdf5
        } else if has_ending(source.name(), "keras") && !is_json(head) {
            Self::Zip
        } else if has_ending(source.name(), "h5") && !is_json(head) {
            Self::Hdf5
        } else {
            Self::Text
        }
    }
}

const HDF5: &[u8] = b"\x89HDF\r\n\x1a\n";

fn has_ending(name: &str, ending: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, found)| found.eq_ignore_ascii_case(ending))
}

/// Whether the bytes begin as JSON does, in any encoding.
fn is_json(head: &[u8]) -> bool {
    let first = head.iter().find(|byte| !byte.is_ascii_whitespace());
    first.is_some_and(|byte| b"{[\"\xef\xfe\xff".contains(byte))
}

/// A `.keras` archive: its config, and its weights as evidence.
fn archive(source: &dyn Source, options: &ImportOptions) -> Result<Model, ImportError> {
    let Archive { config, metadata, weights, findings } = archive::open(source)?;
    let metadata = metadata.and_then(|bytes| read("metadata.json", &bytes).ok());
    let version =
        metadata.as_ref().and_then(|document| document.root.get("keras_version")?.as_str());
    let document = read("config.json", &config)?;
    let mut model = model(&document, &document.root, options, version)?;
    model.diagnostics.splice(0..0, findings);
    if !has_ending(source.name(), "keras") {
        let told = "a `.keras` archive under another ending";
        model.diagnostics.push(Diagnostic::note("keras/name", told));
    }
    match weights.map(hdf5::read) {
        Some(Ok(tree)) => {
            tell(&mut model, &tree);
            weights::attach(&mut model, &tree);
        }
        Some(Err(told)) => {
            let told = format!("the weights cannot be read, the config can: {told}");
            model.diagnostics.push(Diagnostic::warning("keras/weights", told));
        }
        None => {}
    }
    Ok(model)
}

/// An HDF5 file: weights, and in most the config as text beside them.
fn hdf5(source: &dyn Source, options: &ImportOptions) -> Result<Model, ImportError> {
    let window = Window::whole(source)?;
    let damaged = |told| {
        ImportError::malformed("keras/hdf5", told)
            .help("the file may be cut off or damaged: copy, download or save it again")
    };
    let tree = hdf5::read(window).map_err(damaged)?;
    let root = tree.groups.first().filter(|group| group.path.is_empty());
    let mut model = match root.and_then(|root| root.attribute("model_config")) {
        Some(Some(texts)) => {
            let config = texts.first().map(String::as_str).unwrap_or_default();
            let document = read("model_config", config.as_bytes())?;
            let version = root.and_then(|root| root.text("keras_version"));
            let mut model = model(&document, &document.root, options, version)?;
            weights::attach(&mut model, &tree);
            model
        }
        Some(None) => {
            let most = limits::HDF5_TEXT >> 20;
            let told = format!("the attribute `model_config` holds no text of at most {most} MiB");
            return Err(ImportError::malformed("keras/hdf5", told));
        }
        None => weights_alone(&tree)?,
    };
    tell(&mut model, &tree);
    if has_ending(source.name(), "keras") {
        let told = "an HDF5 file under the ending of an archive";
        model.diagnostics.push(Diagnostic::note("keras/name", told));
    }
    Ok(model)
}

/// What of a weights file could not be read.
fn tell(model: &mut Model, tree: &Tree) {
    let told = tree.problems.iter().map(|told| Diagnostic::warning("keras/hdf5", told.clone()));
    model.diagnostics.extend(told);
}

/// Weights without a config: layers by their groups, counted by what they hold.
fn weights_alone(tree: &Tree) -> Result<Model, ImportError> {
    if weights::is_empty(tree) && tree.problems.is_empty() {
        let told = "an HDF5 file without a model's config, and without weights";
        return Err(ImportError::malformed("keras/hdf5", told));
    }
    let mut model = Model {
        description: "Keras weights".to_owned(),
        convention: Convention::Keras,
        stores_weights: true,
        ..Model::new(INFO.id)
    };
    weights::alone(&mut model, tree);
    if !tree.problems.is_empty() {
        let told = "a part of the file cannot be read, and with it perhaps weights";
        let unknown = Some(Diagnostic::warning("keras/hdf5", told).into());
        model.push(Layer { path: "unread".to_owned(), unknown, ..Layer::default() });
    }
    let told =
        "weights without a config: layers are the groups that hold them, shapes stay unknown";
    model.diagnostics.push(
        Diagnostic::note("keras/weights-only", told)
            .help("pass the model itself: model.save(\"model.keras\") or model.to_json()"),
    );
    Ok(model)
}

/// Weights in several files, and a list of which layer's are where.
fn shards(source: &dyn Source, map: &Node) -> Result<Model, ImportError> {
    let mut names: Vec<&str> = Vec::new();
    for (_, files) in map.as_map().unwrap_or_default() {
        names.extend(files.as_seq().unwrap_or_default().iter().filter_map(Node::as_str));
    }
    names.sort_unstable();
    names.dedup();
    if names.len() > limits::SHARDS {
        let found = format!("{} shards; at most {} are read", names.len(), limits::SHARDS);
        return Err(ImportError::limit("keras/too-many-shards", found));
    }
    let (mut whole, mut left) = (Tree::default(), None);
    let mut missing = Vec::new();
    for name in names {
        let tree = source.sibling(name).map_err(|error| error.to_string());
        let tree = tree.and_then(|shard| {
            let window = Window::next(&*shard, &mut left).map_err(|error| error.to_string())?;
            hdf5::read(window)
        });
        match tree {
            Ok(tree) => whole.join(tree)?,
            Err(told) => missing.push(format!("the shard `{name}` cannot be read: {told}")),
        }
    }
    let mut model = match whole.datasets.is_empty() {
        true => Model { description: "Keras weights".to_owned(), ..Model::new(INFO.id) },
        false => weights_alone(&whole)?,
    };
    for told in missing {
        let unknown = Diagnostic::warning("keras/missing-shard", told);
        let path = format!("shard {}", model.layers.len());
        model.push(Layer { path, unknown: Some(unknown.into()), ..Layer::default() });
    }
    tell(&mut model, &whole);
    Ok(model)
}

/// A text as a tree.
fn read(name: &str, bytes: &[u8]) -> Result<Document, ImportError> {
    let is_yaml = is_yaml(name, bytes);
    let parse = if is_yaml { parse_yaml } else { parse_json };
    let mut document =
        parse(name, bytes, &Limits::KERAS).map_err(|failure| unreadable(&failure))?;
    if is_yaml {
        python::plain(&mut document.root);
    }
    Ok(document)
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

/// A config of a document as a model. Containers keep the version beside the config.
fn model(
    document: &Document,
    root: &Node,
    options: &ImportOptions,
    version: Option<&str>,
) -> Result<Model, ImportError> {
    if root.get("class_name").is_none() {
        let mut problem = root.mismatch("a Keras config: a map with `class_name` and `config`");
        if root.as_str().is_some_and(|text| text.contains("class_name")) {
            // What `json.dump(model.to_json(), file)` leaves.
            problem = problem.help("it was encoded twice; write `model.to_json()` as it is");
        }
        let mut problems = document.problems.clone();
        problems.push(problem);
        return Err(malformed(document, &problems));
    }
    let written = version.or_else(|| root.get("keras_version")?.as_str());
    let version = Version::of(root, written);
    let mut reader = Reader::new(version, options);
    reader.top(root);
    let instead = reader.instead();
    let Reader { rows, kinds, mut findings, .. } = reader;

    let mut model = Model {
        description: version.describe(written),
        name: Reader::name(root).map(str::to_owned),
        producer: written.map(|_| producer(root, &version.describe(written))),
        convention: Convention::Keras,
        kinds,
        ..Model::new(INFO.id)
    };
    let mut origins = Vec::with_capacity(rows.len());
    for row in rows {
        origins.push(Origin { class: row.class, ruled: row.ruled, span: row.span });
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
    model.diagnostics.extend(instead);
    Ok(model)
}

/// The version and what computed with it.
fn producer(root: &Node, version: &str) -> String {
    match root.get("backend").and_then(Node::as_str) {
        Some(backend) => format!("{version} ({backend})"),
        None => version.to_owned(),
    }
}

fn has_yaml_ending(name: &str) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    ["yaml", "yml"].iter().any(|known| known.eq_ignore_ascii_case(ending))
}

#[cfg(test)]
mod tests {
    use netweight_core::Bytes;

    use super::{Container, HDF5};

    #[test]
    fn an_archive_is_one_wherever_its_weights_begin() {
        let source = Bytes::new("model.keras", Vec::new());
        let mut head = vec![0; 2048];
        head.splice(..4, *b"PK\x03\x04");
        head.extend(HDF5);
        assert_eq!(Container::of(&source, &head), Container::Zip);
        assert_eq!(Container::of(&source, &[&[0; 2048], HDF5].concat()), Container::Hdf5);
    }
}
