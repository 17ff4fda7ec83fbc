//! Every bound on what is read, in one place, each with its reason.

/// Layers of one model. Larger than any real graph; keeps memory near a gigabyte at worst.
pub const LAYERS: usize = 1_000_000;

/// Memory that one ONNX file's names, nodes, attributes and shapes may take, in bytes. A graph
/// of 50,000 nodes takes a fifth of it; what nobody exports (millions of empty entries) stops here.
pub const ONNX_MEMORY: u64 = 256 << 20;

/// Bytes of an ONNX file that are looked at, payloads not counted. Bounds the time: other
/// readers refuse whole files over 2 GiB, and nearly all of a large file is payload.
pub const ONNX_READ: u64 = 1 << 30;

/// Bytes read to tell whether a file is ONNX: the graph comes after a few short fields.
pub const ONNX_PROBE: u64 = 64 << 10;

/// Graphs inside graphs (the bodies of `If`, `Loop`, `Scan`). Common readers stop at 33, so
/// this refuses nothing that others can open.
pub const ONNX_DEPTH: usize = 64;

/// Dimensions of one ONNX tensor. Array libraries stop at 64 or before.
pub const ONNX_DIMS: usize = 64;

/// Bytes of one name in an ONNX file, and of one type. Names are paths of some hundred bytes.
pub const ONNX_NAME: u64 = 64 << 10;

/// Bytes of one metadata entry in an ONNX file: `torch.export` lists every weight of the model
/// in a single entry.
pub const ONNX_ENTRY: u64 = 1 << 20;

/// Integers or texts kept of a list, integers of a tensor in an ONNX file: enough for shapes,
/// axes and pads.
pub const ONNX_INTS: usize = 64;

/// Floats kept of a list or of a tensor in an ONNX file: enough for scalars such as epsilon.
pub const ONNX_FLOATS: usize = 16;

/// Problems told about one ONNX file; the rest are only counted.
pub const ONNX_PROBLEMS: usize = 100;
