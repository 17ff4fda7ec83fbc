//! A matrix product and what is added behind it are one dense layer.

use netweight_core::Check;

use crate::sketch::{check, sketch, told};

#[test]
fn product_and_addition_are_one_layer_whatever_the_order() {
    for (product, sum) in [("MatMul(x, W)", "Add(t, b)"), ("MatMul(x, W)", "Add(b, t)")] {
        let lines = format!(
            "input x 1x4\nweight W 4x3\nweight b 3\nt = {product} name=/fc/MatMul\ny = {sum} name=/fc/Add"
        );
        assert_eq!(told(&sketch(&lines).import()), "fc dense 15");
    }
}

#[test]
fn a_matrix_on_the_left_has_no_dense_layer_but_counts() {
    let model = sketch("input x 4x1\nweight W 3x4\nt = MatMul(W, x) name=mix").import();
    assert_eq!(told(&model), "mix einsum_dense 12");
}

#[test]
fn an_addition_of_another_size_is_no_bias() {
    let lines =
        "input x 5x4\nweight W 4x3\nweight p 5x3\nt = MatMul(x, W) name=/fc/MatMul\ny = Add(t, p)";
    assert_eq!(told(&sketch(lines).import()), "fc dense 12\np parameter 15");
}

#[test]
fn a_product_that_is_read_twice_keeps_its_addition_apart() {
    let lines = "input x 1x4\nweight W 4x3\nweight b 3\nt = MatMul(x, W) name=/fc/MatMul\ny = Add(t, b)\nz = Relu(t)";
    assert_eq!(told(&sketch(lines).import()), "fc dense 12\nb parameter 3");
}

#[test]
fn a_bias_behind_a_change_of_layout_still_is_the_layers() {
    let lines = "input x 2x5x4\nweight W 4x6\nweight b 2x3\nints s 2,5,2,3
        t = MatMul(x, W) name=query
        u = Reshape(t, s)
        y = Add(u, b)";
    assert_eq!(told(&sketch(lines).import()), "query dense 30");
}

#[test]
fn a_fused_operator_adds_the_bias_of_the_product_before_it() {
    let lines = "input x 2x5x4\ninput s 2x5x6\nweight W 4x6\nweight b 6\nweight g 6\nweight o 6
        t = MatMul(x, W) name=dense
        y = SkipLayerNormalization(t, s, g, o, b) name=norm domain=com.microsoft";
    assert_eq!(told(&sketch(lines).import()), "dense dense 30\nnorm layer_norm 12");
}

#[test]
fn weights_behind_other_operators_belong_to_the_layer_that_reads_them() {
    let lines = "input x 1x4\nweight W 12 float16\nweight b 3\nints s 3,4\nints a 0
        w1 = Reshape(W, s)
        w2 = Cast(w1) to=1
        w3 = Transpose(w2) perm=[1,0]
        b1 = Unsqueeze(b, a)
        t = MatMul(x, w3) name=/fc/MatMul
        y = Add(t, b1)";
    assert_eq!(told(&sketch(lines).import()), "fc dense 15");
}

#[test]
fn a_weight_of_which_a_part_is_read_counts_as_a_whole() {
    let lines = "input x 1x2\nweight W 4x3\nints s 0\nints e 2\nints a 0
        part = Slice(W, s, e, a)
        y = MatMul(x, part) name=fc";
    assert_eq!(told(&sketch(lines).import()), "fc einsum_dense 12");
}

#[test]
fn one_weight_in_two_layers_counts_once() {
    let lines =
        "input x 1x4\nweight W 4x4\nt = MatMul(x, W) name=first\ny = MatMul(t, W) name=second";
    assert_eq!(told(&sketch(lines).import()), "first dense 16");
}

#[test]
fn a_bias_that_is_stretched_over_all_outputs_counts_what_is_stored() {
    let lines = "input x 1x4\nweight W 4x3\nweight b 1\ny = Gemm(x, W, b) name=fc";
    assert_eq!(told(&sketch(lines).import()), "fc einsum_dense 13");
}

#[test]
fn weight_normalization_has_direction_and_length() {
    let lines = "input x 1x4x9\nweight c.weight_v 6x4x3\nweight c.weight_g 6x1x1\nweight c.bias 6
        n = ReduceL2(c.weight_v) axes=[1,2] keepdims=1
        d = Div(c.weight_v, n)
        w = Mul(d, c.weight_g)
        y = Conv(x, w, c.bias) kernel_shape=[3] group=1";
    assert_eq!(told(&sketch(lines).import()), "c.weight_g parameter 6\nc conv 78");
}

#[test]
fn a_product_with_a_turned_operand_is_not_checked_against_its_last_dimension() {
    let lines = "input x 1x4x7\nweight W 4x5
        y = FusedMatMul(x, W) transA=1 domain=com.microsoft name=fc";
    let model = sketch(lines).import();
    assert_eq!(told(&model), "fc einsum_dense 20");
    assert_ne!(check(&model, "fc"), Check::Differ);
}

#[test]
fn projections_that_were_fused_keep_their_biases() {
    let lines = |last: u64| {
        format!(
            "input x 1x4\nweight _v_7 4x6\nweight m.q.bias 2\nweight m.k.bias 2\nweight m.v.bias {last}\nints parts 2,2,2
            t = MatMul(x, _v_7) name=MatMul_1
            a,b,c = Split(t, parts) axis=-1
            q = Add(m.q.bias, a)
            k = Add(b, m.k.bias)
            v = Add(c, m.v.bias)"
        )
    };
    assert_eq!(told(&sketch(&lines(2)).import()), "m dense 30");
    // Of another size it is no bias.
    let other =
        "MatMul_1 dense 24\nm.q.bias parameter 2\nm.k.bias parameter 2\nm.v.bias parameter 4";
    assert_eq!(told(&sketch(&lines(4)).import()), other);
}
