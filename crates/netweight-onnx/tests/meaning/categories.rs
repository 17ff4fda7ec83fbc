//! What stored tensors are: learned, statistics, constants, unused.

use netweight_core::Category::{Constant, NonTrainable, Quantization, Trainable, Unused};

use crate::sketch::{codes, floats, node, sketch, tensor, told, values_of};

#[test]
fn shapes_axes_and_masks_are_constants() {
    let lines = "input x 1x6\nints s 2,3\nfloats mask 0,-1e9,0,0,0,-1e9
        a = Add(x, mask)
        y = Reshape(a, s)";
    let model = sketch(lines).import();
    assert_eq!(values_of(&model, Trainable), 0);
    assert_eq!(values_of(&model, Constant), 8);
}

#[test]
fn a_free_vector_is_a_parameter_and_a_guess() {
    let model = sketch("input x 1x5x8\nweight gamma 8\ny = Mul(x, gamma)").import();
    assert_eq!(told(&model), "gamma parameter 8");
    assert!(codes(&model).contains(&"onnx/guessed-category"));
}

#[test]
fn a_scalar_is_learned_only_where_its_source_named_it() {
    let lines = "input x 1x8\nfloats temperature 0.5\ny = Mul(x, temperature)";
    assert_eq!(values_of(&sketch(lines).by("pytorch").import(), Trainable), 1);
    assert_eq!(values_of(&sketch(lines).import(), Trainable), 0);
    let made_up = lines.replace("temperature", "onnx::Mul_7");
    assert_eq!(values_of(&sketch(&made_up).by("pytorch").import(), Trainable), 0);
}

#[test]
fn what_is_left_of_a_variance_is_a_statistic() {
    // Keras' batch normalization without a scale, behind something that it cannot be folded into.
    let lines = "input x 1x8\nweight net/bn/batchnorm/Rsqrt:0 8\nweight net/bn/batchnorm/sub:0 8
        a = Mul(x, net/bn/batchnorm/Rsqrt:0)
        y = Add(a, net/bn/batchnorm/sub:0)";
    let model = sketch(lines).by("tf2onnx").import();
    assert_eq!((values_of(&model, Trainable), values_of(&model, NonTrainable)), (8, 8));
}

#[test]
fn a_window_of_a_signal_is_a_constant() {
    let of = |value: &dyn Fn(f32) -> f32| {
        let model = sketch("input x 5x32\nweight w 32\ny = Mul(x, w)");
        values_of(&model.holding("w", (0..32_u8).map(|n| value(n.into()))).import(), Trainable)
    };
    let turn = std::f32::consts::TAU;
    assert_eq!(of(&|n| 0.5 - 0.5 * (turn * n / 32.0).cos()), 0);
    assert_eq!(of(&|n| 0.54 - 0.46 * (turn * n / 31.0).cos()), 0);
    assert_eq!(of(&|n| (0.5 - 0.5 * (turn * n / 32.0).cos()).sqrt()), 0);
    assert_eq!(of(&|n| 0.5 - 0.5 * (turn * n / 30.0).cos()), 32);
}

#[test]
fn a_climb_of_numbers_is_no_table() {
    let lines = |values: &str| {
        format!("input n 1\nfloats table {values}\ny = GatherElements(table, n) axis=0")
    };
    let of = |values| values_of(&sketch(&lines(values)).import(), Trainable);
    assert_eq!((of("10,20,40,80,160"), of("0,0.5,1,1.5,2")), (0, 0));
    assert_eq!(of("10,20,40,80,170"), 5);
}

#[test]
fn where_values_are_put_is_no_parameter() {
    let lines = "input x 1x2\nweight kernel 2x3\nweight places 2x3 int32\nweight more 2x3
        k = ScatterElements(kernel, places, more)
        y = MatMul(x, k)";
    assert_eq!(values_of(&sketch(lines).import(), Trainable), 12);
}

#[test]
fn zeros_by_name_and_value_are_no_parameters() {
    let lines = |name: &str, values: &str| {
        format!("input x 1x8\nfloats {name} {values}\ny = Add(x, {name})")
    };
    let of = |name, values| {
        let model = sketch(&lines(name, values)).by("pytorch").import();
        values_of(&model, Trainable)
    };
    assert_eq!(of("zeros_like", "0,0,0,0,0,0,0,0"), 0);
    assert_eq!(of("zeros_like", "0,1,2,0,5,0,7,0"), 8);
    assert_eq!(of("offset", "0,0,0,0,0,0,0,0"), 8);
}

