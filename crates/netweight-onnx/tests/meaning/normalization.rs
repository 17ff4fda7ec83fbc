//! Normalizations: as operators, written out, and what exporters make up for them.

use netweight_core::{Category, Check};

use crate::sketch::{check, floats, node, sketch, tensor, told, values_of};

#[test]
fn layer_normalization_written_out_is_one_layer() {
    let lines = "input x 2x5x8\nweight n.weight 8\nweight n.bias 8\nfloats two 2\nfloats eps 1e-5
        m = ReduceMean(x) axes=[-1]
        d = Sub(x, m)
        s = Pow(d, two)
        v = ReduceMean(s) axes=[-1]
        e = Add(v, eps)
        r = Sqrt(e)
        q = Div(d, r)
        g = Mul(q, n.weight)
        y = Add(g, n.bias)";
    assert_eq!(told(&sketch(lines).import()), "n layer_norm 16");
}

#[test]
fn rms_normalization_written_out_is_one_layer() {
    let tails =
        ["i = Reciprocal(r)\nq = Mul(x, i)", "i = Div(one, r)\nq = Mul(i, x)", "q = Div(x, r)"];
    for tail in tails {
        let lines = format!(
            "input x 2x5x8\nweight n.weight 8\nfloats two 2\nfloats one 1\nfloats eps 1e-5
            s = Pow(x, two)
            v = ReduceMean(s) axes=[-1]
            e = Add(v, eps)
            r = Sqrt(e)
            {tail}
            y = Mul(n.weight, q)"
        );
        assert_eq!(told(&sketch(&lines).import()), "n rms_norm 8");
    }
}

#[test]
fn a_normalization_that_is_turned_over_in_the_middle_is_one_layer() {
    let lines = "input x 2x8x5\nweight n.weight 8\nweight n.bias 8\nfloats two 2\nfloats eps 1e-5
        m = ReduceMean(x) axes=[1]
        c = Sub(x, m)
        d = Transpose(c) perm=[0,2,1]
        s = Pow(d, two)
        v = ReduceMean(s) axes=[-1]
        e = Add(v, eps)
        r = Sqrt(e)
        q = Div(d, r)
        g = Mul(q, n.weight)
        y = Add(g, n.bias)";
    let model = sketch(lines).import();
    assert_eq!(told(&model), "n layer_norm 16");
    assert_ne!(check(&model, "n"), Check::Differ);
}

#[test]
fn what_is_added_behind_an_rms_normalization_is_no_offset() {
    let lines = "input x 2x5x8\nweight n.weight 8\nweight bias 8\nfloats two 2\nfloats eps 1e-5
        s = Pow(x, two)
        v = ReduceMean(s) axes=[-1]
        e = Add(v, eps)
        r = Sqrt(e)
        q = Div(x, r)
        g = Mul(q, n.weight)
        y = Add(g, bias)";
    let model = sketch(lines).import();
    assert_eq!(told(&model), "n rms_norm 8\nbias parameter 8");
    assert_ne!(check(&model, "n"), Check::Differ);
}

#[test]
fn two_layers_may_share_all_steps_but_their_scales() {
    // A simplifier writes the steps of two layers behind one value once.
    let lines = "input x 2x5x8\nweight a.weight 8\nweight b.weight 8\nweight b.bias 8\nfloats two 2\nfloats eps 1e-5
        m = ReduceMean(x) axes=[-1]
        d = Sub(x, m)
        s = Pow(d, two)
        v = ReduceMean(s) axes=[-1]
        e = Add(v, eps)
        r = Sqrt(e)
        q = Div(d, r)
        y = Mul(q, a.weight)
        g = Mul(q, b.weight)
        z = Add(g, b.bias)";
    assert_eq!(told(&sketch(lines).import()), "a layer_norm 8\nb layer_norm 16");
}

