//! Layers stand where the source has them.

use crate::sketch::{sketch, told};

/// Producer, lines, what is told.
const CASES: &[(&str, &str, &str)] = &[
    (
        "pytorch",
        "input x 1x3x8x8\nweight onnx::Conv_1 4x3x3x3\ny = Conv(x, onnx::Conv_1) name=/layer1/layer1.0/conv1/Conv",
        "layer1.0.conv1 conv 108",
    ),
    (
        "pytorch",
        "input x 1x3x8x8\nweight onnx::Conv_1 4x3x3x3\ny = Conv(x, onnx::Conv_1) name=/features/features.0/features.0.1/Conv",
        "features.0.1 conv 108",
    ),
    (
        "pytorch",
        "input x 1x4\nweight a.b.weight 3x4\ny = Gemm(x, a.b.weight) transB=1 name=Gemm_0",
        "a.b dense 12",
    ),
    (
        "pytorch",
        "input x 2x1x4\nweight onnx::W 4x4\ny = MatMul(x, onnx::W) name=/m/MatMul\nweight onnx::V 4x4\nz = MatMul(y, onnx::V) name=/m/MatMul_1",
        "m dense 16\nm.MatMul_1 dense 16",
    ),
    (
        "tf2onnx",
        "input x 1x4\nweight sequential/dense_1/MatMul/ReadVariableOp:0 4x3\ny = MatMul(x, sequential/dense_1/MatMul/ReadVariableOp:0) name=sequential/dense_1/MatMul\nz = Relu(y) name=sequential/re_lu/Relu",
        "dense_1 dense 12",
    ),
    // Keras 3 calls a model in scopes that are numbered once more.
    (
        "tf2onnx",
        "input x 1x4\nweight net_1/dense_2_1/Cast/ReadVariableOp:0 4x3\nweight net_1/dense_2_1/BiasAdd/ReadVariableOp:0 3\nm = MatMul(x, net_1/dense_2_1/Cast/ReadVariableOp:0) name=net_1/dense_2_1/MatMul\ny = Add(m, net_1/dense_2_1/BiasAdd/ReadVariableOp:0) name=net_1/dense_2_1/BiasAdd",
        "dense_2 dense 15",
    ),
    (
        "tf2onnx",
        "input x 1x8x8x3\nweight net/stem/Conv2D_weights_fused_bn 4x3x3x3\ny = Conv(x, net/stem/Conv2D_weights_fused_bn) name=net/stem/Conv2D",
        "stem conv 108",
    ),
    // ONNX Runtime names what it fused.
    (
        "pytorch",
        "input x 1x4\nweight onnx::W 4x4\ny = FusedMatMul(x, onnx::W) domain=com.microsoft name=/a/fc/MatMul/MatmulTransposeFusion/",
        "a.fc dense 16",
    ),
    (
        "pytorch",
        "input x 1x3x8x8\nweight ConvMulFusion_W_a.conv.weight 4x3x3x3\ny = Conv(x, ConvMulFusion_W_a.conv.weight) name=Conv",
        "a.conv conv 108",
    ),
    // What a function is given keeps the function's place; a loop's body has none.
    (
        "tf2onnx",
        "input x 1x4\nweight Func/net/lstm/PartitionedCall/input/_3:0 4x3\nb = MatMul(x, Func/net/lstm/PartitionedCall/input/_3:0) name=while/MatMul\nc = Tanh(b) name=while/Tanh\ny = Relu(c) name=net/re_lu/Relu",
        "lstm dense 12",
    ),
    (
        "onnxruntime-genai",
        "input x 1x5x8\nweight model.layers.0.attn.o_proj.MatMul.weight 8x8\ny = MatMul(x, model.layers.0.attn.o_proj.MatMul.weight)",
        "model.layers.0.self_attn.o_proj dense 64",
    ),
    ("", "input x 1x4\nweight 1 4x3\ny = MatMul(x, 1)", "MatMul dense 12"),
];

#[test]
fn names_become_module_paths() {
    for (producer, lines, expected) in CASES {
        assert_eq!(told(&sketch(lines).by(producer).import()), *expected, "{lines}");
    }
}

#[test]
fn scopes_of_a_model_that_a_program_reached_into_have_its_modules_around() {
    let lines = |weight: &str| {
        format!(
            "input x 1x4\nweight {weight} 4\nweight onnx::MatMul_1 4x3\nweight onnx::MatMul_2 3x3
            a = LayerNormalization(x, {weight}) name=/norm/LayerNormalization
            b = MatMul(a, onnx::MatMul_1) name=/head/MatMul
            y = MatMul(b, onnx::MatMul_2) name=/MatMul"
        )
    };
    let of = |weight| told(&sketch(&lines(weight)).by("pytorch").import());
    assert_eq!(of("net.norm.weight"), "net.norm layer_norm 4\nnet.head dense 12\nMatMul dense 9");
    assert_eq!(of("norm.weight"), "norm layer_norm 4\nhead dense 12\nMatMul dense 9");
    // Of another module.
    assert_eq!(of("net.other.weight"), "net.other layer_norm 4\nhead dense 12\nMatMul dense 9");
}

#[test]
fn scopes_keep_what_their_own_weights_say_is_around_them() {
    let lines = "input x 1x4\nweight a.encoder.weight 4\nweight b.decoder.weight 4\nweight onnx::MatMul_1 4x4\nweight onnx::MatMul_2 4x4
        e = LayerNormalization(x, a.encoder.weight) name=/encoder/LayerNormalization
        f = MatMul(e, onnx::MatMul_1) name=/encoder/fc/MatMul
        d = LayerNormalization(f, b.decoder.weight) name=/decoder/LayerNormalization
        y = MatMul(d, onnx::MatMul_2) name=/head/MatMul";
    let expected =
        "a.encoder layer_norm 4\na.encoder.fc dense 16\nb.decoder layer_norm 4\nhead dense 16";
    assert_eq!(told(&sketch(lines).by("pytorch").import()), expected);
}

#[test]
fn a_module_of_one_operator_is_that_operators_path() {
    let lines = "input x 1x4\na = Relu(x) name=/block/act/Relu\nb = Add(a, x) name=/block/Add\nc = Sigmoid(b) name=/block/Sigmoid";
    let model = sketch(lines).by("pytorch").import();
    let paths: Vec<&str> = model.layers.iter().map(|layer| layer.path.as_str()).collect();
    assert_eq!(paths, ["x", "block.act", "block.Add", "block.Sigmoid"]);
}

#[test]
fn a_tied_table_stands_where_it_is_used_and_not_under_its_last_name() {
    let model = sketch("input ids 1x5\nweight head.weight 30x8\ny = Gather(head.weight, ids)")
        .by("pytorch")
        .noting_there("pkg.torch.onnx.name_scopes", "['', 'm', 'm.wte', 'embedding']")
        .import();
    assert_eq!(told(&model), "m.wte embedding 240");
}
