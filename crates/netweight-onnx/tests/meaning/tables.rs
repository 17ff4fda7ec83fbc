//! Tables, and numbers that stand in a weight's place: which of them are learned, and by whom.

use netweight_core::Category::{Constant, Trainable};
use netweight_core::Check;

use crate::sketch::{Sketch, check, floats, sketch, told, values_of};

/// A model of these lines with one more tensor of floats.
fn with_values(lines: &str, name: &str, dims: &[i64], values: &[f64]) -> Sketch {
    let list: Vec<String> = values.iter().map(f64::to_string).collect();
    let mut tensor = floats(name, &list.join(","));
    tensor.dims = dims.to_vec();
    let mut sketch = sketch(lines);
    sketch.graph.initializer.push(tensor);
    sketch
}

#[test]
fn a_table_goes_through_layers_of_its_own() {
    // Queries through a linear layer, against what is fed.
    let lines = "input x 1x5x8\nweight queries 4x8\nweight fc.weight 6x8\nweight fc.bias 6
        q = Gemm(queries, fc.weight, fc.bias) transB=1 name=/fc/Gemm
        t = Transpose(x) perm=[0,2,1]
        s = MatMul(t, x) name=/s/MatMul
        y = Concat(q, s) axis=0";
    let model = sketch(lines).by("pytorch").import();
    assert_eq!(told(&model), "queries parameter 32\nfc dense 54");
}

#[test]
fn what_is_fed_is_standardized_by_numbers_that_nobody_learned() {
    let lines = "input x 1x3x4x4\nweight onnx::Sub_5 1x3x1x1\nweight onnx::Div_6 1x3x1x1
        c = Sub(x, onnx::Sub_5)
        y = Div(c, onnx::Div_6)";
    let model = sketch(lines).by("pytorch").import();
    assert_eq!((values_of(&model, Trainable), values_of(&model, Constant)), (0, 6));
}

#[test]
fn what_is_fed_may_be_of_another_type_layout_and_range() {
    let lines = |range: &str| {
        format!(
            "input x 1x4x4x3\nweight onnx::Sub_5 1x3x1x1\nweight onnx::Mul_6 1x3x1x1\nfloats onnx::Div_4 {range}
            f = Cast(x) to=1
            t = Transpose(f) perm=[0,3,1,2]
            r = Div(t, onnx::Div_4)
            c = Sub(r, onnx::Sub_5)
            y = Mul(c, onnx::Mul_6)"
        )
    };
    let of = |range| values_of(&sketch(&lines(range)).by("pytorch").import(), Trainable);
    assert_eq!(of("255"), 0);
    // A factor for each value is not a range.
    assert_eq!(of("0.3,0.1,0.5,0.2"), 4 + 6);
}

#[test]
fn sines_of_later_positions_are_no_parameters_though_one_row_is_empty() {
    // Halves of sines and cosines at positions 2 and 4; the row between stands for no word.
    let row = |at: f64| [at.sin(), (at / 100.0).sin(), at.cos(), (at / 100.0).cos()];
    let table = [row(2.0), [0.0; 4], row(4.0)].concat();
    let lines = "input ids 1x2\ny = Gather(onnx::Gather_3, ids)";
    let model = with_values(lines, "onnx::Gather_3", &[3, 4], &table).import();
    assert_eq!((values_of(&model, Trainable), values_of(&model, Constant)), (0, 12));
}

#[test]
fn rows_that_climb_evenly_are_a_grid() {
    let grid = [-1.0, -0.5, 0.0, 0.5, -1.0, -0.5, 0.0, 0.5];
    let lines = "input x 1x2x4\ny = Sub(x, onnx::Sub_3)";
    let model = with_values(lines, "onnx::Sub_3", &[2, 4], &grid).import();
    assert_eq!((values_of(&model, Trainable), values_of(&model, Constant)), (0, 8));
}

#[test]
fn a_filter_laid_out_for_every_channel_is_fixed() {
    let lines = "input x 1x6x8x8\nweight blur 1x1x3x3\nints r 6,1,1,1
        k = Tile(blur, r)
        y = Conv(x, k) group=6 name=conv";
    let model = sketch(lines).import();
    assert_eq!((values_of(&model, Trainable), values_of(&model, Constant)), (0, 9 + 4));
}

#[test]
fn a_parameter_of_the_module_around_is_no_bias_of_a_layer_in_it() {
    let lines = "input x 1x4\nweight sep.point.weight 3x4\nweight sep.bias 3
        t = Gemm(x, sep.point.weight) transB=1 name=/sep/point/Gemm
        y = Add(t, sep.bias)";
    let model = sketch(lines).by("pytorch").import();
    assert_eq!(told(&model), "sep.point dense 12\nsep.bias parameter 3");
}

