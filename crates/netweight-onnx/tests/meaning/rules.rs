//! Operators that a rules file knows, and what is said of those that nobody knows.

use netweight_core::{Bytes, Check, ImportOptions, Importer, Model, Severity};
use netweight_onnx::OnnxImporter;
use netweight_yaml::read_rules;

use crate::sketch::{Sketch, check, codes, sketch, told};

fn import(sketch: Sketch, rules: &str) -> Model {
    let rules = read_rules(&Bytes::new("rules.yaml", rules)).unwrap();
    let options = ImportOptions { rules, ..ImportOptions::default() };
    OnnxImporter.import(&Bytes::new("sketch.onnx", sketch.bytes()), &options).unwrap()
}

const LINEAR: &str = "input x 1x4\nweight W 3x4\nweight b 3
    y = Linear(x, W, b) domain=com.example name=/fc/Linear in=4 out=3";

#[test]
fn an_unknown_operator_says_the_row_that_it_lacks() {
    let model = sketch(LINEAR).import();
    assert_eq!(told(&model), "fc none 15");
    let told_of =
        model.diagnostics.iter().find(|told| told.code == "onnx/unknown-operator").unwrap();
    assert_eq!(told_of.severity, Severity::Note);
    let help = told_of.help.as_deref().unwrap();
    let (_, row) = help.split_once("operators: ").unwrap();
    assert_eq!(
        row,
        r#"[{domain: "com.example", operator: "Linear", inputs: {1: kernel, 2: bias}}]"#
    );
    let model = import(sketch(LINEAR), &format!("operators: {row}"));
    assert_eq!(told(&model), "fc none 15");
    assert_eq!(codes(&model), ["onnx/missing-external-data"], "nothing is guessed any more");
}

#[test]
fn a_rule_makes_the_layer_of_a_kind() {
    // 4 × 3 + 3, the kernel laid out the other way round.
    let rule = "operators:
  - domain: com.example
    operator: Linear
    kind: dense
    inputs: {1: {weight: kernel, shape: [o, i]}, 2: bias}\n";
    let model = import(sketch(LINEAR), rule);
    assert_eq!(told(&model), "fc dense 15");
    assert_eq!(check(&model, "fc"), Check::ByConstruction);
    let layer = &model.layers[1];
    assert_eq!(layer.measured.int("input_size"), Some(4));
    assert_eq!(layer.measured.int("output_size"), Some(3));

    let model = import(sketch(LINEAR), &format!("{rule}    args: {{i: in, o: [width, out]}}\n"));
    assert_eq!(check(&model, "fc"), Check::Agree, "attributes confirm the sizes");

    let lines = LINEAR.replace("in=4", "in=5");
    let model = import(sketch(&lines), &format!("{rule}    args: {{i: in}}\n"));
    assert_eq!(check(&model, "fc"), Check::Differ);
}

#[test]
fn what_is_not_among_the_inputs_is_not_in_the_formula() {
    let lines = "input x 1x4\nweight W 4x3\ny = Linear(x, W) domain=com.example name=/fc/Linear";
    let rule = "operators: [{domain: com.example, operator: Linear, kind: dense, inputs: {1: kernel, 2: bias}}]";
    let model = import(sketch(lines), rule);
    assert_eq!(told(&model), "fc dense 12");
    assert_eq!(model.layers[1].args.get("bias"), Some(&false.into()));
}

#[test]
fn groups_and_kernels_of_any_rank_are_read_off_the_weights() {
    // 6 channels in 3 groups: 2 × (5 × 5) × 9 + 9.
    let lines = "input x 1x6x8x8\nweight W 9x2x5x5\nweight b 9
        y = Filter(x, W, b) domain=com.example name=/c/Filter parts=3";
    let rule = "operators:
  - {domain: com.example, operator: Filter, kind: conv, args: {n: parts},
     inputs: {1: {weight: kernel, shape: [o, i ÷ n, f...]}, 2: bias}}";
    let model = import(sketch(lines), rule);
    assert_eq!(told(&model), "c conv 459");
    assert_eq!(model.layers[1].measured.int("in_channels"), Some(6));
    assert_eq!(check(&model, "c"), Check::ByConstruction);
}

#[test]
fn scales_statistics_and_constants_are_what_they_are_called() {
    let lines = "input x 1x4\nweight W 4x3 int8\nweight s 3\nweight m 3\nweight k 7
        y = Odd(x, W, s, m, k) domain=com.example name=/odd/Odd";
    let rule = "operators:
  - domain: com.example
    operator: Odd
    inputs: {1: kernel, 2: scale, 3: mean, 4: constant}\n";
    let model = import(sketch(lines), rule);
    let analysis = netweight_core::analyze(&model);
    let totals = analysis.totals;
    assert_eq!((totals.counts.trainable, totals.counts.non_trainable), (12, 3));
    assert_eq!((totals.quantization.elements, totals.constants.elements), (3, 7));

    let model = import(sketch(lines), &format!("{rule}    trainable: false\n"));
    assert_eq!(netweight_core::analyze(&model).totals.counts.non_trainable, 15);
}

#[test]
fn weights_of_other_shapes_are_told_and_count() {
    let rule = "operators: [{domain: com.example, operator: Linear, kind: conv, inputs: {1: kernel, 2: bias}, args: {n: 3}}]";
    let lines = LINEAR.replace("W 3x4", "W 3");
    let model = import(sketch(&lines), rule);
    assert_eq!(told(&model), "fc none 6");
    assert!(codes(&model).contains(&"rules/shape"), "{:?}", codes(&model));
}

#[test]
fn a_rule_goes_before_the_table_and_says_so() {
    let lines = "input x 1x4\nweight W 4x3\ny = MatMul(x, W) name=/fc/MatMul";
    let rule = "operators: [{operator: MatMul, inputs: {1: constant}}]";
    let model = import(sketch(lines), rule);
    assert_eq!(told(&model), "");
    let told_of = model.diagnostics.iter().find(|told| told.code == "rules/instead").unwrap();
    assert!(told_of.message.contains("`MatMul`"), "{}", told_of.message);
}
