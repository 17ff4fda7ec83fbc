//! Files that break off, and files with a few wrong bytes.

use netweight_core::Class;

use crate::proto::{Message, model, node, tensor};
use crate::random::Random;
use crate::read;

/// A model with something of everything.
pub(crate) fn rich_model() -> Message {
    let attribute = Message::new().text(1, "axes").packed(8, &[0, -1]).int(8, 2).int(20, 7);
    let constant = Message::new().text(1, "value").message(5, tensor("", &[2], &[1; 8])).int(20, 4);
    let inner = Message::new().text(2, "body").message(1, node("Relu", "a", "b"));
    let body = Message::new().text(1, "body").message(6, inner).int(20, 5);
    let dim = Message::new()
        .message(1, Message::new().text(2, "batch"))
        .message(1, Message::new().int(1, 3));
    let kind = Message::new().message(1, Message::new().int(1, 1).message(2, dim));
    let sparse = Message::new().message(1, tensor("s", &[1], &[0; 4])).packed(3, &[5]);
    let graph = Message::new()
        .message(1, node("ReduceSum", "x", "y").message(5, attribute))
        .message(1, node("Constant", "", "c").message(5, constant))
        .message(1, node("Loop", "y", "z").message(5, body).entry(9, "namespace", "a"))
        .text(2, "main")
        .message(5, tensor("w", &[2, 3], &[7; 24]).entry(13, "location", "w.bin"))
        .message(5, Message::new().packed(1, &[3]).int(2, 7).int(7, 1).packed(7, &[2, 3]))
        .message(11, Message::new().text(1, "x").message(2, kind))
        .message(15, sparse);
    let function =
        Message::new().text(1, "F").message(7, node("Tanh", "p", "q")).key(9, 3).key(9, 4);
    model(graph).text(2, "tests").entry(14, "key", "value").message(25, function)
}

#[test]
fn a_file_cut_anywhere_is_refused_unless_it_is_whole_without_its_end() {
    let whole = rich_model().0;
    // The last fields of the model that may be missing without anyone's noticing.
    let function =
        Message::new().text(1, "F").message(7, node("Tanh", "p", "q")).key(9, 3).key(9, 4);
    let ends = [
        Message::new().message(25, function),
        Message::new().entry(14, "key", "value"),
        Message::new().text(2, "tests"),
        Message::new().message(8, Message::new().int(2, 17)),
    ];
    let mut complete = vec![whole.len()];
    for end in ends {
        complete.push(complete.last().unwrap() - end.0.len());
    }
    for length in 0..=whole.len() {
        let result = read(&Message(whole[..length].to_vec()));
        assert_eq!(result.is_ok(), complete.contains(&length), "{length}: {result:?}");
        if let Err(error) = result {
            assert_eq!(error.class, Class::Malformed, "{length}");
        }
    }
}

#[test]
fn the_place_where_a_file_breaks_off_is_told() {
    let nodes = (0..20).fold(Message::new(), |graph, n| {
        graph.message(1, node("Relu", &format!("t{n}"), &format!("t{}", n + 1)))
    });
    let before: usize = (0..12)
        .map(|n| {
            Message::new()
                .message(1, node("Relu", &format!("t{n}"), &format!("t{}", n + 1)))
                .0
                .len()
        })
        .sum();
    let graph = nodes.message(5, tensor("w", &[100], &[0; 400]));
    let whole = Message::new().int(1, 8).message(7, graph.clone());
    let head = whole.0.len() - graph.0.len();
    let cut = |length: usize| {
        let error = read(&Message(whole.0[..length].to_vec())).unwrap_err();
        assert_eq!(error.problems[0].code, "onnx/truncated");
        assert_eq!(error.problems[0].help.as_deref(), Some("the download looks incomplete"));
        error.to_string()
    };
    let (at, claim) = (head + before + 5, whole.0.len());
    let expected =
        format!("ends in the middle of node 12 (byte {at} of {at}; the message claims {claim})");
    assert_eq!(cut(at), expected);
    let at = claim - 1;
    let expected = format!(
        "ends in the middle of initializer 0 (byte {at} of {at}; the message claims {claim})"
    );
    assert_eq!(cut(at), expected);
    let at = head + before;
    let expected =
        format!("ends in the middle of the graph (byte {at} of {at}; the message claims {claim})");
    assert_eq!(cut(at), expected);
    assert_eq!(cut(1), "ends in the middle of a field of the model (byte 1 of 1)");
}

#[test]
fn an_error_inside_says_where() {
    let broken = Message::new().message(1, node("Relu", "a", "b")).bytes(1, &[0x0a, 100, b'x']);
    let error = read(&model(broken)).unwrap_err();
    assert_eq!(error.to_string(), "node 1: field 1 claims 100 bytes, its message has 1");
    assert!(error.problems[0].place.as_deref().unwrap().starts_with("byte "));
}

#[test]
fn no_graph_is_no_model() {
    let error = read(&Message::new().int(1, 8).text(2, "producer")).unwrap_err();
    assert_eq!(error.problems[0].code, "onnx/no-graph");
    assert_eq!(read(&Message::new()).unwrap_err().to_string(), "the file is empty");
}

#[test]
fn any_bytes_get_an_answer() {
    let whole = rich_model();
    let mut random = Random::new();
    let mut refused = 0;
    for _ in 0..20_000 {
        let mut bytes = whole.clone();
        for _ in 0..=random.below(4) {
            let at = random.below(bytes.0.len());
            bytes.0[at] = random.below(256) as u8;
        }
        match read(&bytes) {
            Ok(file) => assert!(file.graph(file.graph).is_some()),
            Err(error) => {
                refused += 1;
                assert!(!error.problems.is_empty() && error.class != Class::Io);
            }
        }
    }
    assert!((2_000..18_000).contains(&refused), "{refused} of 20,000 refused");
}
