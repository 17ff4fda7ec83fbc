//! Sizes against what the real quantizers wrote, and against figures that others have published.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a test may be blunt"
)]

use std::path::PathBuf;

use netweight::core::storage::{self, FileBytes};
use netweight::scheme::{self, Request, Size};
use netweight::{FileSource, ImportOptions, Model, analyze, import};

fn testdata(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../testdata").join(name)
}

fn model(name: &str) -> Model {
    let source = FileSource::open(testdata(name)).unwrap();
    let options = ImportOptions { operators: true, ..ImportOptions::default() };
    import(&source, None, &options).unwrap()
}

fn sized(model: &Model, scheme: &str) -> Size {
    scheme::sizes(&analyze(model), &[Request::parse(scheme).unwrap()]).next().unwrap()
}

/// The length that ONNX Runtime 1.23 gave a file (`generate/onnx_quantized.py`), and the forecast.
fn written_and_forecast(source: &str, scheme: &str, written: &str) -> (f64, scheme::FileSize) {
    let length = std::fs::metadata(testdata(written)).unwrap().len();
    (length as f64, sized(&model(source), scheme).file.unwrap())
}

#[test]
fn blocks_come_out_to_the_byte() {
    let (source, written) = ("onnx/transformer.onnx", "onnx/int4-blocks.onnx");
    let (length, file) = written_and_forecast(source, "ort-nbits4-b16-asym", written);
    // 1.32 gives the scales and zero points of its twelve matrices a second dimension, which
    // takes two bytes each.
    assert_eq!(file.bytes as f64, length + 12.0 * 2.0 * 2.0);
    assert_eq!(file.tolerance, 0.0);
}

#[test]
fn other_files_come_out_within_the_error_that_is_stated() {
    // 1.32 calls a matrix that it turns `_Transposed`, in six names; a flattened value goes by its
    // source's scale, without two tensors of its own and with names that are 14 bytes shorter.
    let renamed = 6.0 * "_Transposed".len() as f64;
    let shared = -(59.0 + 70.0 + 2.0 * 14.0);
    let cases = [
        ("onnx/transformer.onnx", "ort-dyn-int8", "onnx/int8-dynamic.onnx", renamed),
        ("onnx/convnet-folded.onnx", "ort-static-qdq-i8i8-pc", "onnx/int8-qdq.onnx", shared),
    ];
    for (source, scheme, written, later) in cases {
        let (length, file) = written_and_forecast(source, scheme, written);
        let length = length + later;
        let error = (file.bytes as f64 - length).abs() / length;
        assert!(
            error <= file.tolerance,
            "{scheme} of {source}: {} for {length}, off by {error}",
            file.bytes
        );
    }
}

/// The table of llama.cpp's `tools/quantize/README.md` for Llama 3.1 8B, in bits per weight, and
/// the options that its figure was made with.
const LLAMA: [(&str, &str); 24] = [
    ("gguf-IQ1_S", "2.0042"),
    ("gguf-IQ1_M", "2.1460"),
    ("gguf-IQ2_XXS", "2.3824"),
    ("gguf-IQ2_XS", "2.5882"),
    ("gguf-IQ2_S", "2.7403"),
    ("gguf-IQ2_M", "2.9294"),
    ("gguf-IQ3_XXS,imatrix", "3.2548"),
    ("gguf-IQ3_XS", "3.4977"),
    ("gguf-IQ3_S", "3.6606"),
    ("gguf-IQ3_M", "3.7628"),
    ("gguf-IQ4_XS", "4.4597"),
    ("gguf-IQ4_NL", "4.6818"),
    ("gguf-Q2_K_S", "2.9697"),
    ("gguf-Q2_K", "3.1593"),
    ("gguf-Q3_K_S", "3.6429"),
    ("gguf-Q3_K_M", "3.9960"),
    ("gguf-Q3_K_L", "4.2979"),
    ("gguf-Q4_K_S", "4.6672"),
    ("gguf-Q4_K_M", "4.8944"),
    ("gguf-Q5_K_S", "5.5704"),
    ("gguf-Q5_K_M", "5.7036"),
    ("gguf-Q6_K", "6.5633"),
    ("gguf-Q8_0", "8.5008"),
    ("gguf-F16", "16.0005"),
];

#[test]
fn a_spec_of_llama_gives_the_published_bits_per_weight() {
    let model = model("yaml/llama-3-8b.yaml");
    let analysis = analyze(&model);
    let requests: Vec<Request> =
        LLAMA.iter().map(|(scheme, _)| Request::parse(scheme).unwrap()).collect();
    let parameters = analysis.totals.parameters().unwrap() as f64;
    for (size, (scheme, published)) in scheme::sizes(&analysis, &requests).zip(LLAMA) {
        let bits = size.total.total() as f64 * 8.0 / parameters;
        assert_eq!(format!("{bits:.4}"), published, "{scheme}");
    }
}

#[test]
fn every_byte_of_a_file_is_told() {
    let mut seen = 0;
    for entry in std::fs::read_dir(testdata("onnx")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "onnx") {
            continue;
        }
        let name = format!("onnx/{}", path.file_name().unwrap().to_string_lossy());
        let length = std::fs::metadata(&path).unwrap().len();
        let model = model(&name);
        let analysis = analyze(&model);
        let holdings = storage::holdings(&analysis, length, &[]);
        let files = storage::files(&analysis);
        assert_eq!(files[0].length, Some(length));
        for (number, file) in files.iter().enumerate() {
            let used = file.length.unwrap_or(file.total());
            assert_eq!(file.total(), used, "{name}: {files:#?}");
            let beside = (number > 0).then(|| file.name.clone());
            let own = holdings.iter().filter(|holding| holding.file == beside);
            let mut parts =
                FileBytes { name: file.name.clone(), length: file.length, ..<_>::default() };
            for holding in own {
                parts.add(holding.part, holding.bytes);
            }
            assert_eq!(&parts, file, "{name}: {holdings:#?}");
        }
        seen += 1;
    }
    assert!(seen > 40);
}

/// Lengths that the tools wrote (`generate/written_onnx.py`, `generate/written_tflite.py`).
#[test]
fn nineteen_of_twenty_files_come_out_within_the_error_that_is_stated() {
    let rows = ["written-onnx.tsv", "written-tflite.tsv"]
        .map(|table| std::fs::read_to_string(testdata("schemes").join(table)).unwrap());
    let rows: Vec<&str> = rows.iter().flat_map(|table| table.lines().skip(1)).collect();
    let mut beyond = Vec::new();
    for row in &rows {
        let [source, scheme, length] = row.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{row}")
        };
        let size = sized(&model(source), scheme);
        assert_eq!(size.refused.is_some(), length == "fails", "{row}: {:?}", size.refused);
        let (Ok(length), Some(file)) = (length.parse::<f64>(), size.file) else { continue };
        let error = (file.bytes as f64 - length) / length;
        assert!(error.abs() < 0.05, "{row}: {} is {:.2} % off", file.bytes, error * 100.0);
        if error.abs() > file.tolerance {
            beyond.push(format!("{row}: {} is {:.2} % off", file.bytes, error * 100.0));
        }
    }
    assert!(rows.len() > 60, "{} rows", rows.len());
    assert!(beyond.len() * 20 <= rows.len(), "{}", beyond.join("\n"));
}
