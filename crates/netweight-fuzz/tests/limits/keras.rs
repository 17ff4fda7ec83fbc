//! Limits on Keras configs and archives.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::sync::Arc;

use netweight::core::limits::keras as limits;
use netweight::{Bytes, ImportOptions, Importer};
use netweight_fuzz::Folder;
use netweight_keras::KerasImporter;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::says;

/// A Keras config around these layers.
fn sequential(layers: &str) -> String {
    format!(r#"{{"class_name": "Sequential", "config": {{"layers": [{layers}]}}}}"#)
}

#[test]
fn configs_say_their_limits() {
    let dims = vec!["1"; limits::RANK + 1].join(", ");
    let shape = format!(r#"{{"class_name": "InputLayer", "config": {{"batch_shape": [{dims}]}}}}"#);
    says("m.json", sequential(&shape), "a shape of 65 dimensions, at most 64 are read");
    let units = limits::SIZE + 1;
    let dense = format!(r#"{{"class_name": "Dense", "config": {{"units": {units}}}}}"#);
    says("m.json", sequential(&dense), "a number that 64 bits can count with");
    let models = (0..=limits::NESTED_MODELS).fold(String::new(), |inner, _| sequential(&inner));
    says("m.json", models, "models inside one another, more than 110");
    let layers = vec![r#"{"class_name":"Flatten","config":{}}"#; limits::LAYERS + 1];
    says("m.json", sequential(&layers.join(",")), "more than 100000 layers");
    let wrapped =
        (0..=limits::WRAPPERS).fold(dense.replace(&units.to_string(), "1"), |inner, _| {
            format!(r#"{{"class_name": "TimeDistributed", "config": {{"layer": {inner}}}}}"#)
        });
    says("m.json", sequential(&wrapped), "wrapped more than 47 layers deep");
}

/// Backbones say in a few bytes that they have hundreds of layers: 20 million here, of which no more are
/// made than may be read. Were all of them, this would take gigabytes.
#[test]
fn backbones_are_made_up_to_the_limit() {
    let backbone = r#"{"class_name": "ResNetBackbone", "module": "keras_hub", "config": {
        "input_conv_filters": [64], "input_conv_kernel_sizes": [7], "stackwise_num_filters": [64],
        "stackwise_num_blocks": [900], "stackwise_num_strides": [1], "block_type": "basic_block"}}"#;
    says("m.json", sequential(&vec![backbone; 3_000].join(",")), "more than 100000 layers");
}

/// A `.keras` archive of members by name.
fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn archives_say_their_limits() {
    let config = sequential(r#"{"class_name": "Dense", "config": {"units": 1}}"#);
    let long = vec![b' '; usize::try_from(limits::METADATA).unwrap() + 1];
    let members = [("config.json", config.as_bytes()), ("metadata.json", long.as_slice())];
    says(
        "m.keras",
        archive(&members),
        "`metadata.json` unpacks to 65537 bytes, at most 65536 are read",
    );

    // Few bytes that claim to be many; the last place that says so is the list of members.
    let mut bomb =
        archive(&[("config.json", config.as_bytes()), ("model.weights.h5", b"few bytes")]);
    let entry = bomb.windows(4).rposition(|bytes| bytes == b"PK\x01\x02").unwrap();
    bomb[entry + 24..entry + 28].copy_from_slice(&(300u32 << 20).to_le_bytes());
    says(
        "m.keras",
        bomb,
        "`model.weights.h5` unpacks to 314572800 bytes, at most 268435456 are read",
    );
}

#[test]
fn class_names_are_looked_for_near_the_beginning() {
    let config = |blanks| " ".repeat(blanks) + &sequential(r#"{"class_name": "Dense"}"#);
    says("m", config(1 << 10), "`config` is missing");
    says("m", config(limits::PROBE), "the content is of no known format");
}

#[test]
fn backbones_stack_so_many_layers() {
    let backbone = format!(
        r#"{{"class_name": "GPT2Backbone", "config": {{"num_layers": {}}}}}"#,
        limits::STACKED + 1
    );
    says("m.json", sequential(&backbone), "1001 layers, at most 1000 are read");
}

#[test]
fn so_many_classes_have_a_nearest_one_looked_up() {
    let mut layers = String::new();
    for number in 0..limits::SUGGESTIONS + 5 {
        write!(layers, r#"{{"class_name": "Dence", "config": {{"name": "d{number}"}}}},"#).unwrap();
    }
    let config = Bytes::new("m.json", sequential(layers.trim_end_matches(',')));
    let model = KerasImporter.import(&config, &ImportOptions::default()).unwrap();
    let helps = model.layers.iter().filter_map(|layer| layer.unknown.as_ref()?.help.as_deref());
    let suggested = helps.filter(|help| help.contains("did you mean `Dense`")).count();
    assert_eq!(suggested, limits::SUGGESTIONS);
}

/// Lists around the tensor that a layer is called on: deeper ones are none.
#[test]
fn operands_lie_in_so_many_lists() {
    let inputs = |depth: usize| {
        let tensor =
            r#"{"class_name": "__keras_tensor__", "config": {"keras_history": ["x", 0, 0]}}"#;
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        let config = format!(
            r#"{{"class_name": "Functional", "config": {{"layers": [
                {{"class_name": "InputLayer", "name": "x", "config": {{"name": "x", "batch_shape": [null, 4]}}, "inbound_nodes": []}},
                {{"class_name": "Add", "name": "a", "config": {{"name": "a"}}, "inbound_nodes": [{{"args": [{open}{tensor}{close}], "kwargs": {{}}}}]}}
            ], "input_layers": [["x", 0, 0]], "output_layers": [["a", 0, 0]]}}}}"#
        );
        let source = Bytes::new("m.json", config);
        let model = KerasImporter.import(&source, &ImportOptions::default()).unwrap();
        model.layers[1].inputs.iter().flatten().count()
    };
    assert_eq!(inputs(limits::OPERAND_DEPTH), 1);
    assert_eq!(inputs(limits::OPERAND_DEPTH + 1), 0);
}

#[test]
fn archives_have_so_many_members() {
    let config = sequential(r#"{"class_name": "Dense", "config": {"units": 1}}"#);
    let names: Vec<String> = (0..limits::MEMBERS).map(|number| number.to_string()).collect();
    let mut members = vec![("config.json", config.as_bytes())];
    members.extend(names.iter().map(|name| (name.as_str(), &b""[..])));
    says("m.keras", archive(&members), "10001 members; the names of 10000 are looked at");
}

#[test]
fn weights_lie_in_so_many_shards() {
    let names: Vec<String> =
        (0..=limits::SHARDS).map(|number| format!(r#""{number}.h5""#)).collect();
    let index = format!(r#"{{"weight_map": {{"/layers": [{}]}}}}"#, names.join(","));
    let index = Folder::new(Bytes::new("m.weights.json", index), Arc::default());
    let error = KerasImporter.import(&index, &ImportOptions::default()).unwrap_err();
    assert_eq!(error.problems[0].message, "1001 shards; at most 1000 are read");
}
