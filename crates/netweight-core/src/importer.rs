//! The one interface that every format implements.

use serde::{Deserialize, Serialize};

use crate::{ImportError, Model, Rules, Shape, Source};

/// What a format is called and how its files are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImporterInfo {
    /// The id that `--from` takes: `onnx`.
    pub id: &'static str,
    /// The format's name: `ONNX`.
    pub name: &'static str,
    /// What is read, in one line.
    pub summary: &'static str,
    /// Usual file name endings, without the dot.
    pub extensions: &'static [&'static str],
}

impl ImporterInfo {
    /// Whether a file of this name usually is of this format.
    pub fn matches_name(&self, name: &str) -> bool {
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        self.extensions.iter().any(|known| known.eq_ignore_ascii_case(ending))
    }
}

/// How sure an importer is that a file is its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Not this format.
    No,
    /// Only the name speaks for it.
    Name,
    /// The content may well be.
    Likely,
    /// The content says so.
    Certain,
}

/// What a person adds to what a file says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportOptions {
    /// Shapes for inputs that the file leaves open: by name, or one without a name.
    pub input_shapes: Vec<(Option<String>, Shape)>,
    /// Whether the model is to hold the file's own operators too, which some size schemes look at.
    pub operators: bool,
    /// Rows beside those of the importers' tables; plugins do not see them.
    #[serde(skip)]
    pub rules: Rules,
}

impl ImportOptions {
    /// The shape given for an input: by its name, else the one given without a name.
    pub fn input_shape(&self, name: &str) -> Option<&Shape> {
        let named = self.input_shapes.iter().find(|(known, _)| known.as_deref() == Some(name));
        named
            .or_else(|| self.input_shapes.iter().find(|(known, _)| known.is_none()))
            .map(|(_, shape)| shape)
    }
}

/// One format: knows its own files and reads them into a [`Model`].
pub trait Importer: Send + Sync {
    /// Names and endings.
    fn info(&self) -> &ImporterInfo;

    /// Whether a file is of this format. Reads little, and never fails.
    fn probe(&self, source: &dyn Source) -> Confidence;

    /// Reads a file. What is understood by half is still a model, with diagnostics.
    ///
    /// # Errors
    /// Bytes that cannot be read as this format at all, or that exceed a limit.
    fn import(&self, source: &dyn Source, options: &ImportOptions) -> Result<Model, ImportError>;
}