#[test]
fn a_normalization_over_channels_first_takes_its_axis_from_the_mean() {
    let lines =
        "input x 2x8x5x5\nweight n.weight 8x1x1\nweight n.bias 8x1x1\nfloats two 2\nfloats eps 1e-5
        m = ReduceMean(x) axes=[1]
        d = Sub(x, m)
        s = Pow(d, two)
        v = ReduceMean(s) axes=[1]
        e = Add(v, eps)
        r = Sqrt(e)
        q = Div(d, r)
        g = Mul(n.weight, q)
        y = Add(g, n.bias)";
    assert_eq!(told(&sketch(lines).import()), "n layer_norm 16");
}

#[test]
fn group_normalization_by_an_instance_normalization_counts_its_own_scale_only() {
    let lines = "input x 1x4x6x6\nweight onnx::Mul_1 4x1x1\nweight onnx::Add_2 4x1x1\nints to 0,2,-1\nints back 1,4,6,6
        onesnode = Constant()
        zerosnode = Constant()
        a = Reshape(x, to) name=/gn/Reshape
        i = InstanceNormalization(a, ones, zeros) name=/gn/InstanceNormalization
        b = Reshape(i, back)
        g = Mul(b, onnx::Mul_1) name=/gn/Mul
        y = Add(g, onnx::Add_2) name=/gn/Add";
    let lines = lines
        .replace("onesnode = Constant()", "floats val_1 1,1")
        .replace("zerosnode = Constant()", "floats val_2 0,0")
        .replace("ones, zeros", "val_1, val_2");
    let model = sketch(&lines).import();
    assert_eq!(told(&model), "gn group_norm 8");
    // The made-up scale and offset, and the two shapes.
    assert_eq!(values_of(&model, Category::Constant), 2 + 2 + 3 + 4);
}

#[test]
fn statistics_are_no_learned_values() {
    let lines = "input x 1x3x8x8\nweight s 3\nweight b 3\nweight m 3\nweight v 3
        y = BatchNormalization(x, s, b, m, v) name=bn";
    let model = sketch(lines).import();
    assert_eq!(told(&model), "bn batch_norm 12");
    assert_eq!(values_of(&model, Category::NonTrainable), 6);
}

#[test]
fn a_made_up_scale_of_ones_is_a_constant() {
    let lines = "input x 1x3x8x8\nfloats val_1 1,1,1\nfloats val_2 0,0,0\nweight m 3\nweight v 3
        y = BatchNormalization(x, val_1, val_2, m, v) name=bn";
    let model = sketch(lines).import();
    assert_eq!(values_of(&model, Category::Trainable), 0);
    assert_eq!(values_of(&model, Category::NonTrainable), 6);
    assert_eq!(values_of(&model, Category::Constant), 6);
}

#[test]
fn a_learned_scale_of_ones_counts() {
    let lines =
        "input x 1x3x8x8\nfloats bn.weight 1,1,1\nfloats bn.bias 0,0,0\nweight m 3\nweight v 3
        y = BatchNormalization(x, bn.weight, bn.bias, m, v)";
    assert_eq!(values_of(&sketch(lines).import(), Category::Trainable), 6);
}

#[test]
fn batch_normalization_written_out_has_a_mean_that_nobody_learned() {
    let lines = "input x 1x8x8x3\nweight mean3 1x1x1x3\nweight scale 1x1x1x3\nweight offset 1x1x1x3
        d = Sub(x, mean3) name=bn
        s = Mul(d, scale)
        y = Add(s, offset)";
    let model = sketch(lines).import();
    assert_eq!(values_of(&model, Category::Trainable), 6);
    assert_eq!(values_of(&model, Category::NonTrainable), 3);
}

#[test]
fn batch_normalization_written_out_may_have_no_offset() {
    // Keras makes zeros up where its layer has none.
    let model = sketch("input x 1x8x8x3\nweight mean3 1x1x1x3\nweight scale 1x1x1x3")
        .by("pytorch")
        .with_node(node("d = Sub(x, mean3) name=bn"))
        .with_node(node("s = Mul(d, scale)"))
        .with_node(node("zeros = Constant()"))
        .with_attribute(tensor("value", floats("", "0,0,0")))
        .with_node(node("y = Add(s, zeros)"))
        .import();
    assert_eq!(told(&model), "mean3 parameter 3\nbn batch_norm 3");
    assert_ne!(check(&model, "bn"), Check::Differ);
}