#[test]
fn what_stands_in_nodes_is_made_up_where_weights_stand_in_initializers() {
    let constant = || node("c = Constant()");
    let lines = "input x 1x4\nweight W 4x4\nt = MatMul(x, W)";
    let model = sketch(lines)
        .with_node(constant())
        .with_attribute(tensor("value", floats("", "1,2,3,5")))
        .with_node(node("y = Add(t, c)"))
        .import();
    // An addition of the right size is a bias wherever it stands; a product's factor is not.
    assert_eq!(values_of(&model, Trainable), 20);
    let model = sketch(lines)
        .with_node(constant())
        .with_attribute(tensor("value", floats("", "1,2,3,5")))
        .with_node(node("y = Mul(t, c)"))
        .import();
    assert_eq!(values_of(&model, Trainable), 16);
    assert_eq!(values_of(&model, Constant), 4);
}

#[test]
fn weights_in_nodes_count_where_no_initializer_holds_any() {
    let model = sketch("input x 1x2")
        .with_node(node("w = Constant()"))
        .with_attribute(tensor("value", {
            let mut weight = floats("", "1,2,3,4,5,6");
            weight.dims = vec![2, 3];
            weight
        }))
        .with_node(node("t = MatMul(x, w) name=fc"))
        .with_node(node("s = Constant()"))
        .with_attribute(tensor("value", floats("", "7,8,9")))
        .with_node(node("y = Mul(t, s)"))
        .import();
    assert_eq!(values_of(&model, Trainable), 9);
}

#[test]
fn a_table_of_sines_is_a_constant_and_a_table_of_anything_else_is_not() {
    // Positions 0 and 1 of width 4: sin(p), cos(p), sin(p / 100), cos(p / 100).
    let table = [0.0, 1.0, 0.0, 1.0, 0.841_471, 0.540_302, 0.01, 0.999_95];
    let list = |table: &[f64]| table.iter().map(f64::to_string).collect::<Vec<_>>().join(",");
    let lines = |list: String| {
        format!(
            "input x 1x2x4\nfloats pos {list}\nints s 1,2,4\np = Reshape(pos, s)\ny = Add(x, p)"
        )
    };
    let mut shaped = sketch(&lines(list(&table)));
    shaped.graph.initializer[0].dims = vec![2, 4];
    assert_eq!(values_of(&shaped.import(), Trainable), 0);
    let mut learned = table;
    learned[4] = 0.7;
    let mut shaped = sketch(&lines(list(&learned)));
    shaped.graph.initializer[0].dims = vec![2, 4];
    assert_eq!(values_of(&shaped.import(), Trainable), 8);
}

#[test]
fn tensors_that_nobody_reads_are_unused() {
    let model = sketch("input x 1x4\nweight W 4x3\nweight left 10x10\ny = MatMul(x, W)").import();
    assert_eq!((values_of(&model, Trainable), values_of(&model, Unused)), (12, 100));
}

#[test]
fn an_operator_that_nobody_knows_still_counts() {
    let lines = "input x 1x4\nweight W 4x3\nweight b 3\nints axes 1\ny = Mystery(x, W, b, axes) domain=acme name=layer";
    let model = sketch(lines).import();
    assert_eq!(told(&model), "layer none 15");
    assert_eq!(values_of(&model, Constant), 1);
}

/// The light models of the ONNX backend's tests keep shapes in the place of weights, of those too
/// that a sum or a product reads.
#[test]
fn a_file_whose_weights_are_all_made_from_shapes_counts_free_ones_too() {
    let lines = "input x 1x4x8x8\nints s 6,4,3,3\nints c 6\nints axes 1,2
        w = ConstantOfShape(s)
        y = Conv(x, w) name=conv
        scale = ConstantOfShape(c)
        column = Unsqueeze(scale, axes)
        z = Mul(y, column)";
    let model = sketch(lines).import();
    assert_eq!(told(&model), "conv conv 216\nscale parameter 6");
    // The product sees the column, not the vector that it is made of.
    let seen = netweight_core::analyze(&model);
    assert_eq!(seen.diagnostics.iter().find(|found| found.code == "layer/impossible"), None);
}

