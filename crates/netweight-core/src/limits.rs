//! Every bound on what is read, in one place, each with its reason: first those of every model, then
//! a module for each reader. (The bounds of YAML and JSON as such, which know nothing of models, are
//! `netweight_markup::limits`.)

/// Layers of one model. Larger than any real graph; keeps memory near a gigabyte at worst.
pub const LAYERS: usize = 1_000_000;

/// Wrappers and nested models inside each other. Frameworks write two or three; evaluation
/// recurses once a level, so this bounds the stack. A model's JSON lines nest two levels for each,
/// and readers of JSON stop at 128.
pub const WRAPPERS: usize = 48;

/// Directions of a recurrent layer, whose weights are listed one by one. There are two.
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

/// Parts that one tensor is split into. Keras and ONNX models split into a handful.
pub const PARTS: usize = 4_096;

/// Rows that the expectations of a model read from JSON lines speak of, added up: each is
/// looked at for each expectation.
pub const EXPECTED_ROWS: usize = 16_000_000;

/// Bytes of a tensor that is compared with others to find duplicates. Scalars, shapes and short
/// vectors are alike by chance.
pub const DUPLICATE_BYTES: u64 = 256;

/// How often each byte of a model's files may be read to find duplicates, on average: once for a
/// fingerprint, and beside each tensor that it may repeat.
pub const DUPLICATE_PASSES: u64 = 8;

/// Bytes that are taken from standard input. Larger models come as files, of which little is read.
pub const STDIN: u64 = 1 << 30;

/// Bytes of a report that are read; ten million layers have less.
pub const REPORT: u64 = 1 << 30;

/// ONNX files.
pub mod onnx {
    /// Memory that one ONNX file's names, nodes, attributes and shapes may take, in bytes. A graph
    /// of 50,000 nodes takes a fifth of it; what nobody exports (millions of empty entries) stops here.
    pub const MEMORY: u64 = 256 << 20;

    /// Bytes of an ONNX file that are looked at, payloads not counted. Bounds the time: other
    /// readers refuse whole files over 2 GiB, and nearly all of a large file is payload.
    pub const READ: u64 = 1 << 30;

    /// Bytes read to tell whether a file is ONNX: the graph comes after a few short fields.
    pub const PROBE: u64 = 64 << 10;

    /// Graphs inside graphs (the bodies of `If`, `Loop`, `Scan`). Common readers stop at 33, so
    /// this refuses nothing that others can open.
    pub const DEPTH: usize = 64;

    /// Dimensions of one ONNX tensor. Array libraries stop at 64 or before.
    pub const DIMS: usize = 64;

    /// Bytes of one name in an ONNX file, and of one type. Names are paths of some hundred bytes.
    pub const NAME: u64 = 64 << 10;

    /// Bytes of one metadata entry in an ONNX file: `torch.export` lists every weight of the model
    /// in a single entry.
    pub const ENTRY: u64 = 1 << 20;

    /// Integers or texts kept of a list, integers of a tensor in an ONNX file: enough for shapes,
    /// axes and pads.
    pub const INTS: usize = 64;

    /// Floats kept of a list or of a tensor in an ONNX file: enough for scalars such as epsilon.
    pub const FLOATS: usize = 16;

    /// Problems told about one ONNX file; the rest are only counted.
    pub const PROBLEMS: usize = 100;

    /// Nodes of functions that are followed into one ONNX file's calls. Exporters that write every
    /// module as a function stay far below; functions that call each other twice grow without end.
    pub const INLINED: usize = 250_000;

    /// Tensors that lie behind the computed weights of one ONNX file, added up. A weight is computed
    /// from a few tensors; a chain that adds one at each of its steps would take the square of it.
    pub const SOURCES: usize = 1_000_000;

    /// Stored tensors of one ONNX file of which a few values are read to tell what they are. Large
    /// models leave it open for some hundred.
    pub const PEEKS: usize = 10_000;

    /// Second names of second names that are looked through.
    pub const ALIASES: usize = 64;

    /// Tensors behind one value; weights are made of a few.
    pub const BEHIND: usize = 256;

    /// Files of external data that are looked for.
    pub const FILES: usize = 1_000;

    /// Values of one tensor that may be meant: a thousand times today's largest models.
    pub const ELEMENTS: u64 = 1 << 50;

    /// Groups inside groups in the wire format, as deep as other readers go.
    pub const GROUPS: usize = 100;
}

/// Keras configs, archives and HDF5 files.
pub mod keras {
    /// Bytes of a file's head in which `class_name` and `config` are looked for. They are among
    /// the first keys in every version but for a list of layers, which names them as well.
    pub const PROBE: usize = 64 << 10;

