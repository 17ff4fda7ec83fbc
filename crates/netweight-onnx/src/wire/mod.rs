//! From bytes to [`OnnxFile`](crate::OnnxFile): the protobuf wire format, walked once.
//!
//! | file | what |
//! |---|---|
//! | `window` | a piece of the source in memory |
//! | `fields` | the fields of one message |
//! | `entry` | the small messages, decoded by prost |
//! | `kept` | the names, and the memory that may be taken |
//! | `reader` | the state of the walk |
//! | `model`, `node`, `tensor`, `value_info` | the messages |
//! | `truncation` | where a file breaks off |
//! | `probe` | whether a file is ONNX at all |
//!
//! Protobuf's rules hold throughout: a singular message that occurs twice is merged, of a
//! singular number the last one wins, numbers of a list may be packed or not, a known field of
//! an unexpected wire type is skipped like an unknown one.

mod entry;
mod fields;
mod kept;
mod model;
mod node;
mod probe;
mod reader;
mod tensor;
mod truncation;
mod value_info;
mod window;

pub use model::read;
pub(crate) use node::varint_length;
pub use probe::looks_like_onnx;
pub(crate) use tensor::{from_bfloat16, from_float16};
