//! Output shapes where the file states none.

use netweight_core::{Bytes, Dim, ImportOptions, Importer, Shape, analyze};
use netweight_onnx::OnnxImporter;

use crate::sketch::{at, sketch};

fn shape(lines: &str, path: &str) -> String {
    let model = sketch(lines).import();
    let analysis = analyze(&model);
    at(&analysis, path).outputs[0].as_ref().map_or("?".to_owned(), ToString::to_string)
}

#[test]
fn a_shape_that_the_graph_computes_is_followed() {
    let lines = "input x batchx6x4x4\nints zero 0\nints one 1\nints rest -1
        s = Shape(x)
        b = Gather(s, zero)
        t = Concat(b, rest) axis=0
        y = Reshape(x, t) name=flat
        w = Unsqueeze(y, one) name=column";
    assert_eq!(shape(lines, "flat"), "batch×96");
    assert_eq!(shape(lines, "column"), "batch×1×96");
}

/// Lines and the shape of `y`, worked by hand.
const CASES: &[(&str, &str)] = &[
    (
        "input x 1x3x9x9\nweight W 4x3x3x3\ny = Conv(x, W) strides=[2,2] pads=[1,1,1,1] name=y",
        "1×4×5×5",
    ),
    ("input x 1x3x9x9\nweight W 4x1x3x3\ny = Conv(x, W) dilations=[2,2] group=3 name=y", "1×4×5×5"),
    (
        "input x 1x4x5x5\nweight W 4x2x3x3\ny = ConvTranspose(x, W) strides=[2,2] name=y",
        "1×2×11×11",
    ),
    (
        "input x 1x4x7x7\ny = MaxPool(x) kernel_shape=[3,3] strides=[2,2] ceil_mode=1 name=y",
        "1×4×3×3",
    ),
    (
        "input x 1x4x8x8\ny = MaxPool(x) kernel_shape=[3,3] strides=[2,2] ceil_mode=1 name=y",
        "1×4×4×4",
    ),
    ("input x 1x4x7x7\ny = GlobalAveragePool(x) name=y", "1×4×1×1"),
    ("input x 2x5x4\nweight W 4x3\ny = MatMul(x, W) name=y", "2×5×3"),
    ("input x 2x3x4\ny = Transpose(x) perm=[2,0,1] name=y", "4×2×3"),
    ("input x 2x3x4\ny = Flatten(x) axis=2 name=y", "6×4"),
    ("input x 2x3x4\ny = ReduceMean(x) axes=[-1] keepdims=0 name=y", "2×3"),
    ("input x 2x6\ny, z = Split(x) axis=1 name=y", "2×3"),
    ("input x 9x4\nints s 1\nints e 8\nints a 0\nints p 2\ny = Slice(x, s, e, a, p) name=y", "4×4"),
    (
        "input x 9x4\nints s -1\nints e -20\nints a 0\nints p -1\ny = Slice(x, s, e, a, p) name=y",
        "9×4",
    ),
    ("input x 2x3\ninput z 4x1x3\ny = Add(x, z) name=y", "4×2×3"),
    (
        "input x 3x1x5\nweight W 2x16x5\nweight R 2x16x4\ny = LSTM(x, W, R) hidden_size=4 direction=bidirectional name=y",
        "3×2×1×4",
    ),
    ("input x 1x2x3x3\nfloats f 1,1,2,2\ny = Resize(x, -, f) name=y", "1×2×6×6"),
    ("input ids 1x5\nweight T 30x8\ny = Gather(T, ids) name=y", "1×5×8"),
    ("input x 1x1x4\nints s 3,2,4\ny = Expand(x, s) name=y", "3×2×4"),
    ("input x 2x3\nints p 1,0,0,2\ny = Pad(x, p) name=y", "3×5"),
    ("input x 2x4x6\nweight W 6x2x3\ny = Einsum(x, W) equation=abc,cde->abde name=y", "2×4×2×3"),
];

#[test]
fn operators_give_the_shapes_that_the_standard_says() {
    for (lines, expected) in CASES {
        assert_eq!(shape(lines, "y"), *expected, "{lines}");
    }
}

#[test]
fn a_given_input_shape_fills_what_the_file_leaves_open() {
    let lines = "input x batchx3xheightxwidth\nweight W 4x3x3x3\ny = Conv(x, W) name=y";
    let source = Bytes::new("sketch.onnx", sketch(lines).bytes());
    let given = Shape::from_iter([Dim::Unknown, 5.into(), 9.into(), 7.into()]);
    let options = ImportOptions { input_shapes: vec![(None, given)], ..ImportOptions::default() };
    let model = OnnxImporter.import(&source, &options).unwrap();
    let analysis = analyze(&model);
    // What the file states holds: three channels.
    assert_eq!(at(&analysis, "x").outputs[0].as_ref().unwrap().to_string(), "batch×3×9×7");
    assert_eq!(at(&analysis, "y").outputs[0].as_ref().unwrap().to_string(), "batch×4×7×5");
}
