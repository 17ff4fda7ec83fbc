//! What is read of a file, what is refused, and what it may cost.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "the writer of test messages casts as the wire format does"
)]
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::panic, reason = "tests")]

mod attribute;
mod hostile;
mod model;
mod probe;
mod proto;
mod random;
mod second_reader;
mod source;
mod tensor;
mod truncation;

use netweight_core::{Bytes, ImportError};
use netweight_onnx::{Graph, Name, OnnxFile};
use proto::Message;

fn read(model: &Message) -> Result<OnnxFile, ImportError> {
    netweight_onnx::read(&Bytes::new("test.onnx", model.0.clone()))
}

/// A model that must be readable.
fn good(model: &Message) -> OnnxFile {
    read(model).unwrap()
}

fn main_graph(file: &OnnxFile) -> &Graph {
    file.graph(file.graph).unwrap()
}

fn texts<'a>(file: &'a OnnxFile, names: &[Name]) -> Vec<&'a str> {
    names.iter().map(|&name| file.names.text(name)).collect()
}

fn pairs<'a>(file: &'a OnnxFile, entries: &[(Name, Name)]) -> Vec<(&'a str, &'a str)> {
    entries.iter().map(|&(key, value)| (file.names.text(key), file.names.text(value))).collect()
}

fn codes(file: &OnnxFile) -> Vec<&str> {
    file.problems.iter().map(|problem| &*problem.code).collect()
}
