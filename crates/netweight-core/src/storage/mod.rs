//! What a file's bytes hold today, and what would shrink them.
//!
//! [`files`] accounts for every byte of every file that a model's tensors lie in, by category;
//! [`holdings`] says the same in more detail, with what could go.

mod graph;
mod holding;
mod payload;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use holding::{Holding, holdings};

use crate::words::words;
use crate::{Analysis, Category, Tensor};
use payload::payloads;

words! {
    /// What a byte of a file belongs to.
    Part {
        /// Values that count as parameters, but for statistics.
        Parameters "parameters",
        /// Running statistics.
        Statistics "statistics",
        /// Values that nobody learned.
        Constants "constants",
        /// Scales, zero points, lookup tables.
        Quantization "quantization",
        /// Tensors that nothing reads.
        Unused "unused",
        /// Names, shapes, operators, metadata.
        Graph "graph",
        /// In a file beside the model's own: what belongs to no tensor.
        Rest "rest",
    }
}

impl Part {
    fn of(tensor: &Tensor) -> Self {
        match tensor.category {
            Category::NonTrainable if tensor.role.is_statistic() => Self::Statistics,
            Category::Trainable | Category::NonTrainable => Self::Parameters,
            Category::Constant => Self::Constants,
            Category::Quantization => Self::Quantization,
            Category::Unused => Self::Unused,
        }
    }

    /// What belongs to no tensor of a model's file.
    fn rest(file: usize) -> Self {
        if file == 0 { Self::Graph } else { Self::Rest }
    }
}

/// Every byte of a file by what it belongs to. The parts add up to the file's length; in a file
/// that is not there, to what the model says that it holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FileBytes {
    /// The file, relative to the model's folder.
    pub name: String,
    /// Its length; none where it is not there.
    pub length: Option<u64>,
    /// Bytes of values that count as parameters, but for statistics.
    pub parameters: u64,
    /// Bytes of running statistics.
    pub statistics: u64,
    /// Bytes of values that nobody learned.
    pub constants: u64,
    /// Bytes of scales, zero points and lookup tables.
    pub quantization: u64,
    /// Bytes of tensors that nothing reads.
    pub unused: u64,
    /// Bytes of names, shapes, operators and metadata.
    pub graph: u64,
    /// In a file beside the model's own: bytes that belong to no tensor.
    pub rest: u64,
}

impl FileBytes {
    /// Its parts in order.
    pub fn parts(&self) -> [(Part, u64); 7] {
        [
            (Part::Parameters, self.parameters),
            (Part::Statistics, self.statistics),
            (Part::Constants, self.constants),
            (Part::Quantization, self.quantization),
            (Part::Unused, self.unused),
            (Part::Graph, self.graph),
            (Part::Rest, self.rest),
        ]
    }

    /// What the parts add up to.
    pub fn total(&self) -> u64 {
        self.parts().iter().fold(0, |sum, (_, bytes)| sum.saturating_add(*bytes))
    }

    /// Adds bytes to one of its parts.
    pub fn add(&mut self, part: Part, bytes: u64) {
        let place = match part {
            Part::Parameters => &mut self.parameters,
            Part::Statistics => &mut self.statistics,
            Part::Constants => &mut self.constants,
            Part::Quantization => &mut self.quantization,
            Part::Unused => &mut self.unused,
            Part::Graph => &mut self.graph,
            Part::Rest => &mut self.rest,
        };
        *place = place.saturating_add(bytes);
    }
}

/// The files that a model's tensors lie in, each byte accounted for; none for a format that does
/// not say where its tensors lie.
pub fn files(analysis: &Analysis<'_>) -> Vec<FileBytes> {
    let known = analysis.model.files.iter();
    let bytes = known.map(|file| FileBytes {
        name: file.name.clone(),
        length: file.length,
        ..FileBytes::default()
    });
    let mut files: Vec<FileBytes> = bytes.collect();
    for payload in payloads(analysis, &analysis.model.files) {
        if let Some(file) = files.get_mut(payload.file) {
            file.add(Part::of(payload.tensor), payload.bytes);
        }
    }
    for (number, file) in files.iter_mut().enumerate() {
        let rest = file.length.unwrap_or(0).saturating_sub(file.total());
        file.add(Part::rest(number), rest);
    }
    files
}
