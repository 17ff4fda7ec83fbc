//! Control flow and functions: every tensor counts once, whoever reads it.

use netweight_core::Category;

use crate::sketch::{body, floats, node, sketch, tensor, told, values_of};

#[test]
fn both_branches_count_under_their_names() {
    let model = sketch("input x 1x4\ninput c 1\ny = If(c) name=if")
        .with_attribute(body("then_branch", "weight W 4x3\noutput t 1x3\nt = MatMul(x, W)"))
        .with_attribute(body("else_branch", "weight W 4x3\noutput e 1x3\ne = MatMul(x, W)"))
        .import();
    assert_eq!(told(&model), "if.then dense 12\nif.else dense 12");
}

#[test]
fn a_weight_of_the_graph_around_is_read_in_a_body() {
    let model =
        sketch("input x 1x4\ninput n 1\ninput c 1\nweight b 4\ny = Loop(n, c, x) name=loop")
            .with_attribute(body(
                "body",
                "input i 1\ninput cin 1\ninput s 1x4\nweight W 4x4\noutput cout 1\noutput out 1x4
            t = MatMul(s, W)
            out = Add(t, b)
            cout = Identity(cin)",
            ))
            .import();
    assert_eq!(told(&model), "loop.MatMul dense 20");
}

#[test]
fn a_weight_that_a_loop_hands_on_unchanged_belongs_to_the_layer_in_its_body() {
    let model = sketch("input x 1x4\ninput n 1\ninput c 1\nweight W 4x4\ny, u = Loop(n, c, x, W) name=loop")
        .with_attribute(body(
            "body",
            "input i 1\ninput cin 1\ninput s 1x4\ninput w 4x4\noutput cout 1\noutput out 1x4\noutput w2 4x4
            out = MatMul(s, w)
            cout = Identity(cin)
            w2 = Identity(w)",
        ))
        .import();
    assert_eq!(told(&model), "loop.MatMul dense 16");
}

#[test]
fn a_state_that_a_loop_changes_is_no_weight() {
    let model =
        sketch("input n 1\ninput c 1\nfloats h 0,0,0,0\nweight W 4x4\ny = Loop(n, c, h) name=loop")
            .with_attribute(body(
                "body",
                "input i 1\ninput cin 1\ninput s 1x4\noutput cout 1\noutput out 1x4
            out = MatMul(s, W)
            cout = Identity(cin)",
            ))
            .import();
    assert_eq!(told(&model), "loop.MatMul dense 16");
    assert_eq!(values_of(&model, Category::Constant), 4);
}

#[test]
fn a_function_that_is_called_twice_holds_its_weights_once() {
    let mut constant = node("w = Constant()");
    let mut weight = floats("", "1,2,3,5");
    weight.dims = vec![2, 2];
    constant.attribute.push(tensor("value", weight));
    let model =
        sketch("input x 1x2\nt = Own(x) domain=local name=one\ny = Own(t) domain=local name=two")
            .with_function("Own", "a", "b", vec![constant, node("b = MatMul(a, w)")])
            .import();
    assert_eq!(values_of(&model, Category::Trainable), 4);
}

#[test]
fn weights_that_calls_hand_to_a_function_count_for_each_call() {
    let lines = "input x 1x4\nweight l1.weight 4x4\nweight l2.weight 4x4
        t = Lin(x, l1.weight) domain=local
        y = Lin(t, l2.weight) domain=local";
    let model =
        sketch(lines).with_function("Lin", "a w", "b", vec![node("b = MatMul(a, w)")]).import();
    assert_eq!(told(&model), "l1 dense 16\nl2 dense 16");
}

#[test]
fn functions_that_call_each_other_without_end_are_given_up() {
    let calls = vec![node("b = F(a) domain=local"), node("c = F(b) domain=local")];
    let model =
        sketch("input x 1x4\ny = F(x) domain=local").with_function("F", "a", "c", calls).import();
    assert!(crate::sketch::codes(&model).contains(&"onnx/functions-too-deep"));
}