    /// Models inside one another. Keras loads a hundred; reading recurses once a level.
    pub const NESTED_MODELS: usize = 110;

    /// Layers wrapped in one another: as deep as the core evaluates, the outermost not counted.
    pub const WRAPPERS: usize = super::WRAPPERS - 1;

    /// Dimensions of a shape. NumPy stops at 64; what has more is no shape of a tensor.
    pub const RANK: usize = 64;

    /// The largest size an argument may have. Twice as much leaves 64 bits.
    pub const SIZE: i128 = 1 << 62;

    /// Layers that a backbone's argument asks for, one behind the other. The largest have about a
    /// hundred.
    pub const STACKED: i64 = 1_000;

    /// Layers of one config, wrapped ones and every use included. Ten times the largest met; keeps
    /// memory below a gigabyte at worst.
    pub const LAYERS: usize = 100_000;

    /// Classes that are none, for which the nearest one is looked up; each takes some time.
    pub const SUGGESTIONS: usize = 20;

    /// Operands inside lists of operands in one call. Keras writes two levels.
    pub const OPERAND_DEPTH: usize = 16;

    /// Bytes of HDF5 that are read in one go. A claimed heap may be gigabytes; real ones are less
    /// than this.
    pub const HDF5_RANGE: u64 = 64 << 20;

    /// Bytes of HDF5 that are read in all, of shards together.
    pub const HDF5_READ: u64 = 512 << 20;

    /// Bytes of one HDF5 object's header.
    pub const HDF5_HEADER: usize = 8 << 20;

    /// Bytes of a chunk of values, of which none is ever read.
    pub const HDF5_CHUNK: usize = 1 << 20;

    /// Bytes of text in HDF5 attributes: twice the largest config.
    pub const HDF5_TEXT: usize = 64 << 20;

    /// Groups and datasets of one HDF5 file; datasets of shards together.
    pub const HDF5_OBJECTS: usize = 200_000;

    /// Groups inside one another in an HDF5 file. Nested models take two each.
    pub const HDF5_DEPTH: usize = 64;

    /// Files that one model's weights are cut into. Keras cuts at ten gigabytes.
    pub const SHARDS: usize = 1_000;

    /// Members of an archive that are looked at. Keras writes three, and assets of some layers.
    pub const MEMBERS: usize = 10_000;

    /// Bytes of an archive's `metadata.json`: a version and a date.
    pub const METADATA: u64 = 64 << 10;

    /// Bytes that compressed weights are unpacked to. Keras does not compress them, so that they
    /// are read in place.
    pub const UNPACKED: u64 = 256 << 20;
}

/// YAML specs and rules files.
pub mod spec {
    /// Layers of one spec, copies of blocks included: far beyond what is written by hand, and a
    /// `repeat` inside a `repeat` inside a `repeat` stops here.
    pub const LAYERS: usize = 100_000;

    /// Groups and blocks inside each other. People write three; the reader recurses once a level.
    pub const NESTING: usize = 24;

    /// The largest size: more than any tensor has, small enough that a few multiply without overflow.
    pub const SIZE: i128 = 1_000_000_000_000;

    /// Dimensions of one shape. Array libraries stop at 64 or before.
    pub const DIMENSIONS: usize = 64;

    /// Arguments of a kind that a spec defines, and tensors of it.
    pub const PARTS: usize = 64;

    /// Characters of a layer's name. Exporters write paths of some hundred.
    pub const NAME: usize = 1_000;

    /// Rows of each list of a rules file. Every layer of a config is held against them.
    pub const RULES: usize = 1_000;

    /// Bytes that are looked at to tell whether a file is a spec: `layers` comes behind a few short
    /// entries, blocks at most.
    pub const PROBE: usize = 64 << 10;
}

/// Plugins, and the processes that they run in.
pub mod plugin {
    /// Processor time of one run in seconds, where nobody asks for another: a million tensor names
    /// take some. Fair on a busy machine, where the clock on the wall is not.
    pub const SECONDS: u64 = 30;

    /// Memory that one run may write to, in MiB, where nobody asks for another: a million tensor names
    /// take some hundred; mapped files do not count.
    pub const MEBIBYTES: u64 = 1024;

    /// Files beside the model that a plugin can open. A model is split into some hundred shards at
    /// most; each takes a descriptor.
    pub const SIBLINGS: usize = 1_000;

    /// Descriptors that a plugin's process may have: the siblings and a few more.
    pub const DESCRIPTORS: u64 = 1_024;

    /// Stack of a plugin's main thread, in bytes; what systems give by default.
    pub const STACK: u64 = 8 << 20;

