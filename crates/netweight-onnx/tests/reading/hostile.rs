//! Files made to take all time or memory, and payloads that must never be read.

use netweight_core::Class;
use netweight_onnx::Storage;

use crate::main_graph;
use crate::proto::{Message, model, tensor};
use crate::source::Holed;

/// A model of a graph whose last field, in itself a message or not, ends in a hole.
fn holed(fields: &[u64], hole: u64) -> Holed {
    let mut head = Message::new();
    let mut length = hole;
    for &field in fields.iter().rev() {
        let inside = head;
        head = Message::new().key(field, 2).varint(length);
        head.0.extend(inside.0);
        length = hole + head.0.len() as u64;
    }
    Holed::new(head.0, hole)
}

fn read(source: &Holed) -> Result<netweight_onnx::OnnxFile, netweight_core::ImportError> {
    netweight_onnx::read(source)
}

fn class(source: &Holed) -> Class {
    read(source).unwrap_err().class
}

#[test]
fn payloads_are_jumped_over() {
    // Model.graph.initializer.raw_data of a hundred gigabytes.
    let raw = holed(&[7, 5, 9], 100 << 30);
    let file = read(&raw).unwrap();
    assert_eq!(main_graph(&file).initializers[0].storage, Storage::Inline { bytes: 100 << 30 });
    assert!(raw.bytes_read() < 64 << 10, "{} bytes read", raw.bytes_read());
    for field in [4, 5, 7, 10, 11, 6] {
        let typed = holed(&[7, 5, field], 100 << 30);
        let file = read(&typed).unwrap();
        assert_eq!(main_graph(&file).initializers[0].storage, Storage::Typed { bytes: 100 << 30 });
        assert!(typed.bytes_read() < 64 << 10, "{} bytes read", typed.bytes_read());
    }
    // … of a constant's value, and floats of an attribute.
    for fields in [&[7, 1, 5, 5, 9][..], &[7, 1, 5, 7]] {
        let source = holed(fields, 100 << 30);
        assert_eq!(main_graph(&read(&source).unwrap()).nodes[0].attributes.len(), 1);
        assert!(source.bytes_read() < 64 << 10);
    }
}

#[test]
fn little_is_read_between_payloads() {
    let payload = vec![0; 256 << 10];
    let graph = (0..50)
        .fold(Message::new(), |g, n| g.message(5, tensor(&format!("w{n}"), &[65_536], &payload)));
    let source = Holed::new(model(graph).0, 0);
    assert_eq!(main_graph(&read(&source).unwrap()).initializers.len(), 50);
    assert!(source.bytes_read() <= 52 * (8 << 10), "{} bytes read", source.bytes_read());
}

#[test]
fn a_hundred_million_dims_are_refused_at_the_65th() {
    let source = holed(&[7, 5, 1], 100_000_000);
    assert_eq!(class(&source), Class::Limit);
    assert!(source.bytes_read() < 64 << 10);
}

#[test]
fn a_name_of_a_gigabyte_is_refused_unread() {
    let source = holed(&[7, 1, 3], 1 << 30);
    assert_eq!(class(&source), Class::Limit);
    assert!(source.bytes_read() < 64 << 10);
}

#[test]
fn metadata_of_a_gigabyte_is_left_out_unread() {
    for fields in [&[7, 16][..], &[7, 16, 2], &[7, 11, 2], &[7, 11, 2, 1, 2]] {
        let source = holed(fields, 1 << 30);
        assert_eq!(read(&source).unwrap().problems[0].code, "onnx/unreadable-entry");
        assert!(source.bytes_read() < 64 << 10);
    }
}

#[test]
fn a_long_text_of_an_attribute_is_cut() {
    let source = holed(&[7, 1, 5, 4], 1 << 30);
    assert!(read(&source).is_ok());
    assert!(source.bytes_read() < 256 << 10);
}

/// A message of one field many times, each an empty message or text.
fn many(field: u64, times: usize) -> Message {
    Message(Message::new().bytes(field, &[]).0.repeat(times))
}

#[test]
fn a_million_empty_nodes_are_cheap() {
    let source = Holed::new(model(many(1, 1_000_000)).0, 0);
    assert_eq!(main_graph(&read(&source).unwrap()).nodes.len(), 1_000_000);
    assert!(source.bytes_read() < 3 << 20, "the file is read once");
    assert_memory_stays_small();
}

#[test]
fn more_than_the_memory_allowed_is_refused() {
    // Each takes more than 26 bytes of 256 MiB.
    let nodes = Holed::new(model(many(1, 10_000_000)).0, 0);
    assert_eq!(class(&nodes), Class::Limit);
    let attributes = Message::new().message(1, many(5, 10_000_000));
    assert_eq!(class(&Holed::new(model(attributes).0, 0)), Class::Limit);
    // Parts of one body, 16 bytes each.
    let parts = Message::new().message(5, many(6, 20_000_000));
    assert_eq!(class(&Holed::new(model(Message::new().message(1, parts)).0, 0)), Class::Limit);
    assert_memory_stays_small();
}

#[test]
fn ten_million_empty_inputs_are_cheap() {
    let inputs = Message::new().message(1, many(1, 10_000_000));
    let file = read(&Holed::new(model(inputs).0, 0)).unwrap();
    assert_eq!(main_graph(&file).nodes[0].inputs.len(), 10_000_000);
    assert_memory_stays_small();
}

/// Graphs inside one another, the innermost empty.
fn nested(depth: usize) -> Message {
    let mut lengths = vec![0];
    let mut heads = Vec::new();
    for _ in 1..depth {
        let mut length = *lengths.last().unwrap();
        let mut head = Vec::new();
        for field in [6, 5, 1] {
            let part = Message::new().key(field, 2).varint(length).0;
            length += part.len() as u64;
            head.push(part);
        }
        head.reverse();
        heads.push(head.concat());
        lengths.push(length);
    }
    heads.reverse();
    model(Message(heads.concat()))
}

#[test]
fn sixty_four_graphs_may_be_inside_one_another() {
    let source = |depth| Holed::new(nested(depth).0, 0);
    assert_eq!(read(&source(64)).unwrap().graphs.len(), 64);
    assert_eq!(class(&source(65)), Class::Limit);
    assert_eq!(class(&source(100_000)), Class::Limit);
}

#[test]
fn types_of_any_depth_are_no_matter() {
    let mut kind = Vec::new();
    for _ in 0..2_000 {
        let inner = Message::new().bytes(1, &kind);
        kind = Message::new().message(4, inner).0;
    }
    let input = Message::new().text(1, "x").bytes(2, &kind);
    let file = read(&Holed::new(model(Message::new().message(11, input)).0, 0)).unwrap();
    assert_eq!(main_graph(&file).inputs[0].shape, None);
}

#[test]
fn claims_beyond_the_file_are_refused() {
    for claim in [1 << 33, 1 << 62, u64::MAX] {
        let graph = Message::new().int(1, 8).key(7, 2).varint(claim).0;
        assert_eq!(class(&Holed::new(graph, 0)), Class::Malformed);
        let inside = Message::new().key(5, 2).varint(claim);
        assert_eq!(class(&Holed::new(model(inside).0, 0)), Class::Malformed);
    }
}

/// Linux keeps the most memory that a process ever took. All tests of this program together
/// stay below the gigabyte that one file may take.
fn assert_memory_stays_small() {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else { return };
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(peak < 1 << 20, "{peak} KiB at most");
}
