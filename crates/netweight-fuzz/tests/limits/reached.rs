//! Which test reaches which limit.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// A test, and the limits that it reaches.
type Test = (&'static str, &'static [&'static str]);

/// Files of tests, each with those that reach a limit.
const TESTS: &[(&str, &[Test])] = &[
    (
        "crates/netweight-core/tests/lines.rs",
        &[
            ("floods_end_at_a_limit", &["LINE", "LINES", "MODEL_MEMORY", "ARGS"]),
            ("a_million_layers_are_read_and_no_more", &["LAYERS"]),
        ],
    ),
    (
        "crates/netweight-core/src/formula/tests/limits.rs",
        &[
            ("nesting_has_a_limit", &["FORMULA_NESTING"]),
            ("length_has_a_limit", &["FORMULA_LENGTH"]),
        ],
    ),
    (
        "crates/netweight-core/src/formula/tests/wrappers.rs",
        &[
            ("many_different_layers_show_both_ends", &["FORMULA_TERMS"]),
            ("wrappers_inside_wrappers_stay_bounded", &["FORMULA_NODES"]),
        ],
    ),
    (
        "crates/netweight-core/tests/duplicates.rs",
        &[
            (
                "one_place_under_two_names_costs_nothing_and_short_tensors_are_left_out",
                &["DUPLICATE_BYTES"],
            ),
            ("tensors_that_lie_over_one_another_are_not_read_without_end", &["DUPLICATE_PASSES"]),
        ],
    ),
    (
        "crates/netweight-fuzz/tests/limits/lines.rs",
        &[
            ("lines_say_their_limits", &["EXPECTED_ROWS"]),
            ("wrappers_are_counted_so_deep", &["WRAPPERS"]),
            ("sequences_have_two_directions", &["DIRECTIONS"]),
            ("tensors_are_split_into_so_many_parts", &["PARTS"]),
        ],
    ),
    (
        "crates/netweight-cli/tests/cli/limits.rs",
        &[("standard_input_has_a_length", &["STDIN"]), ("a_report_has_a_length", &["REPORT"])],
    ),
    (
        "crates/netweight-fuzz/tests/limits/onnx.rs",
        &[
            ("parts_have_a_size", &["onnx::DIMS", "onnx::NAME", "onnx::MEMORY", "onnx::DEPTH"]),
            ("onnx_looks_at_so_much_and_no_more", &["onnx::READ"]),
            ("a_graph_is_looked_for_near_the_beginning", &["onnx::PROBE"]),
        ],
    ),
    (
        "crates/netweight-onnx/tests/reading/hostile.rs",
        &[("metadata_of_a_gigabyte_is_left_out_unread", &["onnx::ENTRY"])],
    ),
    (
        "crates/netweight-onnx/tests/reading/tensor.rs",
        &[("values_beyond_a_few_are_not_kept", &["onnx::INTS", "onnx::FLOATS"])],
    ),
    ("crates/netweight-onnx/tests/reading/model.rs", &[("groups_are_skipped", &["onnx::GROUPS"])]),
    (
        "crates/netweight-onnx/tests/meaning/bodies.rs",
        &[("functions_that_call_each_other_without_end_are_given_up", &["onnx::INLINED"])],
    ),
    (
        "crates/netweight-onnx/tests/meaning/hostile.rs",
        &[("a_weight_that_takes_one_tensor_more_at_each_step_is_cut_off", &["onnx::SOURCES"])],
    ),
    (
        "crates/netweight-onnx/tests/meaning/limits.rs",
        &[
            ("problems_beyond_a_hundred_are_counted", &["onnx::PROBLEMS"]),
            ("sizes_that_no_computer_holds_are_told", &["onnx::ELEMENTS"]),
            ("a_weight_of_more_tensors_than_are_followed_is_told", &["onnx::BEHIND"]),
            ("files_of_weights_beyond_a_thousand_are_not_looked_for", &["onnx::FILES"]),
            ("so_many_tensors_are_looked_into", &["onnx::PEEKS"]),
        ],
    ),
    (
        "crates/netweight-fuzz/tests/limits/keras.rs",
        &[
            (
                "configs_say_their_limits",
                &[
                    "keras::RANK",
                    "keras::SIZE",
                    "keras::NESTED_MODELS",
                    "keras::LAYERS",
                    "keras::WRAPPERS",
                ],
            ),
            ("archives_say_their_limits", &["keras::METADATA", "keras::UNPACKED"]),
            ("archives_have_so_many_members", &["keras::MEMBERS"]),
            ("class_names_are_looked_for_near_the_beginning", &["keras::PROBE"]),
            ("backbones_stack_so_many_layers", &["keras::STACKED"]),
            ("so_many_classes_have_a_nearest_one_looked_up", &["keras::SUGGESTIONS"]),
            ("operands_lie_in_so_many_lists", &["keras::OPERAND_DEPTH"]),
            ("weights_lie_in_so_many_shards", &["keras::SHARDS"]),
        ],
    ),
    (
        "crates/netweight-fuzz/tests/limits/hdf5.rs",
        &[
            ("groups_lie_so_deep_in_one_another", &["keras::HDF5_DEPTH"]),
            ("files_have_so_many_objects", &["keras::HDF5_OBJECTS"]),
            ("headers_have_a_length", &["keras::HDF5_HEADER"]),
            ("little_is_read_in_one_go", &["keras::HDF5_RANGE"]),
            ("little_is_read_in_all", &["keras::HDF5_READ"]),
            ("texts_have_a_length", &["keras::HDF5_TEXT"]),
        ],
    ),
    (
        "crates/netweight-fuzz/tests/limits/spec.rs",
        &[
            (
                "specs_say_their_limits",
                &["spec::LAYERS", "spec::NESTING", "spec::DIMENSIONS", "spec::NAME", "spec::PARTS"],
            ),
            ("rules_say_their_limits", &["spec::RULES"]),
            ("sizes_have_a_largest", &["spec::SIZE"]),
            ("layers_are_looked_for_near_the_beginning", &["spec::PROBE"]),
            ("texts_say_their_limits", &["markup::BYTES", "markup::VALUES", "markup::SPEC_DEPTH"]),
            ("a_keras_config_has_a_depth", &["markup::KERAS_DEPTH"]),
            ("aliases_have_a_limit", &["markup::ALIAS_GROWTH"]),
        ],
    ),
    (
        "crates/netweight-markup/tests/hostile.rs",
        &[("problems_are_kept_up_to_their_limit", &["markup::PROBLEMS"])],
    ),
    (
        "crates/netweight-cli/tests/plugin/misbehaviour.rs",
        &[(
            // Of time and memory it asks for less than what is given without being asked.
            "every_misbehaviour_is_survived_and_told",
            &["plugin::SECONDS", "plugin::MEBIBYTES", "plugin::STACK"],
        )],
    ),
    (
        "crates/netweight-cli/tests/plugin/limits.rs",
        &[
            ("so_many_files_are_beside_a_model", &["plugin::SIBLINGS"]),
            ("so_many_plugins_are_looked_at", &["plugin::PLUGINS"]),
            ("a_manifest_has_a_length", &["plugin::MANIFEST"]),
            ("marks_are_looked_for_near_the_beginning", &["plugin::HEAD"]),
            ("the_system_keeps_to_the_limits", &["plugin::DESCRIPTORS", "plugin::ADDRESSES"]),
            ("the_last_words_are_quoted", &["plugin::LAST_WORDS", "plugin::QUOTED"]),
        ],
    ),
    (
        "plugins/netweight-safetensors/tests/format.rs",
        &[
            (
                "limits_are_told",
                &[
                    "safetensors::DIMS",
                    "safetensors::NAME",
                    "safetensors::HEADER",
                    "safetensors::INDEX",
                    "safetensors::SHARDS",
                ],
            ),
            ("a_million_tensors_may_be_listed", &["safetensors::TENSORS"]),
            ("titles_are_shortened", &["safetensors::METADATA"]),
            ("a_short_text_tells_a_shape", &["safetensors::DETAIL"]),
            ("so_many_texts_are_read", &["safetensors::DETAILS"]),
        ],
    ),
    (
        "crates/netweight-fuzz/tests/limits/safetensors.rs",
        &[("a_config_of_usual_length_is_read", &["safetensors::CONFIG"])],
    ),
    (
        "plugins/netweight-gguf/tests/format.rs",
        &[
            (
                "limits_are_told",
                &["gguf::DIMS", "gguf::NAME", "gguf::NESTING", "gguf::SPLITS", "gguf::TENSORS"],
            ),
            ("an_endless_vocabulary_ends_at_a_limit", &["gguf::HEADER"]),
            ("short_texts_are_kept", &["gguf::TEXT"]),
            ("so_many_entries_are_kept", &["gguf::ENTRIES"]),
        ],
    ),
    (
        "plugins/netweight-tflite/tests/format.rs",
        &[
            (
                "limits_are_told",
                &["tflite::LIST", "tflite::SUBGRAPHS", "tflite::ITEMS", "tflite::DIMS"],
            ),
            ("structure_that_is_read_again_and_again_ends_at_a_limit", &["tflite::READ"]),
            ("long_texts_are_cut", &["tflite::TEXT"]),
            ("zeros_are_a_state_up_to_a_size", &["tflite::STATE"]),
        ],
    ),
];

/// Those that no file reaches, and why.
const UNREACHED: &[(&str, &str)] = &[
    ("onnx::ALIASES", "second names come from bodies and calls, which DEPTH bounds before"),
    ("keras::HDF5_CHUNK", "values are never read; it holds should the library ever try"),
    ("safetensors::WINDOW", "how much is read at once refuses nothing"),
    ("gguf::WINDOW", "how much is read at once refuses nothing"),
    ("tflite::PAGE", "how much is read at once refuses nothing"),
    ("tflite::PAGES", "how much is kept refuses nothing"),
];

/// The constants of a file of limits, under the modules that they stand in.
fn constants(text: &str, outer: &str) -> Vec<String> {
    let mut module = outer.to_owned();
    let mut found = Vec::new();
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix("pub mod ") {
            module = format!("{}::", name.trim_end_matches(" {"));
        }
        let constant = line.strip_prefix("pub const ").filter(|rest| !rest.contains("Self"));
        if let Some((name, _)) = constant.and_then(|rest| rest.split_once(':')) {
            found.push(format!("{module}{name}"));
        }
    }
    found
}

#[test]
fn every_limit_has_a_test_that_reaches_it() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = |file: &str| fs::read_to_string(workspace.join(file)).unwrap();
    let mut known = constants(&text("crates/netweight-core/src/limits.rs"), "");
    known.extend(constants(&text("crates/netweight-markup/src/limits.rs"), "markup::"));
    let mut listed: Vec<&str> = UNREACHED.iter().map(|(limit, _)| *limit).collect();
    for (file, tests) in TESTS {
        let text = text(file);
        for (test, limits) in *tests {
            assert!(text.contains(&format!("#[test]\nfn {test}()")), "no test `{test}` in {file}");
            listed.extend(*limits);
        }
    }
    let twice = listed.len() - listed.iter().collect::<BTreeSet<_>>().len();
    assert_eq!(twice, 0, "a limit is listed twice");
    let untested: Vec<&String> =
        known.iter().filter(|known| !listed.contains(&known.as_str())).collect();
    assert!(untested.is_empty(), "no test reaches {untested:?}");
    assert_eq!(known.len(), listed.len(), "a limit is listed that there is not");
}
