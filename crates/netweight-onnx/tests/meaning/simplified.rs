//! What simplifiers compute and move when they rewrite a file.

use netweight_core::Category::Trainable;

use crate::sketch::{floats, node, sketch, tensor, values_of};

#[test]
fn a_simplifier_moves_constants_to_the_initializers_and_folded_weights_to_the_nodes() {
    let lines = |table: &str| {
        format!(
            "input x 1x2\nweight fc.weight 4x2\nfloats {table} 1,2,3,5
            t = Gemm(x, fc.weight) transB=1
            y = Mul(t, {table})"
        )
    };
    let of = |table| values_of(&sketch(&lines(table)).by("pytorch").import(), Trainable);
    assert_eq!(of("/fc/Constant_3_output_0"), 8);
    assert_eq!(of("/fc/Softplus_output_0"), 12);
    for kernel in ["/conv/Transpose_1_output_0", "_v_12"] {
        let mut held = floats("", "1,2,3,5,7,11");
        held.dims = vec![2, 3, 1, 1];
        let model = sketch("input x 1x3x2x2\nweight fc.weight 4x2")
            .by("pytorch")
            .with_node(node(&format!("{kernel} = Constant()")))
            .with_attribute(tensor("value", held))
            .with_node(node(&format!("c = Conv(x, {kernel})")))
            .with_node(node("y = MatMul(fc.weight, c)"))
            .import();
        assert_eq!(values_of(&model, Trainable), 14, "{kernel}");
    }
}

#[test]
fn ones_that_a_simplifier_computed_are_no_kernel() {
    let of = |weights: &str, values: &str| {
        let lines = format!("input x 1x2x4\nfloats {weights} {values}\ny = MatMul(x, {weights})");
        values_of(&sketch(&lines).by("pytorch").import(), Trainable)
    };
    assert_eq!(of("/attention/Softmax_output_0", "1,1,1,1"), 0);
    assert_eq!(of("/fc/Transpose_output_0", "0,0,0,0"), 4);
    assert_eq!(of("weight", "1,1,1,1"), 4);
}

/// What counts of two operands of one shape with these values.
fn counted(names: [&str; 2], shape: &str, values: [&[f32]; 2]) -> u64 {
    let [one, other] = names;
    let lines = format!(
        "input x {shape}\nweight {one} {shape}\nweight {other} {shape}\na = Mul(x, {one})\ny = Mul(a, {other})"
    );
    let [of_one, of_other] = values.map(|values| values.iter().copied());
    let model = sketch(&lines).by("pytorch").holding(one, of_one).holding(other, of_other);
    values_of(&model.import(), Trainable)
}

#[test]
fn cosines_and_sines_of_the_same_angles_are_a_rotation() {
    let made_up = ["/rope/Cast_output_0", "/rope/Cast_1_output_0"];
    let angles = [0.3_f32, 1.1, -2.0, 0.7, 2.9, 0.01, 1.7, -0.4];
    // Some rotations are longer than one.
    let (cosines, sines) = (angles.map(|a| 1.3 * a.cos()), angles.map(|a| 1.3 * a.sin()));
    assert_eq!(counted(made_up, "2x4", [&cosines, &sines]), 0);
    assert_eq!(counted(made_up, "2x4", [&cosines, &angles]), 16);
    assert_eq!(counted(["cosines", "sines"], "2x4", [&cosines, &sines]), 16);
}

#[test]
fn grids_and_slopes_by_position_are_computed() {
    let made_up = ["_v_1", "/heads/Mul_1_output_0"];
    let grid = [0.5, 0.5, 1.5, 0.5, 0.5, 1.5, 1.5, 1.5];
    let slopes = [0.0, 0.3, 0.6, 0.9, 0.0, 0.09, 0.18, 0.27];
    let learned = [0.1, -0.2, 0.4, 0.3, 0.7, -0.6, 0.2, 0.11];
    assert_eq!(counted(made_up, "2x4", [&grid, &slopes]), 0);
    assert_eq!(counted(made_up, "2x4", [&grid, &learned]), 8);
    assert_eq!(counted(["grid", "bias"], "2x4", [&grid, &learned]), 16);
}

#[test]
fn halves_climb_as_evenly_as_their_digits_let_them() {
    let counted = |values: [u16; 6]| {
        let lines = "input x 1x6\nweight onnx::Sub_1 6 float16\ny = Sub(x, onnx::Sub_1)";
        let mut model = sketch(lines);
        let tensor = model.graph.initializer.last_mut().unwrap();
        tensor.raw_data = values.into_iter().flat_map(u16::to_le_bytes).collect();
        tensor.external_data.clear();
        tensor.data_location = onnx_protobuf::tensor_proto::DataLocation::DEFAULT.into();
        values_of(&model.import(), Trainable)
    };
    // -2.2, -1.8, -1.4 … -0.2 as halves are; then 1.001, 1.002, 1, 0.9995, 1.001, 1.
    assert_eq!(counted([0xc066, 0xbf33, 0xbd9a, 0xbc00, 0xb8cd, 0xb266]), 0);
    assert_eq!(counted([0x3c01, 0x3c02, 0x3c00, 0x3bff, 0x3c01, 0x3c00]), 6);
}

#[test]
fn a_number_times_the_identity_is_computed() {
    let identity = [13.0, 0.0, 0.0, 0.0, 13.0, 0.0, 0.0, 0.0, 13.0];
    let learned = [13.0, 0.0, 0.1, 0.0, 13.0, 0.0, 0.0, 0.0, 13.0];
    assert_eq!(counted(["_v_1", "_v_2"], "3x3", [&identity, &learned]), 9);
    let product = |name: &str| {
        let lines = format!("input x 2x3\nweight {name} 3x3\ny = MatMul(x, {name})");
        values_of(&sketch(&lines).holding(name, identity).import(), Trainable)
    };
    assert_eq!((product("eye"), product("weight")), (0, 9));
}

#[test]
fn numbers_that_an_exported_program_names_after_the_operation_are_its_own() {
    let of = |name: &str| {
        let lines = format!("input x 1x8\nfloats {name} 0.5\ny = Mul(x, {name})");
        values_of(&sketch(&lines).by("pytorch").import(), Trainable)
    };
    assert_eq!((of("scalar_tensor_default_2"), of("_to_copy"), of("temperature")), (0, 0, 1));
}
