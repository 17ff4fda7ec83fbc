//! Model, graphs, functions, value infos.

use netweight_onnx::Dim;

use crate::proto::{Message, model, node, tensor};
use crate::{codes, good, main_graph, pairs, read, texts};

#[test]
fn the_head_of_a_model_is_read() {
    let opset = Message::new().text(1, "com.microsoft").int(2, 1);
    let file = good(
        &model(Message::new().text(2, "main").text(10, "a description"))
            .text(2, "pytorch")
            .text(3, "2.9.1")
            .text(4, "org.example")
            .int(5, 3)
            .message(8, opset)
            .entry(14, "task", "detect"),
    );
    assert_eq!((file.ir_version, file.model_version), (Some(8), Some(3)));
    let head = [file.producer_name, file.producer_version, file.domain];
    assert_eq!(texts(&file, &head), ["pytorch", "2.9.1", "org.example"]);
    assert_eq!(file.opsets, [(file.names.find("").unwrap(), 17), (file.opsets[1].0, 1)]);
    assert_eq!(file.names.text(file.opsets[1].0), "com.microsoft");
    assert_eq!(pairs(&file, &file.metadata), [("task", "detect")]);
    assert_eq!(file.names.text(main_graph(&file).name), "main");
    assert_eq!(file.problems, []);
}

#[test]
fn what_is_left_out_is_none_or_empty() {
    let file = good(&Message::new().message(7, Message::new()));
    assert_eq!((file.ir_version, file.model_version), (None, None));
    assert!(file.producer_name.is_empty() && file.opsets.is_empty());
}

#[test]
fn graphs_written_in_parts_are_one() {
    let first = Message::new().text(2, "first").message(1, node("Relu", "x", "y"));
    let second = Message::new().text(2, "second").message(1, node("Tanh", "y", "z"));
    let file = good(&model(first).message(7, second));
    let graph = main_graph(&file);
    let ops: Vec<_> = graph.nodes.iter().map(|node| node.op_type).collect();
    assert_eq!(texts(&file, &ops), ["Relu", "Tanh"]);
    assert_eq!(file.names.text(graph.name), "second");
    assert_eq!(codes(&file), ["onnx/merged-graph"]);
}

#[test]
fn the_last_of_a_number_or_name_wins() {
    let file = good(&model(Message::new()).int(1, 9).text(2, "one").text(2, "two"));
    assert_eq!(file.ir_version, Some(9));
    assert_eq!(file.names.text(file.producer_name), "two");
}

#[test]
fn a_field_of_another_wire_type_is_skipped() {
    let graph = Message::new().int(1, 5).float(5, 1.0).double(2, 1.0).text(2, "g");
    let file = good(&model(graph).text(1, "not a version").int(7, 1));
    assert_eq!(file.ir_version, Some(8));
    assert!(main_graph(&file).nodes.is_empty());
}

#[test]
fn a_number_has_64_bits() {
    let version = |last: u8| {
        let number = [&[0xff; 9][..], &[last]].concat();
        let mut bytes = model(Message::new()).key(1, 0);
        bytes.0.extend(number);
        read(&bytes)
    };
    assert_eq!(version(1).unwrap().ir_version, Some(-1));
    assert_eq!(version(2).unwrap_err().to_string(), "a number is longer than 64 bits");
    assert_eq!(version(0x81).unwrap_err().to_string(), "a number is longer than 64 bits");
}

#[test]
fn groups_are_skipped() {
    let group = |inside: Message| {
        let mut group = Message::new().key(50, 3);
        group.0.extend(inside.0);
        group.key(50, 4)
    };
    let mut bytes = group(group(Message::new().int(1, 99).text(7, "not a graph")));
    bytes.0.extend(model(Message::new()).0);
    assert_eq!(good(&bytes).ir_version, Some(8));
    let mut deep = model(Message::new());
    deep.0.extend((0..101).fold(Message::new(), |inside, _| group(inside)).0);
    assert_eq!(read(&deep).unwrap_err().problems[0].code, "onnx/malformed");
    assert!(read(&model(Message::new()).key(50, 4)).is_err(), "an end without a begin");
    assert!(read(&model(Message::new()).key(50, 3).key(51, 4)).is_err(), "another one's end");
}

#[test]
fn nodes_keep_optional_inputs_left_out() {
    let clip = Message::new().text(1, "x").text(1, "").text(1, "max").text(2, "y").text(4, "Clip");
    let clip = clip.text(7, "com.example").text(8, "v2").entry(9, "namespace", ": a/b");
    let clip = clip.entry(9, "pkg.torch.onnx.stack_trace", "File \"model.py\", line 1");
    let file = good(&model(Message::new().message(1, clip)));
    let node = &main_graph(&file).nodes[0];
    assert_eq!(texts(&file, &node.inputs), ["x", "", "max"]);
    assert_eq!(texts(&file, &[node.domain, node.overload]), ["com.example", "v2"]);
    assert_eq!(pairs(&file, &node.metadata), [("namespace", ": a/b")], "no stack traces");
}

#[test]
fn equal_texts_are_equal_names() {
    let graph =
        Message::new().message(1, node("Relu", "a", "b")).message(1, node("Relu", "b", "c"));
    let file = good(&model(graph));
    let [first, second] = &main_graph(&file).nodes[..] else { panic!("two nodes") };
    assert_eq!((first.op_type, first.outputs[0]), (second.op_type, second.inputs[0]));
    assert_ne!(first.name, second.name);
}

