//! Whether a file is ONNX at all.

use netweight_core::Bytes;
use netweight_onnx::looks_like_onnx;

use crate::proto::{Message, model, node};
use crate::source::Holed;

fn probe(bytes: &[u8]) -> bool {
    looks_like_onnx(&Bytes::new("model.onnx", bytes)).unwrap()
}

#[test]
fn models_are_recognised() {
    let full = Message::new().int(1, 8).text(2, "pytorch").text(6, "a description").0;
    let graph = Message::new().message(1, node("Relu", "x", "y")).text(2, "main");
    let whole = [full, model(graph).0].concat();
    assert!(probe(&whole));
    assert!(probe(&whole[..whole.len() - 20]), "broken off in the graph");
    assert!(probe(&model(Message::new()).0), "an empty graph");
    let opsets_first =
        Message::new().message(8, Message::new().int(2, 9)).message(7, node("", "", ""));
    assert!(probe(&opsets_first.0), "in any order");
}

#[test]
fn other_files_are_not() {
    let saved_model = Message::new().int(1, 1).message(2, Message::new().text(1, "meta graph"));
    let frozen_graph = Message::new().message(1, Message::new().text(1, "x").text(2, "Const"));
    let tensor = Message::new().packed(1, &[2, 3]).int(2, 1).bytes(9, &[0; 24]);
    let others: [(&str, &[u8]); 16] = [
        ("empty", b""),
        ("web page", b"<!DOCTYPE html><html><head><title>404</title></head></html>"),
        ("Git LFS pointer", b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\n"),
        ("zip", b"PK\x03\x04\x14\x00\x00\x00\x08\x00"),
        ("HDF5", b"\x89HDF\r\n\x1a\n\x00\x00\x00\x00\x00\x08\x08\x00"),
        ("safetensors", b"\x08\x05\x00\x00\x00\x00\x00\x00{\"weight\":{\"dtype\":\"F32\""),
        ("GGUF", b"GGUF\x03\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00"),
        ("TFLite", b"\x1c\x00\x00\x00TFL3\x14\x00\x20\x00\x1c\x00"),
        ("JSON", b"{\"class_name\": \"Sequential\"}"),
        ("YAML", b"layers:\n  - dense: 10\n"),
        ("pickle", b"\x80\x02}q\x00(X\x05\x00\x00\x00"),
        ("TensorFlow saved model", &saved_model.0),
        ("TensorFlow frozen graph", &frozen_graph.0),
        ("ONNX tensor", &tensor.0),
        ("text in place of a graph", b":\x05hello"),
        ("zeros", &[0; 100]),
    ];
    for (name, bytes) in others {
        assert!(!probe(bytes), "{name}");
    }
}

#[test]
fn little_is_read() {
    let graph = Message::new().int(1, 8).key(7, 2).varint(1 << 40).key(5, 2).varint(1 << 39);
    let large = Holed::new(graph.0, 1 << 40);
    assert!(looks_like_onnx(&large).unwrap());
    assert!(large.bytes_read() <= 64 << 10);
    let endless = (0..1_000_000).fold(Message::new(), |message, _| message.int(1, 8));
    let endless = Holed::new(endless.0, 0);
    assert!(!looks_like_onnx(&endless).unwrap());
    assert!(endless.bytes_read() <= 64 << 10);
}
