//! Layers within layers, kinds of the spec's own, and what counts must come to.

use netweight_core::analyze;

use super::{gives, import, rows};

#[test]
fn training_leaves_frozen_layers_alone() {
    let spec = "
input: 4
layers:
  - layers: [dense: 4, batch_norm]
    trainable: false
  - dense: {units: 2, trainable: false}
  - dense: 2
";
    let model = import(spec);
    let analysis = analyze(&model);
    assert_eq!(
        rows(&analysis)[1..],
        ["layers.dense ?×4 20*", "layers.batch_norm ?×4 16*", "dense ?×2 10*", "dense_1 ?×2 6",]
    );
    assert_eq!(analysis.totals.counts.trainable, 6);
}

#[test]
fn wrappers_hold_layers() {
    let spec = "
input: [5, 4, 4, 3]
layers:
  - time_distributed: {conv2d: [2, 3]}
  - time_distributed: flatten
  - recurrent_cells: [lstm: 5, gru: 2]
  - spectral_norm: {dense: 3}
";
    gives(
        spec,
        &[
            "input ?×5×4×4×3 0",
            "time_distributed ?×5×2×2×2 56",
            "time_distributed_1 ?×5×8 0",
            // 4 × [5(5 + 8) + 5] + 3 × [2(2 + 5) + 2]
            "recurrent_cells ?×2 328",
            // 2 × 3 + 3, and the vector of 3
            "spectral_norm ?×3 12",
        ],
    );
}

#[test]
fn own_kinds_count_by_their_formula() {
    let spec = "
input: [null, 6]
kinds:
  low_rank:
    args: {i: inputs, o: outputs, r: {meaning: rank, default: 2}}
    input: i
    output: o
    formula: r(i + o)
    weights: {down: [i, r], up: [r, o]}
  scale: {formula: '1'}
layers:
  - low_rank: 4
  - low_rank: {o: 3, r: 1}
  - scale
  - time_distributed: {low_rank: 2}
";
    gives(
        spec,
        &[
            "input ?×?×6 0",
            "low_rank ?×?×4 20",
            "low_rank_1 ?×?×3 7",
            "scale ?×?×3 1",
            "time_distributed ?×?×2 10",
        ],
    );
}

#[test]
fn a_formula_that_its_weights_contradict_is_told() {
    let spec = "
kinds:
  odd:
    args: {i: inputs}
    formula: i + 1
    weights: {kernel: [i]}
layers: [odd: 5]
";
    let model = import(spec);
    let told = &analyze(&model).diagnostics[0];
    assert_eq!(told.message, "the formula gives 6 parameters, the kind's weights hold 5");
}

#[test]
fn a_missed_expectation_says_by_how_much() {
    let spec = "
input: 4
layers:
  - dense: 4
    expect: 20
  - layers: [dense: 4, dense: 4]
    name: pair
    expect: {parameters: 39, trainable: 41}
expect: 1060
";
    let model = import(spec);
    let told: Vec<_> = analyze(&model)
        .diagnostics
        .into_iter()
        .map(|told| format!("{} {:?} {}", told.code, told.place.as_deref(), told.message))
        .collect();
    assert_eq!(
        told,
        [
            "expect/mismatch Some(\"pair\") expected 39 parameters, counted 40: 1 more",
            "expect/mismatch Some(\"pair\") expected 41 trainable parameters, counted 40: 1 fewer",
            "expect/mismatch None expected 1,060 parameters, counted 60: 1,000 fewer",
        ]
    );
    let unknown = import("layers: [dense: 5]\nexpect: 5");
    let codes: Vec<_> = analyze(&unknown).diagnostics.into_iter().map(|told| told.code).collect();
    assert_eq!(codes, ["layer/unknown-size", "expect/unknown"]);
}
