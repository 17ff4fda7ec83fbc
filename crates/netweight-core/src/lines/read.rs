//! From lines to a model, within limits.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{self, BufRead, Read as _};

use super::footprint::{compact, footprint};
use super::{End, Fail, Head, Reason, SCHEMA};
use crate::{Class, Diagnostic, ImportError, Layer, Model, limits};

/// Why lines gave no model.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LinesError {
    /// The lines end before the model is told.
    #[error("it ends after {records} records, without the end record")]
    Unfinished {
        /// Records that came before, the head included.
        records: u64,
    },
    /// A record is not what was expected.
    #[error("record {record}: {what}")]
    Invalid {
        /// Which, counted from 1.
        record: u64,
        /// What was found.
        what: String,
    },
    /// More than a limit allows.
    #[error("more than {0}")]
    Limit(String),
    /// The sender says that there is no model, and why.
    #[error(transparent)]
    Failed(ImportError),
    /// The lines could not be read.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<LinesError> for ImportError {
    fn from(error: LinesError) -> Self {
        let class = match error {
            LinesError::Failed(error) => return error,
            LinesError::Io(error) => return error.into(),
            LinesError::Limit(_) => Class::Limit,
            LinesError::Unfinished { .. } | LinesError::Invalid { .. } => Class::Malformed,
        };
        Self::new(class, Diagnostic::error("model/lines", error.to_string()))
    }
}

/// Reads a model up to its end record, and makes sure that nothing follows.
///
/// # Errors
/// Lines that are no model, are too many, or say why there is none.
pub fn read(input: &mut dyn BufRead) -> Result<Model, LinesError> {
    let mut lines = Lines { input, line: Vec::new(), records: 0, bytes: 0 };
    let mut model = lines.head()?;
    let (mut memory, mut words) = (0usize, HashSet::new());
    while lines.next()? {
        match serde_json::from_slice::<Layer>(&lines.line) {
            Ok(mut layer) => {
                compact(&mut layer, &mut words);
                memory = memory.saturating_add(footprint(&layer));
                model.layers.push(layer);
                limit(model.layers.len(), limits::LAYERS, "layers")?;
                limit(memory >> 20, limits::MODEL_MEMORY >> 20, "MiB of memory for one model")?;
            }
            Err(no_layer) => {
                lines.end(&no_layer, &mut model)?;
                return Ok(model);
            }
        }
    }
    Err(lines.unfinished())
}

fn limit(found: usize, limit: usize, what: &str) -> Result<(), LinesError> {
    if found > limit { Err(LinesError::Limit(format!("{limit} {what}"))) } else { Ok(()) }
}

struct Lines<'a> {
    input: &'a mut dyn BufRead,
    line: Vec<u8>,
    records: u64,
    bytes: u64,
}

impl Lines<'_> {
    /// Reads the next line that is not blank; false when there is none.
    fn next(&mut self) -> Result<bool, LinesError> {
        loop {
            self.line.clear();
            let length =
                (&mut *self.input).take(limits::LINE + 1).read_until(b'\n', &mut self.line)?;
            self.bytes = self.bytes.saturating_add(length as u64);
            if length as u64 > limits::LINE {
                return Err(LinesError::Limit(format!("{} MiB in a line", limits::LINE >> 20)));
            }
            if self.bytes > limits::LINES {
                return Err(LinesError::Limit(format!("{} MiB of output", limits::LINES >> 20)));
            }
            if length == 0 {
                return Ok(false);
            }
            if !self.line.trim_ascii().is_empty() {
                self.records = self.records.saturating_add(1);
                return Ok(true);
            }
        }
    }

    /// The first line: the model without its layers.
    fn head(&mut self) -> Result<Model, LinesError> {
        if !self.next()? {
            return Err(self.unfinished());
        }
        let head = match serde_json::from_slice::<Head<'_>>(&self.line) {
            Ok(head) => head,
            Err(no_head) => return Err(self.failure().unwrap_or_else(|| self.invalid(&no_head))),
        };
        if head.schema != SCHEMA {
            let what = format!("schema `{}`, where `{SCHEMA}` is read here", head.schema);
            return Err(LinesError::Invalid { record: self.records, what });
        }
        Ok(Model {
            format: head.format.into_owned(),
            description: head.description.into_owned(),
            name: head.name.map(Cow::into_owned),
            producer: head.producer.map(Cow::into_owned),
            convention: head.convention,
            stores_weights: head.stores_weights,
            kinds: head.kinds.into_owned(),
            metadata: head.metadata.into_owned(),
            files: head.files.into_owned(),
            ..Model::default()
        })
    }

    /// A line that is no layer: the end, or a failure.
    fn end(&mut self, no_layer: &serde_json::Error, model: &mut Model) -> Result<(), LinesError> {
        let Ok(end) = serde_json::from_slice::<End<'_>>(&self.line) else {
            return Err(self.failure().unwrap_or_else(|| self.invalid(no_layer)));
        };
        model.expectations = end.expectations.into_owned();
        model.diagnostics = end.diagnostics.into_owned();
        let (told, came) = (end.end, model.layers.len());
        if told != came as u64 {
            let what = format!("the end says {told} layers, {came} came");
            return Err(LinesError::Invalid { record: self.records, what });
        }
        let rows = model.expectations.iter().map(|expected| expected.rows.len().min(came));
        limit(rows.sum(), limits::EXPECTED_ROWS, "rows in expectations")?;
        if self.next()? {
            let what = "more after the end record".to_owned();
            return Err(LinesError::Invalid { record: self.records, what });
        }
        Ok(())
    }

    /// The line as the sender's word that there is no model.
    fn failure(&self) -> Option<LinesError> {
        let Fail { fail } = serde_json::from_slice(&self.line).ok()?;
        let mut error = match fail {
            Reason::Sentence(sentence) => {
                ImportError::malformed("model/failed", sentence.into_owned())
            }
            Reason::Error(error) => error.into_owned(),
        };
        // A sender may say nothing, a person is told at least that.
        error.problems.retain(|problem| !problem.message.is_empty());
        if error.problems.is_empty() {
            error =
                ImportError::malformed("model/failed", "there is no model, and no reason given");
        }
        Some(LinesError::Failed(error))
    }

    fn invalid(&self, error: &serde_json::Error) -> LinesError {
        // A line without an end was cut off: what it says so far means nothing.
        if !self.line.ends_with(b"\n") {
            return self.unfinished();
        }
        let text = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        let what = text.strip_suffix(&place).unwrap_or(&text);
        let what = format!("column {}: {what}", error.column());
        LinesError::Invalid { record: self.records, what }
    }

    fn unfinished(&self) -> LinesError {
        LinesError::Unfinished { records: self.records }
    }
}
