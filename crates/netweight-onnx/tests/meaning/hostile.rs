//! Graphs that nobody exports: an answer in bounded time and memory.

use std::fmt::Write;

use netweight_core::analyze;

use crate::sketch::{codes, sketch};

#[test]
fn a_weight_that_takes_one_tensor_more_at_each_step_is_cut_off() {
    let mut lines = "input x 1x4\nweight w0 4\nc0 = Identity(w0)\n".to_owned();
    for step in 1..6_000 {
        writeln!(lines, "weight w{step} 4\nc{step} = Add(c{}, w{step})", step - 1).unwrap();
    }
    lines.push_str("y = Mul(x, c5999)");
    let model = sketch(&lines).import();
    assert!(codes(&model).contains(&"onnx/too-many-sources"));
}

#[test]
fn nodes_that_feed_themselves_have_an_answer() {
    let lines = "a = Add(b, a)\nb = MatMul(a, b)\nweight W 4x4\nc = Cast(d) to=1\nd = Cast(c) to=1\ne = Mul(c, W)\ny = Add(e, d)";
    analyze(&sketch(lines).import());
}

#[test]
fn sizes_beyond_all_numbers_are_not_known() {
    let lines = "input x 1x4\nweight W 9223372036854775807x9223372036854775807\ny = MatMul(x, W)";
    let model = sketch(lines).import();
    assert!(!analyze(&model).totals.complete);
}

#[test]
fn axes_and_attributes_out_of_range_are_no_shape() {
    let lines = "input x 2x3
        a = Transpose(x) perm=[0,9]
        b = Split(x) axis=7
        c = Flatten(x) axis=-9
        d = MaxPool(x) kernel_shape=[0,0] strides=[0,0]
        e = Conv(x, x) strides=[0] kernel_shape=[0]
        f = ReduceMean(x) axes=[5]
        g = Unsqueeze(x) axes=[9]
        h = LSTM(x, x, x) hidden_size=-1
        i = Gather(x, x) axis=-3
        j = Reshape(x) shape=[-1,-1]";
    analyze(&sketch(lines).import());
}
