//! Every bound on what is read, in one place, each with its reason.

/// Layers of one model. Larger than any real graph; keeps memory near a gigabyte at worst.
pub const LAYERS: usize = 1_000_000;

/// Wrappers and nested models inside each other. Frameworks write two or three; evaluation
/// recurses once a level, so this bounds the stack. A model's JSON lines nest two levels for each,
/// and readers of JSON stop at 128.
pub const WRAPPERS: usize = 48;

/// Directions of a recurrent layer whose weights are listed one by one. There are two.
pub const DIRECTIONS: u64 = 2;

/// Brackets inside one another in a formula. A textbook stops at three; bounds recursion.
pub const FORMULA_NESTING: usize = 16;

/// Bytes of a formula's text. It is read again for every layer that uses it.
pub const FORMULA_LENGTH: usize = 4_096;

/// Terms of a list that a formula writes out; of a longer list it shows both ends and `…`.
pub const FORMULA_TERMS: usize = 16;

/// Nodes of a wrapped layer's arithmetic that its wrapper still shows in full; of more it
/// shows the value. Bounds the text and the recursion of wrappers inside wrappers.
pub const FORMULA_NODES: usize = 256;

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

/// Arguments of one layer in a model's JSON lines. Kinds have a dozen; each new one is looked
/// for among those before it.
pub const ARGS: usize = 256;

/// Bytes of one line of a model's JSON lines. A layer that wraps a whole model takes the most,
/// some megabytes at worst.
pub const LINE: u64 = 16 << 20;

/// Bytes of a model's JSON lines together: 100,000 layers take 26 MB.
pub const LINES: u64 = 256 << 20;

/// Memory that a model read from JSON lines may take, in bytes, roughly. A short record is a
/// larger layer, so that the length of the text alone bounds nothing.
pub const MODEL_MEMORY: usize = 1 << 30;

/// Nodes of functions that are followed into one ONNX file's calls. Exporters that write every
/// module as a function stay far below; functions that call each other twice grow without end.
pub const ONNX_INLINED: usize = 250_000;

/// Tensors that lie behind the computed weights of one ONNX file, added up. A weight is computed
/// from a few tensors; a chain that adds one at each of its steps would take the square of it.
pub const ONNX_SOURCES: usize = 1_000_000;

/// Parts that one tensor is split into. Keras and ONNX models split into a handful.
pub const PARTS: usize = 4_096;

/// Rows that the expectations of a model read from JSON lines speak of, added up: each is
/// looked at for each expectation.
pub const EXPECTED_ROWS: usize = 16_000_000;

/// Stored tensors of one ONNX file of which a few values are read to tell what they are. Large
/// models leave it open for some hundred.
pub const ONNX_PEEKS: usize = 10_000;

/// Bytes of a tensor that is compared with others to find duplicates. Scalars, shapes and short
/// vectors are alike by chance.
pub const DUPLICATE_BYTES: u64 = 256;

/// How often each byte of a model's files may be read to find duplicates, on average: once for a
/// fingerprint, and beside each tensor that it may repeat.
pub const DUPLICATE_PASSES: u64 = 8;