#[test]
fn names_that_are_not_utf8_are_repaired() {
    let file = good(&model(Message::new().message(1, Message::new().bytes(3, b"caf\xe9"))));
    assert_eq!(file.names.text(main_graph(&file).nodes[0].name), "caf\u{fffd}");
    assert_eq!(codes(&file), ["onnx/not-utf8"]);
}

#[test]
fn an_entry_that_cannot_be_read_is_left_out() {
    let file = good(&model(Message::new()).bytes(14, &[0x0a, 200]).entry(14, "key", "value"));
    assert_eq!(pairs(&file, &file.metadata), [("key", "value")]);
    assert_eq!(codes(&file), ["onnx/unreadable-entry"]);
}

#[test]
fn problems_beyond_a_hundred_are_counted() {
    let file = good(&(0..150).fold(model(Message::new()), |model, _| model.bytes(14, &[0x0a, 9])));
    assert_eq!(file.problems.len(), 101);
    assert!(file.problems[100].message.starts_with("50 more"), "{}", file.problems[100].message);
}

/// A value info of a tensor type with these dimensions.
fn value_info(name: &str, elem_type: i64, dims: Option<&[Message]>) -> Message {
    let mut tensor = Message::new().int(1, elem_type);
    if let Some(dims) = dims {
        let shape = dims.iter().fold(Message::new(), |shape, dim| shape.message(1, dim.clone()));
        tensor = tensor.message(2, shape);
    }
    Message::new().text(1, name).message(2, Message::new().message(1, tensor))
}

#[test]
fn dimensions_are_known_named_or_unknown() {
    let dims = [
        Message::new().text(2, "batch"),
        Message::new().int(1, 224),
        Message::new().int(1, -1),
        Message::new().text(2, ""),
        Message::new(),
        Message::new().int(1, 5).text(2, "last_wins"),
    ];
    let graph = Message::new().message(11, value_info("x", 1, Some(&dims)));
    let file = good(&model(graph));
    let input = &main_graph(&file).inputs[0];
    let named = |text| Dim::Named(file.names.find(text).unwrap());
    let unknown = Dim::Unknown;
    let expected = [named("batch"), Dim::Known(224), unknown, unknown, unknown, named("last_wins")];
    assert_eq!(input.shape.as_deref(), Some(&expected[..]));
    assert_eq!(input.elem_type, 1);
}

#[test]
fn a_scalar_is_not_a_value_of_unknown_rank() {
    let graph = Message::new()
        .message(13, value_info("scalar", 7, Some(&[])))
        .message(13, value_info("unranked", 7, None).entry(4, "kind", "BUFFER"));
    let file = good(&model(graph));
    let infos = &main_graph(&file).value_infos;
    assert_eq!((&infos[0].shape, &infos[1].shape), (&Some(vec![]), &None));
    assert_eq!(pairs(&file, &infos[1].metadata), [("kind", "BUFFER")]);
}

#[test]
fn types_written_in_parts_are_one_and_sequences_have_no_shape() {
    let elem_type = Message::new().message(1, Message::new().int(1, 10));
    let dims = Message::new().message(1, Message::new().int(1, 3));
    let shape = Message::new().message(1, Message::new().message(2, dims));
    let parts = Message::new().text(1, "x").message(2, elem_type).message(2, shape);
    let sequence = Message::new().message(4, Message::new().message(1, Message::new().int(1, 1)));
    let sequence = Message::new().text(1, "s").message(2, sequence);
    let file = good(&model(Message::new().message(12, parts).message(12, sequence)));
    let outputs = &main_graph(&file).outputs;
    assert_eq!((outputs[0].elem_type, &outputs[0].shape), (10, &Some(vec![Dim::Known(3)])));
    assert_eq!((outputs[1].elem_type, &outputs[1].shape), (0, &None));
}

#[test]
fn functions_training_and_annotations_are_read() {
    let default = Message::new().text(1, "alpha").float(2, 0.5).int(20, 1);
    let function = Message::new()
        .text(1, "Block")
        .text(4, "x")
        .text(5, "y")
        .text(6, "size")
        .message(7, node("Relu", "x", "y"))
        .message(9, Message::new().int(2, 18))
        .text(10, "local")
        .message(11, default)
        .message(12, value_info("y", 1, None))
        .text(13, "wide");
    let step = Message::new().text(2, "step").message(5, tensor("lr", &[], &[0; 4]));
    let training = Message::new().message(2, step).entry(4, "W", "W_new");
    let annotation = Message::new().text(1, "x").entry(2, "SCALE_TENSOR", "x_scale");
    let file = good(
        &model(Message::new().text(2, "main").message(14, annotation))
            .message(20, training)
            .message(25, function),
    );
    let function = &file.functions[0];
    let names = [function.name, function.domain, function.overload, function.attributes[0]];
    assert_eq!(texts(&file, &names), ["Block", "local", "wide", "size"]);
    assert_eq!(texts(&file, &function.inputs), ["x"]);
    assert_eq!(file.names.text(function.nodes[0].op_type), "Relu");
    assert_eq!(file.names.text(function.attribute_defaults[0].name), "alpha");
    assert_eq!((function.opsets[0].1, function.value_infos.len()), (18, 1));
    let training = &file.training[0];
    assert_eq!(training.initialization, None);
    let step = file.graph(training.algorithm.unwrap()).unwrap();
    assert_eq!(file.names.text(step.initializers[0].name), "lr");
    assert_eq!(pairs(&file, &training.update_bindings), [("W", "W_new")]);
    let annotation = &main_graph(&file).quantization_annotations[0];
    assert_eq!(pairs(&file, &annotation.parameters), [("SCALE_TENSOR", "x_scale")]);
}
