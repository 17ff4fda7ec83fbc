//! Size schemes against arithmetic worked by hand and figures that tools have published.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]

use netweight_core::graph::{Graph, Node, StoredValue, Value};
use netweight_core::scheme::{self, Items, Request, Size};
use netweight_core::{Args, DType, Layer, Model, analyze};

fn sized(model: &Model, scheme: &str) -> Size {
    let request = Request::parse(scheme).unwrap();
    scheme::sizes(&analyze(model), &[request]).next().unwrap()
}

/// A linear layer of n outputs on k inputs, without a bias.
fn linear(n: u64, k: u64) -> Model {
    let mut model = Model::new("sketch");
    let args = Args::default()
        .with("input_size", i64::try_from(k).unwrap())
        .with("output_size", i64::try_from(n).unwrap())
        .with("bias", false);
    model.push(Layer::new("proj", "Linear", "dense").with_args(args));
    model
}

fn layer_bytes(n: u64, k: u64, scheme: &str) -> u64 {
    let size = sized(&linear(n, k), scheme);
    assert_eq!(size.refused, None, "{scheme} of {n} × {k}");
    size.total.total()
}

#[test]
fn every_scheme_has_an_id_of_its_own_and_is_found_by_it() {
    let mut ids: Vec<&str> = scheme::all().map(|scheme| scheme.id).collect();
    let count = ids.len();
    assert!(ids.iter().all(|id| scheme::find(id).is_some_and(|found| found.id == *id)));
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

#[test]
fn options_are_those_of_the_family() {
    assert!(Request::parse("gguf-Q4_K_M,imatrix").unwrap().has("imatrix"));
    assert_eq!(Request::parse("int4,group=128,asym").unwrap().number("group"), Some(128));
    let unknown = Request::parse("gguf-Q4_K_M,asym").unwrap_err();
    assert!(unknown.contains("imatrix, pure, leave_output"), "{unknown}");
    assert!(Request::parse("int4,group=0").is_err());
    assert!(Request::parse("int4,group").is_err());
    assert!(Request::parse("nothing").is_err());
}

/// Buffers of real layers as the packages registered them: bitsandbytes 0.50, GPTQModel 7.7,
/// AutoAWQ 0.2.9, hqq 0.2.8, torchao 0.18, compressed-tensors 0.20.
#[test]
fn layers_of_pytorchs_quantizers_take_what_the_packages_store() {
    let known: &[(&str, u64, u64, u64)] = &[
        ("bnb-int8", 256, 512, 256 * 512 + 4 * 256),
        ("bnb-nf4-b64", 64, 33, 1_056 + 132 + 64),
        ("bnb-nf4-b64-double", 64, 33, 1_056 + 33 + 64 + 4 + 1_024),
        ("bnb-fp4-b128-double", 4_096, 1_024, 2_097_152 + 32_768 + 64 + 512 + 1_024),
        ("gptq-2bit-g32", 100, 344, 12_684),
        ("gptq-3bit-g128", 4_096, 1_024, 1_654_784),
        ("gptq-4bit-g128", 256, 512, 4 * 64 * 256 + 4 * 4 * 32 + 2 * 4 * 256 + 4 * 512),
        ("awq-gemm-g32", 96, 384, 21_312),
        ("awq-gemv-g64", 256, 512, 75_776),
        ("hqq-4bit-g64", 256, 512, 65_536 + 2 * 2 * 2_048),
        ("hqq-3bit-g128,float32", 256, 512, 52_736 + 4_096 + 4_096),
        ("hqq-1bit-g64,float32", 64, 33, 256 + 132 + 132),
        ("torchao-int8wo", 1_000, 128, 128_000 + 4_000 + 1_000),
        ("torchao-intx4-g32", 256, 512, 131_072 + 8_192 + 4_096),
        ("mxfp4", 1_000, 128, 64_000 + 4_000),
        ("mxfp6", 256, 512, 256 * 512 * 6 / 8 + 4_096),
        ("torchao-mxfp6", 256, 512, 131_072 + 4_096),
        ("nvfp4", 384, 96, 18_432 + 2_304 + 4),
        ("nvfp4,no_tensor_scale", 384, 96, 18_432 + 2_304),
        ("ct-pack-int4", 64, 33, 1_280),
    ];
    for (scheme, n, k, bytes) in known {
        assert_eq!(layer_bytes(*n, *k, scheme), *bytes, "{scheme} of {n} × {k}");
    }
}

#[test]
fn what_the_packages_refuse_is_named() {
    let refused = |n, k, scheme| sized(&linear(n, k), scheme).refused.unwrap_or_default();
    assert!(refused(100, 344, "awq-gemm-g32").contains("proj"));
    assert!(refused(128, 344, "mxfp4").contains("344 inputs"));
    assert!(refused(64, 33, "hqq-1bit-g128").contains("128"));
    assert!(refused(64, 33, "hqq-4bit-g64").contains("33 groups"));
}

#[test]
fn widths_divide_and_groups_add_their_scales() {
    let model = linear(256, 512);
    assert_eq!(sized(&model, "int4").total.total(), 256 * 512 / 2);
    let grouped = sized(&model, "int4,group=128,asym");
    let expected = Items {
        weights: 256 * 512 / 2,
        scales: 2 * 256 * 4,
        zero_points: 256 * 4 / 2,
        ..Items::default()
    };
    assert_eq!(grouped.total, expected);
    let terms: u64 = grouped.parts.iter().flat_map(|part| &part.terms).map(|t| t.bytes()).sum();
    assert_eq!(terms, grouped.total.total(), "the arithmetic shown is the arithmetic done");
}

/// A file whose one MatMul reads a matrix of K × N, and whose Gemm reads a matrix of 4 × 4.
fn matmul(k: u64, n: u64) -> Model {
    let stored = |shape: &[u64]| StoredValue {
        shape: shape.to_vec(),
        dtype: DType::Float32,
        in_node: false,
        length: 0,
        payload: 0,
    };
    let value = |name: &str, shape: Option<&[u64]>| Value {
        name: name.to_owned(),
        dtype: Some(DType::Float32),
        stored: shape.map(stored),
        ..Value::default()
    };
    let node = |op: &str, inputs: &[u32], output: u32| Node {
        op: op.to_owned(),
        inputs: inputs.iter().copied().map(Some).collect(),
        outputs: vec![Some(output)],
        ..Node::default()
    };
    let graph = Graph {
        values: vec![
            value("x", None),
            value("w", Some(&[k, n])),
            value("h", None),
            value("g", Some(&[4, 4])),
            value("y", None),
        ],
        nodes: vec![node("MatMul", &[0, 1], 2), node("Gemm", &[2, 3], 4)],
        ..Graph::default()
    };
    Model { graph: Some(graph), ..Model::new("onnx") }
}

#[test]
fn matmul_blocks_pad_columns_and_leave_gemm_alone() {
    // 128 inputs in blocks of 256 take a whole block each: twice the weight.
    let size = sized(&matmul(128, 10), "ort-nbits4-b256-asym");
    let expected = Items {
        weights: 10 * 256 / 2,
        scales: 4 * 10,
        zero_points: 10, // one nibble a column, rounded up to a byte
        kept: 4 * 4 * 4,
        ..Items::default()
    };
    assert_eq!(size.total, expected);
    let size = sized(&matmul(128, 10), "ort-nbits4-qdq-b256-asym");
    assert_eq!((size.total.weights, size.total.zero_points), (128 * 10 / 2, 10 / 2));
    let size = sized(&matmul(100, 3), "ort-bnb-nf4-b64");
    assert_eq!((size.total.weights, size.total.scales), (150, 4 * 5));
    let size = sized(&matmul(64, 3), "ort-hqq2-b32");
    let items = (size.total.weights, size.total.scales, size.total.zero_points);
    assert_eq!(items, (64 * 3 / 4, 4 * 3 * 2, 4 * 3 * 2));
}

#[test]
fn an_odd_number_of_blocks_breaks_packed_zero_points() {
    let size = sized(&matmul(96, 8), "ort-rtn4-b32-asym");
    assert!(size.refused.unwrap().contains("column: 3"));
    assert_eq!(sized(&matmul(96, 8), "ort-rtn4-b32-sym").refused, None);
}

#[test]
fn dynamic_and_static_quantization_treat_both_products() {
    // quantize_dynamic: int8, a float32 scale and a zero point of a byte for each matrix.
    let size = sized(&matmul(128, 10), "ort-dyn-int8");
    assert_eq!(size.total.weights, 128 * 10 + 4 * 4);
    assert_eq!((size.total.scales, size.total.zero_points), (8, 2));
    // Per channel the MatMul has ten of them and the Gemm four.
    let size = sized(&matmul(128, 10), "ort-dyn-int8-pc");
    assert_eq!((size.total.scales, size.total.zero_points), (4 * 14, 14));
    // quantize_static adds a scale and a zero point for x, h and y.
    let size = sized(&matmul(128, 10), "ort-static-qdq-u8i8");
    assert_eq!(size.total.activations, 3 * 5);
    assert_eq!(size.total.weights, 128 * 10 + 4 * 4);
    let size = sized(&matmul(128, 10), "ort-static-qdq-u8i4-pc");
    assert_eq!(size.total.weights, (128 * 10 + 4 * 4) / 2);
    let size = sized(&matmul(128, 10), "ort-fp16");
    assert_eq!(size.total.total(), 2 * (128 * 10 + 4 * 4));
}

#[test]
fn what_is_to_be_kept_is_kept() {
    let model = linear(256, 512);
    let sized = |scheme: &str, keep: &str| {
        let mut request = Request::parse(scheme).unwrap();
        request.policies.push(scheme::Policy::parse(keep).unwrap());
        scheme::sizes(&analyze(&model), &[request]).next().unwrap().total
    };
    let kept = |bytes| Items { kept: bytes, ..Items::default() };
    for scheme in ["int4", "gptq-4bit-g128", "gguf-Q4_K_M", "ort-dyn-int8"] {
        assert_eq!(sized(scheme, "pr*=float16"), kept(2 * 256 * 512), "{scheme}");
        assert_eq!(sized(scheme, "kind=linear"), kept(4 * 256 * 512), "{scheme}");
        assert_eq!(sized(scheme, "category=non_trainable").kept, 0, "{scheme}");
    }
    assert!(scheme::Policy::parse("proj=float17").is_err());
}

/// Layers of a format without operators are quantized as their exported graph would be.
#[test]
fn layers_become_the_operators_that_an_exporter_would_write() {
    let mut model = Model::new("sketch");
    let args = Args::default().with("input_size", 8).with("hidden_size", 4).with("directions", 2);
    model.push(Layer::new("lstm", "LSTM", "lstm").with_args(args));
    let size = sized(&model, "ort-dyn-int8");
    // W is 2 × 16 × 8 and R 2 × 16 × 4 in int8, with a scale for each direction; the biases stay.
    assert_eq!(size.total.weights, 2 * 16 * (8 + 4));
    assert_eq!((size.total.scales, size.total.zero_points), (4 * 4, 4));
    assert!(size.total.kept >= 2 * 16 * 4);
    assert_eq!(size.assumed.len(), 1);
}

#[test]
fn hostile_sizes_saturate() {
    let model = matmul(u64::MAX, u64::MAX);
    for scheme in scheme::all() {
        let _ = sized(&model, scheme.id);
        let _ = sized(&linear(1 << 40, 1 << 40), scheme.id);
        let _ = sized(&matmul(0, 0), scheme.id);
    }
}
