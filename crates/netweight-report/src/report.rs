//! The document that every renderer prints, and nothing else: plain data, fields in the order of
//! its JSON form. Adding a field breaks no reader; changing or removing one does.

use std::borrow::Cow;
use std::sync::Arc;

use netweight_core::duplicate::Duplicate;
use netweight_core::storage::{FileBytes, Holding};
use netweight_core::{Category, Check, Diagnostic, ImportError, Shape};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use crate::size::Size;

/// The name and version of the JSON document.
pub const SCHEMA: &str = "netweight-report/1";

/// What is known about all the files of one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// Always `netweight-report/1`.
    #[schemars(extend("const" = SCHEMA))]
    #[serde(deserialize_with = "schema")]
    pub schema: Cow<'static, str>,
    /// The files that could be read, in the order they were given.
    pub models: Vec<ModelReport>,
    /// What went wrong with the others.
    pub failures: Vec<Failure>,
}

impl Report {
    /// A report on these models and failures.
    pub fn new(models: Vec<ModelReport>, failures: Vec<Failure>) -> Self {
        Self { schema: SCHEMA.into(), models, failures }
    }

    /// Reads a document that was written before. Fields that it lacks are empty.
    ///
    /// # Errors
    /// It is no JSON, or no report of this version.
    pub fn from_json(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }

    /// The JSON Schema of the document, from the types themselves.
    pub fn json_schema() -> schemars::Schema {
        written_schema::<Self>()
    }
}

/// The schema of a document as it is written: with every field, whatever a reader can do without.
pub(crate) fn written_schema<T: JsonSchema>() -> schemars::Schema {
    SchemaSettings::default().for_serialize().into_generator().into_root_schema_for::<T>()
}

fn schema<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Cow<'static, str>, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        SCHEMA => Ok(SCHEMA.into()),
        other => Err(D::Error::custom(format!("the document is `{other}`, not `{SCHEMA}`"))),
    }
}

/// What one file weighs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ModelReport {
    /// The file as it was named.
    pub source: String,
    /// The id of the format: `onnx`, `keras`, `yaml`.
    pub format: String,
    /// The model's own name.
    pub name: Option<String>,
    /// The program that wrote the file.
    pub producer: Option<String>,
    /// The plugin that read the file; none where the importer is built in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plugin: Option<Plugin>,
    /// What the file is, for a headline: `ONNX opset 17, pytorch 2.9.1`.
    pub description: String,
    /// The file's length, where it holds weights.
    pub file_bytes: Option<u64>,
    /// The files that hold the tensors, the model's own first, each byte by what it belongs to;
    /// nothing for a format that does not say where its tensors lie.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileBytes>,
    /// The sums.
    pub totals: Totals,
    /// What is not a trainable parameter, by category, with its bytes; only what there is.
    pub categories: Vec<CategoryTotal>,
    /// Every layer in the file's order, weightless ones too.
    pub layers: Vec<Layer>,
    /// What the weights take as the file stores them.
    pub stored: Option<Size>,
    /// What the weights would take under each scheme.
    pub sizes: Vec<Size>,
    /// What the file's bytes hold today, where it was asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub storage: Vec<Holding>,
    /// Stored tensors that repeat others, where they were looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicates: Option<Vec<Duplicate>>,
    /// What else there is to say.
    pub diagnostics: Vec<Diagnostic>,
}

/// Where an importer came from that is not built in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Plugin {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// The file that it lies in.
    pub path: String,
}

/// The sums over a model's layers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Totals {
    /// Trainable and non-trainable parameters as far as known; null when nothing is.
    pub parameters: Option<u64>,
    /// Learned values.
    pub trainable: u64,
    /// Running statistics and frozen layers.
    pub non_trainable: u64,
    /// Whether every layer's count is known.
    pub complete: bool,
    /// Elements of constants: shape vectors, masks, tables. Not parameters.
    pub constants: u64,
    /// Elements of scales, zero points and lookup tables. Not parameters.
    pub quantization: u64,
    /// Elements of stored tensors that nothing reads. Not parameters.
    pub unused: u64,
    /// Layers of all kinds.
    pub layers: u64,
    /// Layers that hold parameters of their own.
    pub layers_with_parameters: u64,
    /// Bytes that the parameters take in the file.
    pub stored_bytes: Option<u64>,
}

