//! What attributes are set to.

use netweight_onnx::{AttributeValue, GraphId, List, OnnxFile, Values};

use crate::proto::{Message, model, node, tensor};
use crate::{good, main_graph, texts};

/// The file with a node of this one attribute, and the attribute's value.
fn attribute(attribute: Message) -> (OnnxFile, AttributeValue) {
    let node = Message::new().message(5, attribute);
    let file = good(&model(Message::new().message(1, node)));
    let value = main_graph(&file).nodes[0].attributes[0].value.clone();
    (file, value)
}

fn value(fields: Message) -> AttributeValue {
    attribute(fields).1
}

fn list<T: Clone>(bytes: u64, values: &[T]) -> List<T> {
    List { count: values.len() as u64, bytes, first: values.to_vec() }
}

#[test]
fn the_type_says_which_field_is_the_value() {
    let both = Message::new().float(2, 0.25).int(3, -7);
    assert_eq!(value(both.clone().int(20, 1)), AttributeValue::Float(0.25));
    assert_eq!(value(both.int(20, 2)), AttributeValue::Int(-7));
    assert_eq!(value(Message::new().int(20, 2)), AttributeValue::Int(0), "zeros may be left out");
    assert_eq!(value(Message::new().int(20, 99).int(3, 1)), AttributeValue::Other);
    assert_eq!(value(Message::new().int(20, 5)), AttributeValue::Other, "a body that is not there");
}

#[test]
fn attributes_of_old_files_have_no_type() {
    assert_eq!(value(Message::new().int(3, 5)), AttributeValue::Int(5));
    assert_eq!(value(Message::new().int(8, 3).int(8, 3)), AttributeValue::Ints(list(2, &[3, 3])));
    assert_eq!(value(Message::new()), AttributeValue::Other);
}

#[test]
fn texts_and_references_are_names() {
    let (file, value) = attribute(Message::new().text(4, "bidirectional").int(20, 3));
    let AttributeValue::Str(text) = value else { panic!("{value:?}") };
    assert_eq!(file.names.text(text), "bidirectional");
    let (file, value) = attribute(Message::new().text(21, "alpha").int(20, 1));
    let AttributeValue::Reference(name) = value else { panic!("{value:?}") };
    assert_eq!(file.names.text(name), "alpha");
    let (file, value) = attribute(Message::new().text(9, "a").text(9, "b").int(20, 8));
    let AttributeValue::Strings(list) = value else { panic!("{value:?}") };
    assert_eq!(texts(&file, list.all().unwrap()), ["a", "b"]);
}

#[test]
fn packed_and_unpacked_numbers_mix() {
    let ints = Message::new().int(8, 1).packed(8, &[-2, 300]).int(8, 4).int(20, 7);
    assert_eq!(value(ints), AttributeValue::Ints(list(1 + 10 + 2 + 1, &[1, -2, 300, 4])));
    let packed: Vec<u8> = [1.5_f32, -2.0].iter().flat_map(|float| float.to_le_bytes()).collect();
    let floats = Message::new().float(7, 0.5).bytes(7, &packed).int(20, 6);
    assert_eq!(value(floats), AttributeValue::Floats(list(12, &[0.5, 1.5, -2.0])));
}

#[test]
fn long_lists_keep_their_count() {
    let numbers: Vec<i64> = (0..100_000).collect();
    let AttributeValue::Ints(ints) = value(Message::new().packed(8, &numbers).int(20, 7)) else {
        panic!("ints")
    };
    assert_eq!((ints.count, ints.all()), (100_000, None));
    assert_eq!(ints.first, (0..64).collect::<Vec<_>>());
    let unpacked = (0..40).fold(Message::new(), |message, _| message.float(7, 1.0));
    let AttributeValue::Floats(floats) = value(unpacked.bytes(7, &[0; 400]).int(20, 6)) else {
        panic!("floats")
    };
    assert_eq!((floats.count, floats.first), (140, vec![1.0; 16]));
}

#[test]
fn tensors_written_in_parts_are_one() {
    let dims = Message::new().packed(1, &[2]).int(2, 7);
    let data = Message::new().packed(7, &[5, -6]);
    let fields = Message::new().message(5, dims).message(5, data).int(20, 4);
    let AttributeValue::Tensor(tensor) = value(fields) else { panic!("tensor") };
    assert_eq!((&tensor.dims[..], &tensor.values), (&[2][..], &Some(Values::Ints(vec![5, -6]))));
}

#[test]
fn lists_of_tensors_and_sparse_tensors_are_read() {
    let sparse = Message::new()
        .message(1, tensor("w", &[3], &[0; 12]))
        .message(2, Message::new().int(1, 3).int(2, 7).packed(7, &[0, 4, 8]))
        .packed(3, &[3, 3]);
    let fields = Message::new().message(23, sparse.clone()).message(23, sparse.clone()).int(20, 12);
    assert!(matches!(value(fields), AttributeValue::SparseTensors(list) if list.len() == 2));
    let AttributeValue::SparseTensor(sparse) =
        value(Message::new().message(22, sparse).int(20, 11))
    else {
        panic!("sparse tensor")
    };
    assert_eq!((sparse.values.dims, sparse.dims), (vec![3], vec![3, 3]));
    assert_eq!(sparse.indices.values, Some(Values::Ints(vec![0, 4, 8])));
    let fields = Message::new().message(10, tensor("a", &[], &[0; 4])).int(20, 9);
    assert!(matches!(value(fields), AttributeValue::Tensors(list) if list.len() == 1));
}

/// An attribute that holds a graph of this name with these nodes.
fn body(name: &str, nodes: &[Message]) -> Message {
    let graph = Message::new().text(2, name);
    let graph = nodes.iter().fold(graph, |graph, node| graph.message(1, node.clone()));
    Message::new().text(1, name).message(6, graph).int(20, 5)
}

#[test]
fn bodies_are_graphs_of_their_own() {
    let inner = node("Loop", "i", "o").message(5, body("inner", &[node("Relu", "p", "q")]));
    let then = body("then", &[inner, node("Tanh", "r", "s")]);
    let branch = node("If", "c", "y").message(5, then).message(5, body("else", &[]));
    let file = good(&model(Message::new().text(2, "main").message(1, branch)));
    let names: Vec<_> = file.graphs.iter().map(|graph| graph.name).collect();
    assert_eq!(texts(&file, &names), ["main", "then", "else", "inner"]);
    let graph_of = |graph: GraphId, node: usize, attribute: usize| {
        let graph = file.graph(graph).unwrap();
        let AttributeValue::Graph(body) = graph.nodes[node].attributes[attribute].value else {
            panic!("a body")
        };
        (body, file.names.text(file.graph(body).unwrap().name))
    };
    let (then, name) = graph_of(file.graph, 0, 0);
    assert_eq!(name, "then");
    assert_eq!(graph_of(then, 0, 0).1, "inner");
    assert_eq!(graph_of(file.graph, 0, 1).1, "else");
}

#[test]
fn a_list_of_bodies_is_read() {
    let graph = |name| Message::new().text(2, name);
    let fields = Message::new().message(11, graph("a")).message(11, graph("b")).int(20, 10);
    let (file, value) = attribute(fields);
    let AttributeValue::Graphs(bodies) = value else { panic!("{value:?}") };
    let names: Vec<_> = bodies.iter().map(|&body| file.graph(body).unwrap().name).collect();
    assert_eq!(texts(&file, &names), ["a", "b"]);
}
