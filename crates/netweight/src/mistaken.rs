//! Files that people pass by mistake, told from their first bytes, each in its own words.

use netweight_core::{ImportError, Source};

/// How many bytes the rows look at.
const HEAD: usize = 4096;

/// A kind of file that is recognised but not read.
struct Row {
    is: fn(&[u8], &str) -> bool,
    code: &'static str,
    message: &'static str,
    help: &'static str,
}

static ROWS: &[Row] = &[
    Row {
        is: |head, _| head.is_empty(),
        code: "format/empty",
        message: "the file is empty",
        help: "the download or export may have failed",
    },
    Row {
        is: |head, _| head.starts_with(b"version https://git-lfs.github.com"),
        code: "format/git-lfs-pointer",
        message: "a Git LFS pointer, not the model itself",
        help: "fetch the file: git lfs pull",
    },
    Row {
        is: |head, _| is_html(head),
        code: "format/html-page",
        message: "a web page, not a model",
        help: "the download address leads to a page about the file; use its direct link",
    },
    Row {
        is: |head, _| head.starts_with(b"PK\x03\x04") && contains(head, b"data.pkl"),
        code: "format/pytorch",
        message: "a PyTorch archive (zip with data.pkl); netweight does not execute pickles",
        help: "export it to ONNX: torch.onnx.export(model, inputs, \"model.onnx\")",
    },
    Row {
        is: |head, name| {
            head.starts_with(&[0x80])
                && head.get(1).is_some_and(|version| (2..=5).contains(version))
                && !has_ending(name, "onnx")
        },
        code: "format/pickle",
        message: "a Python pickle; netweight does not execute pickles",
        help: "export the model to ONNX, or a Keras model with model.to_json()",
    },
    Row {
        is: |_, name| has_ending(name, "pb"),
        code: "format/tensorflow",
        message: "a TensorFlow graph or saved model",
        help: "convert it with tf2onnx, or pass the Keras model it was made from",
    },
    Row {
        is: |head, _| head.starts_with(b"\x93NUMPY"),
        code: "format/numpy",
        message: "a NumPy array, not a model",
        help: "pass the model that the array belongs to",
    },
];

const PLUGINS: &str =
    "`netweight plugin list` tells which plugins there are and where they are looked for";

/// Formats that plugins read, for when there is none.
static WITHOUT_IMPORTER: &[Row] = &[
    Row {
        is: |head, _| head.starts_with(b"GGUF"),
        code: "format/gguf",
        message: "a GGUF file, which needs a plugin",
        help: PLUGINS,
    },
    Row {
        is: |head, _| head.get(4..8) == Some(b"TFL3"),
        code: "format/tflite",
        message: "a TensorFlow Lite file, which needs a plugin",
        help: PLUGINS,
    },
    Row {
        is: |head, _| head.get(8..10) == Some(b"{\"") && head.get(4..8) == Some(&[0; 4]),
        code: "format/safetensors",
        message: "a safetensors file, which needs a plugin",
        help: PLUGINS,
    },
    Row {
        is: is_safetensors_index,
        code: "format/safetensors",
        message: "the index of safetensors files, which need a plugin",
        help: PLUGINS,
    },
];

/// The error for a file that is none of the formats but is known for what it is.
///
/// # Errors
/// What the system said when the head was read.
pub(crate) fn recognise(source: &dyn Source) -> Result<Option<ImportError>, ImportError> {
    find(ROWS, source)
}

/// The error for a file of a format whose importer is not there.
///
/// # Errors
/// What the system said when the head was read.
pub(crate) fn without_importer(source: &dyn Source) -> Result<Option<ImportError>, ImportError> {
    find(WITHOUT_IMPORTER, source)
}

fn find(rows: &[Row], source: &dyn Source) -> Result<Option<ImportError>, ImportError> {
    let head = source.read_vec(0, HEAD)?;
    let row = rows.iter().find(|row| (row.is)(&head, source.name()));
    Ok(row.map(|row| ImportError::unsupported(row.code, row.message).help(row.help)))
}

/// JSON with a map from tensors to files; their endings tell it from an index of other files.
fn is_safetensors_index(head: &[u8], name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with(".safetensors.index.json")
        || name.ends_with(".json")
            && contains(head, b"\"weight_map\"")
            && contains(head, b".safetensors\"")
}

fn has_ending(name: &str, ending: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, found)| found.eq_ignore_ascii_case(ending))
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

fn is_html(head: &[u8]) -> bool {
    let start: Vec<u8> =
        head.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).take(9).collect();
    let start = start.to_ascii_lowercase();
    start.starts_with(b"<!doctype") || start.starts_with(b"<html")
}