/// The tensors of one category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CategoryTotal {
    /// Which.
    pub category: Category,
    /// How many tensors.
    pub tensors: u64,
    /// Their elements.
    pub elements: u64,
    /// Their bytes in the file.
    pub stored_bytes: Option<u64>,
    /// What they are: `2 masks, 31 shape vectors`, `running statistics`.
    pub detail: Option<String>,
}

/// One layer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Layer {
    /// Its place in the module tree.
    pub path: String,
    /// What the file calls its node, where that is not the path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// Its type in the file's own words: `Conv`, `LSTM`.
    #[serde(rename = "type")]
    pub type_name: Arc<str>,
    /// The kind whose formula counts it.
    pub kind: Option<Cow<'static, str>>,
    /// What comes out of it.
    pub output_shape: Option<OutputShape>,
    /// Its parameters; null when they cannot be known.
    pub parameters: Option<u64>,
    /// Those that are learned.
    pub trainable: Option<u64>,
    /// Those that are not.
    pub non_trainable: Option<u64>,
    /// The layer whose weights it uses again; they count there.
    pub shared_with: Option<String>,
    /// The arithmetic.
    pub formula: Option<Formula>,
    /// Its tensors.
    pub weights: Vec<Weight>,
    /// Whether the file says that training leaves the layer alone.
    pub frozen: bool,
    /// Whether the count is one that a person stated, nothing else being known; there only if so.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub assumed: bool,
}

/// The shape of a layer's output, or the shapes of several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OutputShape {
    /// One output.
    One(Shape),
    /// Several outputs.
    Several(Vec<Shape>),
}

/// A layer's arithmetic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Formula {
    /// In the textbook's letters: `[i × (f × f) × o] + o`.
    pub symbols: String,
    /// With the layer's numbers: `[3 × (7 × 7) × 64] + 64`.
    pub numbers: String,
    /// What it comes to.
    pub value: u64,
    /// How it compares with the stored weights.
    pub check: Check,
}

/// One tensor of a layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Weight {
    /// Its name in the file.
    pub name: String,
    /// Its part in the layer: `kernel`, `bias`.
    pub role: Cow<'static, str>,
    /// What it counts as.
    pub category: Category,
    /// Its shape.
    pub shape: Vec<u64>,
    /// The type of its elements: `float32`.
    pub dtype: Cow<'static, str>,
    /// How many it has.
    pub elements: u64,
    /// The bytes they take in the file.
    pub stored_bytes: Option<u64>,
    /// Whether an earlier layer holds the same tensor, so that it counts there.
    #[serde(default)]
    pub shared: bool,
}

/// One thing that kept a file from being read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Failure {
    /// The file as it was named.
    pub source: String,
    /// A stable code, `area/what`.
    pub code: String,
    /// What was found, and what was expected.
    pub message: String,
    /// The place in the file.
    #[serde(rename = "where")]
    pub place: Option<String>,
    /// What to do.
    pub help: Option<String>,
    /// The file's own lines with a mark under the place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<String>,
}

impl Failure {
    /// Everything that was wrong with a file, in the error's order.
    pub fn from_error(source: &str, error: &ImportError) -> Vec<Self> {
        error.problems.iter().map(|problem| Self::from_problem(source, problem)).collect()
    }

    fn from_problem(source: &str, problem: &Diagnostic) -> Self {
        Self {
            source: source.to_owned(),
            code: problem.code.to_string(),
            message: problem.message.clone(),
            place: problem.place.clone(),
            help: problem.help.clone(),
            excerpt: problem.excerpt.clone(),
        }
    }
}