#[test]
fn a_bias_of_one_value_for_all_words_is_not_learned() {
    let lines = "input x 1x2x3\nweight onnx::MatMul_4 3x4
        t = MatMul(x, onnx::MatMul_4) name=/head/MatMul
        y = Add(t, onnx::Add_5)";
    let model = with_values(lines, "onnx::Add_5", &[1, 4], &[0.0; 4]).by("pytorch").import();
    assert_eq!((values_of(&model, Trainable), values_of(&model, Constant)), (12, 4));
}

#[test]
fn quantized_operands_of_a_sum_are_learned() {
    let lines =
        "input x 1x4x8\nweight pos_quantized 1x4x8 int8\nfloats a 0.1\nfloats b 0.2\nfloats c 0.3
        y = QLinearAdd(x, a, -, pos_quantized, b, -, c, -) domain=com.microsoft";
    assert_eq!(told(&sketch(lines).import()), "pos parameter 32");
}

#[test]
fn convolutions_with_channels_last_are_checked_along_the_last_axis() {
    let lines = "input x 1x8x8x3\nfloats s 0.1\nweight W 4x3x3x3 int8\nweight V 4x1x3x3 int8
        t = QLinearConv(x, s, -, W, s, -, s, -) channels_last=1 name=a domain=com.microsoft
        y = QLinearConv(t, s, -, V, s, -, s, -) channels_last=1 group=4 name=b domain=com.microsoft";
    let model = sketch(lines).import();
    assert_eq!(told(&model), "a conv 108\nb conv 36");
    for layer in ["a", "b"] {
        assert_ne!(check(&model, layer), Check::Differ, "{layer}");
    }
}

#[test]
fn a_fused_embedding_normalization_is_not_checked_against_its_indices() {
    let lines = "input ids 1x5\nweight words 9x4\nweight positions 5x4\nweight g 4\nweight b 4
        y = EmbedLayerNormalization(ids, -, words, positions, -, g, b) domain=com.microsoft name=emb";
    let model = sketch(lines).import();
    assert_eq!(values_of(&model, Trainable), 36 + 20 + 8);
    assert_ne!(check(&model, "emb"), Check::Differ);
}

#[test]
fn a_codebook_that_is_compared_in_another_rank_counts_once() {
    let code: Vec<f64> = (1..=8).map(|at| f64::from(at * at) * 0.3).collect();
    let lines = "input x 1x1x2\ninput ids 1x1
        d = Sub(x, onnx::Sub_4)
        q = Gather(code, ids)
        y = Add(d, q)";
    let mut model = with_values(lines, "code", &[4, 2], &code).by("pytorch");
    let mut copy = model.graph.initializer[0].clone();
    copy.name = "onnx::Sub_4".to_owned();
    copy.dims = vec![1, 4, 2];
    model.graph.initializer.push(copy);
    // Values as exporters write them: in one piece.
    for tensor in &mut model.graph.initializer {
        let bytes = tensor.float_data.drain(..).flat_map(f32::to_le_bytes).collect::<Vec<_>>();
        tensor.raw_data = bytes;
    }
    assert_eq!(values_of(&model.import(), Trainable), 8);
}

#[test]
fn a_bias_whose_part_is_not_known_is_in_the_formula() {
    // Where the part of the projection begins and ends depends on what is fed.
    let lines =
        "input x 1x4\ninput from 1\ninput to 1\nweight in_proj_weight 12x4\nweight in_proj_bias 12
        w = Slice(in_proj_weight, from, to)
        k = Transpose(w) perm=[1,0]
        t = MatMul(x, k) name=fc
        b = Slice(in_proj_bias, from, to)
        y = Add(t, b)";
    let model = sketch(lines).import();
    assert_eq!(values_of(&model, Trainable), 60);
    let analysis = netweight_core::analyze(&model);
    assert!(analysis.layers.iter().all(|layer| layer.check != Check::Differ));
}

#[test]
fn a_number_that_the_model_raises_is_learned() {
    let lines = "input x 1x8\nfloats onnx::Exp_4 2.5\ne = Exp(onnx::Exp_4)\ny = Mul(x, e)";
    assert_eq!(values_of(&sketch(lines).by("pytorch").import(), Trainable), 1);
    let lines = "input x 1x8\nfloats onnx::Mul_4 2.5\ny = Mul(x, onnx::Mul_4)";
    assert_eq!(values_of(&sketch(lines).by("pytorch").import(), Trainable), 0);
}
