//! Graphs that reach a limit, and what becomes of them.

use std::fmt::Write;

use netweight_core::limits::onnx::{BEHIND, FILES, PEEKS, PROBLEMS};
use netweight_core::{Category, Model};
use onnx_protobuf::TensorProto;

use crate::sketch::{Sketch, sketch, values_of};

/// The messages under a code.
fn told(model: &Model, code: &str) -> Vec<String> {
    let found = model.diagnostics.iter().filter(|found| found.code == code);
    found.map(|found| found.message.clone()).collect()
}

#[test]
fn problems_beyond_a_hundred_are_counted() {
    let odd = |number: usize| TensorProto {
        name: format!("w{number}"),
        dims: vec![-1],
        data_type: 1,
        ..Default::default()
    };
    let mut model = sketch("input x 1x4\ny = Relu(x)");
    model.graph.initializer.extend((0..PROBLEMS + 3).map(odd));
    let model = model.import();
    assert_eq!(told(&model, "onnx/bad-dimensions").len(), PROBLEMS);
    assert_eq!(told(&model, "onnx/more-problems"), ["3 more problems of the kinds above"]);
}

#[test]
fn sizes_that_no_computer_holds_are_told() {
    let model = sketch("input x 1x4\nweight w 67108864x33554432\ny = MatMul(x, w)").import();
    assert_eq!(
        told(&model, "onnx/unbelievable-size"),
        ["its dimensions are larger than any computer could hold; it is counted as it stands"]
    );
}

#[test]
fn a_weight_of_more_tensors_than_are_followed_is_told() {
    let of = |count: usize| {
        let names: Vec<String> = (0..count).map(|number| format!("w{number}")).collect();
        let weights: String = names.iter().map(|name| format!("weight {name} 1x2\n")).collect();
        let lines = format!(
            "input x 1x{count}\n{weights}w = Concat({}) axis=0\ny = MatMul(x, w)",
            names.join(", ")
        );
        sketch(&lines).import()
    };
    assert_eq!(told(&of(BEHIND), "onnx/too-many-sources").len(), 0);
    let model = of(BEHIND + 1);
    assert_eq!(
        told(&model, "onnx/too-many-sources"),
        [
            "weights are computed from more tensors than can be followed; the rest of them count as unused"
        ]
    );
    assert_eq!(values_of(&model, Category::Unused), 2);
}

#[test]
fn files_of_weights_beyond_a_thousand_are_not_looked_for() {
    let mut model = sketch("input x 1x4\ny = Relu(x)");
    for number in 0..FILES + 2 {
        let mut weight = sketch(&format!("weight w{number} 4")).graph.initializer.remove(0);
        weight.external_data[0].value = format!("{number}.bin");
        model.graph.initializer.push(weight);
    }
    let model = model.import();
    assert_eq!(
        told(&model, "onnx/many-files"),
        ["2 files of weights beyond the first 1000 were not looked for; counts hold"]
    );
    let missing = &told(&model, "onnx/missing-external-data")[0];
    assert!(missing.contains("`0.bin` and 999 more"), "{missing}");
}

/// An even climb is no weight; of a tensor that is not looked at that is not known.
#[test]
fn so_many_tensors_are_looked_into() {
    let of = |count: usize| -> Model {
        let mut lines = "input x 1x20\n".to_owned();
        for number in 0..count {
            writeln!(lines, "y{number} = Mul(x, c{number})").unwrap();
        }
        let Sketch { model, mut graph } = sketch(&lines);
        let climb: Vec<u8> = (0..20_u8).flat_map(|value| f32::from(value).to_le_bytes()).collect();
        graph.initializer.extend((0..count).map(|number| TensorProto {
            name: format!("c{number}"),
            dims: vec![20],
            data_type: 1,
            raw_data: climb.clone(),
            ..Default::default()
        }));
        Sketch { model, graph }.import()
    };
    assert_eq!(values_of(&of(10), Category::Constant), 200);
    let model = of(PEEKS + 2);
    assert_eq!(values_of(&model, Category::Constant), PEEKS as u64 * 20);
    assert_eq!(values_of(&model, Category::Trainable), 40);
}
