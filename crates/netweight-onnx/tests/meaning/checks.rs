//! Formula against stored weights: sizes from a second place confirm or contradict.

use netweight_core::{Check, analyze};

use crate::sketch::{at, check, sketch};

#[test]
fn attributes_and_neighbours_confirm_a_convolution() {
    let lines =
        "input x 1x3x8x8\nweight c.weight 4x3x3x3\nweight d.weight 5x4x1x1\noutput y 1x5x6x6
        t = Conv(x, c.weight) kernel_shape=[3,3] group=1
        r = Relu(t)
        y = Conv(r, d.weight) kernel_shape=[1,1] group=1";
    let model = sketch(lines).import();
    assert_eq!(check(&model, "c"), Check::Agree);
    assert_eq!(check(&model, "d"), Check::Agree);
}

#[test]
fn sizes_of_the_weights_alone_prove_nothing() {
    let lines = "input x axbxcxd\nweight c.weight 4x3x3x3\ny = Conv(x, c.weight)";
    assert_eq!(check(&sketch(lines).import(), "c"), Check::ByConstruction);
}

#[test]
fn an_attribute_that_the_weights_contradict_differs() {
    let wrong = [
        "input x 1x3x8x8\nweight c.weight 4x3x3x3\ny = Conv(x, c.weight) kernel_shape=[5,5]",
        "input x 1x3x8x8\nweight c.weight 4x3x3x3\ny = Conv(x, c.weight) kernel_shape=[3,3] group=3",
        "input x 1x2x8x8\nweight c.weight 4x3x3x3\ny = Conv(x, c.weight) kernel_shape=[3,3]",
        "input x 3x1x5\nweight c.W 1x16x5\nweight c.R 1x16x4\ny = LSTM(x, c.W, c.R) hidden_size=5",
        "input x 1x7\nweight c.weight 3x4\ny = Gemm(x, c.weight) transB=1",
    ];
    for lines in wrong {
        assert_eq!(check(&sketch(lines).import(), "c"), Check::Differ, "{lines}");
    }
}

#[test]
fn a_recurrent_layer_says_its_two_biases() {
    let lines = "input x 4x1x3\nweight W 1x8x3\nweight R 1x8x2\nweight B 1x16\ny = LSTM(x, W, R, B) hidden_size=2 name=lstm";
    let model = sketch(lines).import();
    let analysis = analyze(&model);
    let lstm = at(&analysis, "lstm");
    assert_eq!(lstm.counts.unwrap().trainable, 56);
    assert_eq!(lstm.evaluated.tree.as_ref().unwrap().numbers(), "4 × [2(2 + 3) + 2 × 2]");
    assert_eq!(lstm.check, Check::Agree);
}

#[test]
fn rows_add_up_to_the_totals() {
    let lines =
        "input x 1x4\nweight W 4x3\nweight left 7\nints s 1,3\nt = MatMul(x, W)\ny = Reshape(t, s)";
    let model = sketch(lines).import();
    let stored: u64 = model
        .layers
        .iter()
        .flat_map(|layer| &layer.weights)
        .filter_map(|weight| weight.count())
        .sum();
    assert_eq!(stored, 12 + 7 + 2);
}
