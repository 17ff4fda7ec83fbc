//! A model as JSON lines: a head, one record a layer, an end.
//!
//! This is what plugins send, what `netweight export` prints, and what is read back. A layer's
//! record is its serde form; fields that a record leaves out have their usual value.
//!
//! ```
//! let text = r#"{"schema": "netweight-model/1", "format": "sketch"}
//! {"path": "x", "type": "Input", "kind": "input", "stated_outputs": [[null, 3]]}
//! {"path": "fc", "type": "Linear", "kind": "dense", "args": {"output_size": 5}, "inputs": [{"layer": 0}]}
//! {"end": 2}
//! "#;
//! let model = netweight_core::lines::read(&mut text.as_bytes())?;
//! assert_eq!(netweight_core::analyze(&model).totals.parameters(), Some(3 * 5 + 5));
//! # Ok::<(), netweight_core::lines::LinesError>(())
//! ```

mod footprint;
mod importer;
mod read;

use std::borrow::Cow;
use std::io::{self, Write};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Args, Convention, DataFile, Diagnostic, Expectation, ImportError, Layer, Model, OwnKind,
};

pub use importer::ModelLines;
pub use read::{LinesError, read};

/// The name and version that the first line bears.
pub const SCHEMA: &str = "netweight-model/1";

/// The first line: the model but for its layers.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct Head<'a> {
    /// Always `netweight-model/1`.
    #[schemars(extend("const" = SCHEMA))]
    schema: Cow<'a, str>,
    /// The id of the format: `onnx`, `gguf`.
    format: Cow<'a, str>,
    /// What the file says of its format, in words: `ONNX opset 17`.
    #[serde(default)]
    description: Cow<'a, str>,
    /// The model's own name.
    #[serde(default)]
    name: Option<Cow<'a, str>>,
    /// Who wrote the file: `pytorch 2.9.1`.
    #[serde(default)]
    producer: Option<Cow<'a, str>>,
    /// Whose defaults hold for arguments that layers leave out.
    #[serde(default)]
    convention: Convention,
    /// Whether the file holds the weights themselves.
    #[serde(default)]
    stores_weights: bool,
    /// Kinds that the file defines for itself.
    #[serde(default, skip_serializing_if = "<[OwnKind]>::is_empty")]
    kinds: Cow<'a, [OwnKind]>,
    /// Numbers and words that the file states of the whole model, under its own keys.
    #[serde(default, skip_serializing_if = "has_none")]
    metadata: Cow<'a, Args>,
    /// The files that hold the tensors, the model's own first; none where tensors have no place.
    #[serde(default, skip_serializing_if = "<[DataFile]>::is_empty")]
    files: Cow<'a, [DataFile]>,
}

fn has_none(args: &Args) -> bool {
    *args == Args::default()
}

/// The last line of a whole model.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct End<'a> {
    /// How many layers were sent.
    end: u64,
    /// What the file says that counts must come to.
    #[serde(default, skip_serializing_if = "<[Expectation]>::is_empty")]
    expectations: Cow<'a, [Expectation]>,
    /// What there is to say about the file.
    #[serde(default)]
    diagnostics: Cow<'a, [Diagnostic]>,
}

/// The last line when the file gives no model.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Fail<'a> {
    /// Why.
    fail: Reason<'a>,
}

/// A sentence, or everything that was wrong.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Reason<'a> {
    /// One sentence for the person who runs the program.
    Sentence(Cow<'a, str>),
    /// Every problem with its place.
    Error(Cow<'a, ImportError>),
}

/// Any line, for the schema.
#[derive(JsonSchema)]
#[schemars(untagged, rename = "ModelLine")]
#[expect(dead_code, reason = "only its schema is used")]
enum Line<'a> {
    /// The first line.
    Head(Head<'a>),
    /// One line for every layer, in the file's order.
    Layer(Box<Layer>),
    /// The last line.
    End(End<'a>),
    /// The last line when the file gives no model.
    Fail(Fail<'a>),
}

/// The JSON Schema of one line, from the types themselves.
pub fn json_schema() -> schemars::Schema {
    schemars::schema_for!(Line<'_>)
}

/// Writes a model.
///
/// # Errors
/// What the writer said.
pub fn write(model: &Model, out: &mut dyn Write) -> io::Result<()> {
    let head = Head {
        schema: Cow::Borrowed(SCHEMA),
        format: Cow::Borrowed(&model.format),
        description: Cow::Borrowed(&model.description),
        name: model.name.as_deref().map(Cow::Borrowed),
        producer: model.producer.as_deref().map(Cow::Borrowed),
        convention: model.convention,
        stores_weights: model.stores_weights,
        kinds: Cow::Borrowed(&model.kinds),
        metadata: Cow::Borrowed(&model.metadata),
        files: Cow::Borrowed(&model.files),
    };
    line(&head, out)?;
    model.layers.iter().try_for_each(|layer| line(layer, out))?;
    let end = End {
        end: model.layers.len() as u64,
        expectations: Cow::Borrowed(&model.expectations),
        diagnostics: Cow::Borrowed(&model.diagnostics),
    };
    line(&end, out)
}

/// Writes why there is no model.
///
/// # Errors
/// What the writer said.
pub fn write_error(error: &ImportError, out: &mut dyn Write) -> io::Result<()> {
    line(&Fail { fail: Reason::Error(Cow::Borrowed(error)) }, out)
}

/// Writes, in one sentence, why there is no model.
///
/// # Errors
/// What the writer said.
pub fn write_sentence(sentence: &str, out: &mut dyn Write) -> io::Result<()> {
    line(&Fail { fail: Reason::Sentence(Cow::Borrowed(sentence)) }, out)
}

fn line(record: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, record)?;
    out.write_all(b"\n")
}
