//! What feeds what: names, groups, blocks, layers used again.

use netweight_core::analyze;

use super::{gives, import};

#[test]
fn a_layer_is_fed_by_the_one_above() {
    gives(
        "input: 3\nlayers: [dense: 5, relu, dense: 2]",
        &["input ?×3 0", "dense ?×5 20", "relu ?×5 0", "dense_1 ?×2 12"],
    );
}

#[test]
fn counted_names_keep_clear_of_given_ones() {
    gives(
        "input: 3\nlayers: [dense: 5, {dense: 5, name: dense_1}, dense: 5]",
        &["input ?×3 0", "dense ?×5 20", "dense_1 ?×5 30", "dense_2 ?×5 30"],
    );
}

#[test]
fn names_make_a_graph() {
    let spec = "
input: {left: 4, right: 6}
layers:
  - dense: 3
    name: a
    from: left
  - dense: 5
    name: b
    from: right
  - concat: [a, b]
  - dense: 3
  - add: [previous, a]
";
    gives(
        spec,
        &[
            "left ?×4 0",
            "right ?×6 0",
            "a ?×3 15",
            "b ?×5 35",
            "concat ?×8 0",
            "dense ?×3 27",
            "add ?×3 0",
        ],
    );
}

#[test]
fn further_outputs_have_a_number() {
    let spec = "
convention: keras
input: [null, 8]
layers:
  - lstm: {units: 5, return_state: true, return_sequences: true}
    name: encoder
  - dense: 2
    from: 'encoder:1'
";
    gives(spec, &["input ?×?×8 0", "encoder ?×?×5 280", "dense ?×2 12"]);
}

#[test]
fn repetition_feeds_each_copy_by_the_one_before() {
    gives(
        "input: 4\nlayers: [{dense: 3, repeat: 2}, {dense: 2, name: out, repeat: 1}]",
        &["input ?×4 0", "dense.0 ?×3 15", "dense.1 ?×3 12", "out.0 ?×2 8"],
    );
}

#[test]
fn groups_have_names_of_their_own() {
    let spec = "
input: 4
layers:
  - dense: 4
  - layers:
      - dense: 4
      - add: [previous, input]
    name: block
    repeat: 2
    expect: 40
  - add: [block, dense]
";
    gives(
        spec,
        &[
            "input ?×4 0",
            "dense ?×4 20",
            "block.0.dense ?×4 20",
            "block.0.add ?×4 0",
            "block.1.dense ?×4 20",
            "block.1.add ?×4 0",
            "add ?×4 0",
        ],
    );
    assert!(analyze(&import(spec)).diagnostics.is_empty());
}

#[test]
fn blocks_take_values_and_inputs() {
    let spec = "
vars: {d: 4}
input: {x: 4, memory: 6}
blocks:
  cross:
    vars: {width: null, out: '${2 * width}'}
    inputs: [x, memory]
    layers:
      - dense: $width
        from: memory
      - concat: [previous, x]
      - dense: $d
layers:
  - cross: 3
    name: first
    from: [x, memory]
  - cross: {width: 2}
    name: more
    from: [first, memory]
    repeat: 2
";
    gives(
        spec,
        &[
            "x ?×4 0",
            "memory ?×6 0",
            "first.dense ?×3 21",
            "first.concat ?×7 0",
            "first.dense_1 ?×4 32",
            "more.0.dense ?×2 14",
            "more.0.concat ?×6 0",
            "more.0.dense_1 ?×4 28",
            "more.1.dense ?×2 14",
            "more.1.concat ?×6 0",
            "more.1.dense_1 ?×4 28",
        ],
    );
}

#[test]
fn used_again_is_shared() {
    let spec = "
input: 4
layers:
  - layers: [dense: 4, relu, dense: 4]
    name: encoder
  - use: encoder
  - dense: 4
    name: own
  - use: own
    repeat: 2
";
    gives(
        spec,
        &[
            "input ?×4 0",
            "encoder.dense ?×4 20",
            "encoder.relu ?×4 0",
            "encoder.dense_1 ?×4 20",
            "encoder_1.dense ?×4 =encoder.dense",
            "encoder_1.relu ?×4 0",
            "encoder_1.dense_1 ?×4 =encoder.dense_1",
            "own ?×4 20",
            "own_1.0 ?×4 =own",
            "own_1.1 ?×4 =own",
        ],
    );
}

#[test]
fn a_repeated_group_is_used_again_with_all_its_copies() {
    let spec = "input: 4\nlayers: [{layers: [dense: 4], name: g, repeat: 2}, use: g]";
    gives(
        spec,
        &[
            "input ?×4 0",
            "g.0.dense ?×4 20",
            "g.1.dense ?×4 20",
            "g_1.0.dense ?×4 =g.0.dense",
            "g_1.1.dense ?×4 =g.1.dense",
        ],
    );
}

#[test]
fn tied_weights_count_once() {
    let spec = "
input: [null]
layers:
  - embedding: [100, 8]
    name: table
  - dense: {units: 100, bias: false}
    tied: table
";
    gives(spec, &["input ?×? 0", "table ?×?×8 800", "dense ?×?×100 =table"]);
}
