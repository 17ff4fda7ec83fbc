//! What exporters say of tensors decides.

use netweight_core::Category;
use onnx_protobuf::tensor_proto::DataLocation;

use crate::sketch::{Sketch, codes, sketch, told, values_of};

const SIGNATURE: &str = "pkg.torch.export.ExportedProgram.graph_signature";
const KIND: &str = "pkg.torch.export.graph_signature.InputSpec.kind";
const FOLDED: &str = "pkg.onnxscript.optimizer.folded_from";

fn exported(lines: &str) -> Sketch {
    let signature = "\n# inputs\np_fc: PARAMETER target='fc.weight'\nb_pe: BUFFER target='pe' persistent=True\np_pos: PARAMETER target='pos'\nx: USER_INPUT\n";
    sketch(lines).by("pytorch").noting(SIGNATURE, signature)
}

#[test]
fn a_buffer_is_a_constant_and_a_parameter_is_none_though_both_are_added() {
    let lines = "input x 1x2x4\nweight pe 2x4\nweight pos 2x4\na = Add(x, pe)\ny = Add(a, pos)";
    let model = exported(lines)
        .noting_of("pe", KIND, "BUFFER")
        .noting_of("pos", KIND, "PARAMETER")
        .import();
    assert_eq!(told(&model), "pos parameter 8");
    assert_eq!(values_of(&model, Category::Constant), 8);
    assert!(!codes(&model).contains(&"onnx/guessed-category"));
}

#[test]
fn a_folded_weight_goes_by_the_name_of_its_source() {
    let model = exported("input x 1x4\nweight val_7 4x3\ny = MatMul(x, val_7) name=node_linear")
        .noting_of("val_7", FOLDED, "['fc.weight', 'val_3']")
        .import();
    assert_eq!(told(&model), "fc dense 12");
}

#[test]
fn what_a_layer_made_of_a_table_is_no_parameter_but_rows_taken_from_one_are() {
    let made = |buffer: &str| {
        let signature = format!(
            "p_fc: PARAMETER target='fc.weight'\nb: BUFFER target='{buffer}' persistent=True\n"
        );
        let lines = "input x 1x5x4\nweight val_7 1x5x4\ny = Add(x, val_7)";
        let sketch = sketch(lines).by("pytorch").noting(SIGNATURE, &signature);
        sketch.noting_of("val_7", FOLDED, &format!("['fc.weight', '{buffer}']")).import()
    };
    assert_eq!(values_of(&made("relative_coords_table"), Category::Trainable), 0);
    assert_eq!(values_of(&made("relative_position_index"), Category::Trainable), 20);
}

#[test]
fn what_was_folded_from_no_parameter_is_a_constant() {
    let model = exported("input x 1x4\nweight val_7 4\ny = Mul(x, val_7)")
        .noting_of("val_7", FOLDED, "['val_1', 'pe']")
        .import();
    assert_eq!(values_of(&model, Category::Trainable), 0);
}

#[test]
fn a_tied_weight_that_was_stored_again_counts_once() {
    let lines = "input ids 1x5\nweight fc.weight 30x8\nweight val_2 8x30
        e = Gather(fc.weight, ids)
        y = MatMul(e, val_2)";
    let model = exported(lines)
        .noting_of("fc.weight", KIND, "PARAMETER")
        .noting_of("val_2", FOLDED, "['fc.weight']")
        .import();
    assert_eq!(values_of(&model, Category::Trainable), 240);
    assert!(codes(&model).contains(&"onnx/repeated-weight"));
}

#[test]
fn equal_parts_of_one_parameter_are_no_copies_of_each_other() {
    let lines = "input x 1x4\nweight q 4\nweight k 4\na = Add(x, q)\ny = Add(a, k)";
    let model = exported(lines)
        .noting_of("q", FOLDED, "['fc.weight', 'val_1']")
        .noting_of("k", FOLDED, "['fc.weight', 'val_2']")
        .import();
    assert_eq!(values_of(&model, Category::Trainable), 8);
}

#[test]
fn what_follows_from_stored_parameters_adds_none() {
    // The first step of a cell: two rows of its bias, computed with a state of zeros.
    let lines = "input x 2x3\nweight fc.weight 4x3\nweight pos 4\nweight first 2x4
        t = Gemm(x, fc.weight, pos) transB=1
        y = Add(first, t)";
    let model = exported(lines)
        .noting_of("fc.weight", KIND, "PARAMETER")
        .noting_of("pos", KIND, "PARAMETER")
        .noting_of("first", FOLDED, "['fc.weight', 'pos', 'val_4']")
        .import();
    assert_eq!(values_of(&model, Category::Trainable), 16);
    assert_eq!(values_of(&model, Category::Constant), 8);
}