    /// Address space beyond mapped files and memory, in bytes: libraries, stacks and what the
    /// allocator reserves without using it.
    pub const ADDRESSES: u64 = 4 << 30;

    /// Bytes kept of the end of a plugin's error output: its last words are in there.
    pub const LAST_WORDS: usize = 8 << 10;

    /// Letters quoted from a plugin's error output.
    pub const QUOTED: usize = 300;

    /// Files in plugin folders that are looked at.
    pub const PLUGINS: usize = 1_000;

    /// Bytes of a manifest. Those of the plugins here take some hundred.
    pub const MANIFEST: usize = 64 << 10;

    /// Bytes of a file's beginning in which a manifest's marks are looked for.
    pub const HEAD: usize = 4_096;
}

/// safetensors files.
pub mod safetensors {
    /// Bytes of a header. The reference library refuses longer ones.
    pub const HEADER: u64 = 100_000_000;

    /// Tensors of one checkpoint, shards together. A model has at most as many layers.
    pub const TENSORS: usize = super::LAYERS;

    /// Bytes of a tensor's name. Names are module paths of some hundred bytes; comparing and
    /// splitting them takes time that grows with their length.
    pub const NAME: usize = 4 << 10;

    /// Dimensions of a tensor. Array libraries stop at 64 or before.
    pub const DIMS: usize = 64;

    /// Bytes of a metadata value that is shown.
    pub const METADATA: usize = 200;

    /// Bytes of a tensor that is read because it tells another one's shape; they take 8 to 170.
    pub const DETAIL: u64 = 1 << 10;

    /// Tensors that are read for that, one for each packed layer.
    pub const DETAILS: usize = 100_000;

    /// Bytes of an index of shards. The largest published ones (a tensor for each expert) take 10 MB.
    pub const INDEX: u64 = 64 << 20;

    /// Files that an index may name. The largest published checkpoints have some two hundred.
    pub const SHARDS: usize = 10_000;

    /// Bytes of `config.json` and `adapter_config.json`. Usual ones take a few thousand; some list
    /// a setting for each quantized layer.
    pub const CONFIG: u64 = 1 << 20;

    /// Bytes that are read at once.
    pub const WINDOW: usize = 64 << 10;
}

/// GGUF files.
pub mod gguf {
    /// Tensors of one model, splits together. A model has at most as many layers.
    pub const TENSORS: usize = super::LAYERS;

    /// Bytes before the data that are looked at. A vocabulary of 262,144 tokens with its merges
    /// takes some 20 MB; bounds the time that a damaged count can cost.
    pub const HEADER: u64 = 256 << 20;

    /// Bytes that are read at once.
    pub const WINDOW: usize = 64 << 10;

    /// Bytes of a key or of a tensor's name. llama.cpp allows a name 64, a key 65,535.
    pub const NAME: u64 = 64 << 10;

    /// Bytes of a metadata text that are kept: names and versions are short, chat templates are not
    /// looked at.
    pub const TEXT: u64 = 256;

    /// Metadata entries that are kept. Files have about fifty.
    pub const ENTRIES: usize = 4_096;

    /// Arrays inside one another. Writers make none; bounds recursion.
    pub const NESTING: usize = 8;

    /// Dimensions of a tensor, as ggml has them.
    pub const DIMS: u32 = 4;

    /// Files that a split model may have. The largest published ones have some thirty.
    pub const SPLITS: u64 = 1_000;
}

/// TensorFlow Lite files.
pub mod tflite {
    /// Bytes that are looked at, whole pages counted. The structure of a graph of 100,000 operators
    /// takes some 50 MB; tables may point at the same bytes again and again, and this ends it.
    pub const READ: u64 = 256 << 20;

    /// Bytes that are read at once, a power of two.
    pub const PAGE: u64 = 16 << 10;

    /// Pages that are kept. A structure is written back to front, so a few places are read at once.
    pub const PAGES: usize = 64;

    /// Tensors of a model, and operators: as many as a model may have layers.
    pub const ITEMS: usize = super::LAYERS;

    /// Subgraphs: one for each signature and for each branch and body of control flow.
    pub const SUBGRAPHS: u64 = 10_000;

    /// Bytes of a name or a description. Names of fused operators join those of all their parts.
    pub const TEXT: u64 = 64 << 10;

    /// Entries of one list in memory: inputs of an operator, dimensions, values of a scale.
    pub const LIST: u64 = 1 << 20;

    /// Dimensions of a tensor. The runtime's operators stop at 8 or before.
    pub const DIMS: u64 = 64;

    /// Bytes of a constant that are looked at to see whether a state begins with zeros.
    pub const STATE: u64 = 64 << 10;
}
