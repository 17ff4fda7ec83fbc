//! ONNX files as ONNX Runtime's quantizers write them.

mod edit;
mod flow;
mod lower;
mod message;
mod rows;
mod weight_only;

pub(super) use flow::Flow;
pub(super) use rows::{Layout, WEIGHT_ONLY};
pub(super) use weight_only::size as weight_only;