#[test]
fn a_tied_matrix_is_found_behind_many_others_whoever_named_the_table() {
    for table in ["wte", "onnx::Gather_3"] {
        let mut lines = format!("input ids 1x5\nweight {table} 6x4\nx0 = Gather({table}, ids)\n");
        for n in 0..40 {
            lines += &format!("weight w{n} 4x4\nx{} = MatMul(x{n}, w{n})\n", n + 1);
        }
        lines += "weight onnx::MatMul_9 4x6\ny = MatMul(x40, onnx::MatMul_9)";
        let mut model = sketch(&lines).by("pytorch");
        let value = |row: i64, column: i64| ((row * 4 + column) as f32).to_le_bytes();
        for tensor in &mut model.graph.initializer {
            let (rows, columns) = (tensor.dims[0], tensor.dims[1]);
            let is_turned = tensor.name == "onnx::MatMul_9";
            let element = |n: i64| match is_turned {
                true => value(n % columns, n / columns),
                false => value(n / columns, n % columns),
            };
            tensor.raw_data = (0..rows * columns).flat_map(element).collect();
            tensor.external_data.clear();
            tensor.data_location = DataLocation::DEFAULT.into();
        }
        assert_eq!(values_of(&model.import(), Category::Trainable), 6 * 4 + 40 * 16, "{table}");
    }
}

#[test]
fn tables_that_nobody_named_count_once_where_they_are_alike() {
    let lines = "input ids 1x5\ninput x 1x4\nweight onnx::Gather_1 6x4\nweight onnx::Gather_2 6x4\nweight onnx::MatMul_3 4x6
        a = Gather(onnx::Gather_1, ids)
        b = Gather(onnx::Gather_2, ids)
        y = MatMul(x, onnx::MatMul_3)";
    let mut model = sketch(lines).by("pytorch");
    for tensor in &mut model.graph.initializer {
        let turned = tensor.dims[0] == 4;
        let value = |n: usize| if turned { n % 6 * 4 + n / 6 } else { n };
        tensor.raw_data = (0..24).flat_map(|n| (value(n) as f32).to_le_bytes()).collect();
        tensor.external_data.clear();
        tensor.data_location = DataLocation::DEFAULT.into();
    }
    assert_eq!(values_of(&model.import(), Category::Trainable), 24);
}

#[test]
fn a_tied_matrix_is_found_among_many_of_its_size() {
    // 24 tables and 24 computed matrices, of which only the last ones are alike.
    let count = 24;
    let mut lines = "input ids 1x5\n".to_owned();
    for n in 0..count {
        lines += &format!("weight t{n} 6x4\nweight onnx::MatMul_{n} 4x6\n");
        lines += &format!("e{n} = Gather(t{n}, ids)\ny{n} = MatMul(e{n}, onnx::MatMul_{n})\n");
    }
    let mut model = sketch(&lines).by("pytorch");
    for (index, tensor) in model.graph.initializer.iter_mut().enumerate() {
        let tied = index + 2 >= 2 * count;
        let value = |n: usize| match (tied, index % 2) {
            (true, 1) => n % 6 * 4 + n / 6,
            (true, _) => n,
            (false, _) => 100 * index + n + 1_000,
        };
        tensor.raw_data = (0..24).flat_map(|n| (value(n) as f32).to_le_bytes()).collect();
        tensor.external_data.clear();
        tensor.data_location = DataLocation::DEFAULT.into();
    }
    assert_eq!(values_of(&model.import(), Category::Trainable), 24 * (2 * count as u64 - 1));
}

#[test]
fn a_bias_from_folded_normalization_belongs_to_its_convolution() {
    let lines = "input x 1x3x8x8\nweight fc.weight 4x3x3x3\nweight fc.weight_bias 4
        y = Conv(x, fc.weight, fc.weight_bias) kernel_shape=[3,3]";
    let model = exported(lines)
        .noting_there("pkg.torch.onnx.name_scopes", "['', 'bn', 'batch_norm']")
        .noting_there("pkg.onnxscript.rewriter.rule_name", "FuseBatchNormIntoConv")
        .import();
    assert_eq!(told(&model), "fc conv 112");
    assert!(codes(&model).contains(&"onnx/folded-batch-norm"));
}

#[test]
fn statistics_that_a_program_names_and_the_file_has_not_were_folded() {
    let signature = "p_w: PARAMETER target='fc.weight'\nb_m: BUFFER target='bn.running_mean'\nb_v: BUFFER target='bn.running_var'\n";
    let lines = "input x 1x4\nweight fc.weight 3x4\ny = Gemm(x, fc.weight) transB=1";
    let folded = sketch(lines).by("pytorch").noting(SIGNATURE, signature).import();
    assert!(codes(&folded).contains(&"onnx/folded-batch-norm"));
    let lines =
        "input x 1x3\nweight g 3\nweight b 3\nweight bn.running_mean 3\nweight bn.running_var 3
        y = BatchNormalization(x, g, b, bn.running_mean, bn.running_var)";
    let kept = sketch(lines)
        .by("pytorch")
        .noting(SIGNATURE, signature)
        .noting_of("bn.running_var", KIND, "BUFFER")
        .import();
    assert!(!codes(&kept).contains(&"onnx/folded-batch-norm"));
}

#[test]
fn a_keras_bias_that_is_half_zeros_counts_half() {
    let mut model = sketch(
        "input x 3x1x2\nweight W 1x4x2\nweight R 1x4x1\nfloats B 1,2,3,4,0,0,0,0
        y = LSTM(x, W, R, B) hidden_size=1 name=LSTM__1",
    )
    .by("tf2onnx");
    let bias = model.graph.initializer.last_mut().unwrap();
    bias.dims = vec![1, 8];
    bias.raw_data = bias.float_data.drain(..).flat_map(f32::to_le_bytes).collect();
    // 4 × [1(1 + 2) + 1], one bias a gate.
    assert_eq!(values_of(&model.import(), Category::Trainable), 16);
}
