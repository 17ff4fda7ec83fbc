//! Files that are larger than any memory the page may take.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::page;
use crate::program::grouped;

/// A file of this length that begins with these bytes; the rest takes no disk.
fn sparse(folder: &Path, name: &str, head: &[u8], length: u64) -> PathBuf {
    let path = folder.join(name);
    let mut file = File::create(&path).unwrap();
    file.write_all(head).unwrap();
    file.set_len(length).unwrap();
    path
}

/// An ONNX model of one dense layer, its 5 GB of weights inline: message fields by hand, as
/// field number, wire type and length.
fn onnx() -> (Vec<u8>, u64, u64) {
    let (inputs, outputs) = (25_000_u64, 50_000_u64);
    let payload = inputs * outputs * 4;
    let text = |field: u8, text: &str| delimited(field, text.as_bytes());
    let node = delimited(
        1,
        &[text(1, "x"), text(1, "w"), text(2, "y"), text(3, "fc"), text(4, "MatMul")].concat(),
    );
    let mut tensor = [
        vec![0x08],
        varint(inputs),
        vec![0x08],
        varint(outputs),
        vec![0x10, 1],
        text(8, "w"),
        vec![9 << 3 | 2],
        varint(payload),
    ]
    .concat();
    let before = tensor.len() as u64;
    let name = text(2, "big");
    let tensor_length = before + payload;
    let graph_head = [node, name, vec![5 << 3 | 2], varint(tensor_length)].concat();
    let graph_length = graph_head.len() as u64 + tensor_length;
    let mut file = [
        vec![0x08, 9],
        delimited(8, &[vec![0x10, 17]].concat()),
        vec![7 << 3 | 2],
        varint(graph_length),
        graph_head,
    ]
    .concat();
    file.append(&mut tensor);
    let length = file.len() as u64 + payload;
    (file, length, inputs * outputs)
}

fn varint(mut n: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while n > 127 {
        bytes.push(u8::try_from(n & 127).unwrap() | 128);
        n >>= 7;
    }
    bytes.push(u8::try_from(n).unwrap());
    bytes
}

fn delimited(field: u8, bytes: &[u8]) -> Vec<u8> {
    [vec![field << 3 | 2], varint(bytes.len() as u64), bytes.to_vec()].concat()
}

/// A GGUF file of one matrix of 10 GB.
fn gguf() -> (Vec<u8>, u64, u64) {
    let (inputs, outputs) = (50_000_u64, 50_000_u64);
    let mut file = b"GGUF\x03\0\0\0".to_vec();
    for count in [1_u64, 0, 13] {
        file.extend(count.to_le_bytes());
    }
    file.extend(b"output.weight");
    file.extend(2_u32.to_le_bytes());
    for dim in [inputs, outputs] {
        file.extend(dim.to_le_bytes());
    }
    file.extend([0; 4 + 8]);
    file.resize(file.len().next_multiple_of(32), 0);
    let length = file.len() as u64 + inputs * outputs * 4;
    (file, length, inputs * outputs)
}

#[test]
fn large_files_are_not_in_memory() {
    let Some(mut browser) = page() else { return };
    let folder = std::env::temp_dir().join(format!("netweight-large-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    for (name, (head, length, parameters)) in [("5gb.onnx", onnx()), ("10gb.gguf", gguf())] {
        let file = sparse(&folder, name, &head, length);
        let began = Instant::now();
        browser.give(&[file]);
        browser.total(&grouped(parameters));
        let memory = browser.memory();
        eprintln!(
            "{name}: {length} bytes in {:?}, page memory {} MiB",
            began.elapsed(),
            memory >> 20
        );
        assert!(memory < 200 << 20, "{name}: {memory} bytes");
    }
    fs::remove_dir_all(folder).unwrap();
    assert_eq!(browser.wrong(), Vec::<String>::new());
}
