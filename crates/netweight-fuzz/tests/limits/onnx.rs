//! Limits on ONNX files.

use netweight::core::limits::onnx::{DEPTH, DIMS, NAME, PROBE};
use netweight::{ImportOptions, Importer};
use netweight_onnx::OnnxImporter;

use crate::{Endless, says};

/// A field of protobuf that holds bytes.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut field = vec![number << 3 | 2];
    let mut length = bytes.len();
    while length > 0x7F {
        field.push(u8::try_from(length & 0x7F).unwrap() | 0x80);
        length >>= 7;
    }
    field.push(u8::try_from(length).unwrap());
    field.extend(bytes);
    field
}

/// An ONNX model of a graph with these fields.
fn onnx(graph: &[u8]) -> Vec<u8> {
    [&[8, 8][..], &field(7, graph)].concat()
}

#[test]
fn parts_have_a_size() {
    let dims = field(5, &[8, 1].repeat(DIMS + 1));
    says("m.onnx", onnx(&dims), "a shape of more than 64 dimensions");
    let name = vec![b'n'; usize::try_from(NAME).unwrap() + 1];
    says(
        "m.onnx",
        onnx(&field(2, &name)),
        "a name of 65,537 bytes; the most that is read is 65,536",
    );
    let nodes = field(1, &[]).repeat(10_000_000);
    says("m.onnx", onnx(&nodes), "names, nodes and attributes take more than 256 MiB of memory");
    let mut graph = field(1, &[]);
    for _ in 0..DEPTH {
        graph = field(1, &field(5, &field(6, &graph)));
    }
    says("m.onnx", onnx(&graph), "more than 64 graphs inside one another");
}

/// A graph behind a list of operator sets that is too long to be looked through.
#[test]
fn a_graph_is_looked_for_near_the_beginning() {
    let sets = |bytes: u64| field(8, &[16, 17]).repeat(usize::try_from(bytes).unwrap() / 4);
    let file = |bytes| [&[8, 8][..], &sets(bytes), &field(7, &field(1, &[]))].concat();
    says("m", file(PROBE - (16 << 10)), "some nodes name no operator");
    says("m", file(2 * PROBE), "the content is of no known format");
}

/// Fields that nobody looks at, each of which costs a look at what is behind it.
#[test]
fn onnx_looks_at_so_much_and_no_more() {
    let piece = field(9, &[0; 8 << 10]);
    let times = 1_100_000;
    let mut length = times * piece.len() as u64;
    let mut head = vec![8, 8, 7 << 3 | 2];
    while length > 0x7F {
        head.push(u8::try_from(length & 0x7F).unwrap() | 0x80);
        length >>= 7;
    }
    head.push(u8::try_from(length).unwrap());
    let source = Endless { name: "m.onnx", head, piece, times };
    let error = OnnxImporter.import(&source, &ImportOptions::default()).unwrap_err();
    assert_eq!(error.problems[0].message, "more than 1024 MiB besides the payloads");
}