#[test]
fn a_node_that_fills_a_shape_stands_for_the_weight_that_light_models_leave_out() {
    let lines = "input x 1x4\nints s 4,3\nw = ConstantOfShape(s)\ny = MatMul(x, w) name=fc";
    assert_eq!(told(&sketch(lines).import()), "fc dense 12");
}

#[test]
fn a_state_to_start_from_is_learned_only_by_name() {
    let lines = |state: &str| {
        format!(
            "input x 3x1x5\nweight W 1x16x5\nweight R 1x16x4\nweight {state} 1x1x4
            y = LSTM(x, W, R, -, -, {state}, {state}) hidden_size=4 name=lstm"
        )
    };
    let learned = sketch(&lines("m.h0")).by("pytorch").import();
    assert_eq!(values_of(&learned, Trainable), 16 * 9 + 4);
    let made_up = sketch(&lines("const_fold_opt__7")).by("tf2onnx").import();
    assert_eq!(values_of(&made_up, Trainable), 16 * 9);
}

#[test]
fn scales_multiply_quantized_weights_and_are_no_parameters() {
    let lines = "input x 1x4\nweight W 4x3 int8\nweight s 3\nweight z 3 int8
        w = DequantizeLinear(W, s, z) axis=1
        y = MatMul(x, w) name=fc";
    let model = sketch(lines).import();
    assert_eq!(told(&model), "fc dense 12");
    assert_eq!(values_of(&model, Quantization), 6);
}

#[test]
fn a_filter_that_all_channels_share_is_no_learned_one() {
    let lines = "input x 1x3x8x8\nfloats blur 1,2,1,1,2,1,1,2,1\ny = Conv(x, blur) group=3 kernel_shape=[1,3]";
    let mut shared = sketch(lines);
    shared.graph.initializer[0].dims = vec![3, 1, 1, 3];
    assert_eq!(values_of(&shared.import(), Trainable), 0);
    let mut own = sketch(&lines.replace("1,2,1,1,2,1,1,2,1", "1,2,1,1,2,2,1,2,1"));
    own.graph.initializer[0].dims = vec![3, 1, 1, 3];
    assert_eq!(values_of(&own.import(), Trainable), 9);
}

#[test]
fn vectors_of_a_power_iteration_are_not_learned() {
    let lines =
        "input x 1x4\nweight fc.weight_orig 3x4\nweight fc.weight_u 1x3\nweight fc.weight_v 4x1
        a = MatMul(fc.weight_u, fc.weight_orig)
        sigma = MatMul(a, fc.weight_v)
        w = Div(fc.weight_orig, sigma)
        y = Gemm(x, w) transB=1";
    let model = sketch(lines).by("pytorch").import();
    assert_eq!(told(&model), "fc dense 12");
}

#[test]
fn a_learned_exponent_counts() {
    let lines = "input x 1x4\nfloats pool.p 3\ny = Pow(x, pool.p)";
    assert_eq!(values_of(&sketch(lines).by("pytorch").import(), Trainable), 1);
}

#[test]
fn a_weight_turned_over_beside_its_own_statistics_is_no_second_weight() {
    // Weight standardization as it is exported with folding: a normalization of the filters whose
    // mean is taken of the same filters in another layout.
    let lines = "input x 1x3x8x8\nweight onnx::BatchNormalization_4 1x4x27\nweight gain 4
        weight onnx::ReduceMean_5 1x27x4\nints shape 4,3,3,3\nints four 4
        zero = ConstantOfShape(four)
        m = ReduceMean(onnx::ReduceMean_5) axes=[0,1] keepdims=0
        c = Sub(onnx::ReduceMean_5, m)
        q = Mul(c, c)
        v = ReduceMean(q) axes=[0,1] keepdims=0
        n = BatchNormalization(onnx::BatchNormalization_4, gain, zero, m, v) training_mode=1
        w = Reshape(n, shape)
        y = Conv(x, w) kernel_shape=[3,3]";
    let model = sketch(lines).by("pytorch").import();
    assert_eq!(values_of(&model, Trainable), 4 * 27 + 4);
}
