//! Test data against its truth; files that are damaged, lie about themselves, or are very large.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]

#[path = "../../tests/hostile.rs"]
mod hostile;
#[path = "../../tests/truth.rs"]
mod truth;

use hostile::{Sparse, answer, damage, why};
use netweight_core::{ImportOptions, Importer, analyze};
use netweight_gguf::Gguf;

/// A file in the making: its metadata entries and its tensors, each already in bytes.
#[derive(Default)]
struct File {
    entries: Vec<Vec<u8>>,
    tensors: Vec<Vec<u8>>,
}

const F32: u32 = 0;
const TEXT: u32 = 8;

fn text(text: &str) -> Vec<u8> {
    [&(text.len() as u64).to_le_bytes(), text.as_bytes()].concat()
}

fn entry(key: &str, kind: u32, value: &[u8]) -> Vec<u8> {
    [text(key), kind.to_le_bytes().to_vec(), value.to_vec()].concat()
}

fn tensor(name: &str, dims: &[u64], kind: u32, offset: u64) -> Vec<u8> {
    let mut bytes = text(name);
    bytes.extend(u32::try_from(dims.len()).unwrap().to_le_bytes());
    bytes.extend(dims.iter().flat_map(|dim| dim.to_le_bytes()));
    bytes.extend(kind.to_le_bytes());
    bytes.extend(offset.to_le_bytes());
    bytes
}

impl File {
    fn model() -> Self {
        Self { entries: vec![entry("general.architecture", TEXT, &text("llama"))], tensors: vec![] }
    }

    fn with(mut self, tensor: Vec<u8>) -> Self {
        self.tensors.push(tensor);
        self
    }

    fn entry(mut self, entry: Vec<u8>) -> Self {
        self.entries.push(entry);
        self
    }

    /// The header, filled up to where the data begins.
    fn head(&self) -> Vec<u8> {
        let mut bytes = b"GGUF\x03\0\0\0".to_vec();
        bytes.extend((self.tensors.len() as u64).to_le_bytes());
        bytes.extend((self.entries.len() as u64).to_le_bytes());
        bytes.extend(self.entries.iter().chain(&self.tensors).flatten());
        bytes.resize(bytes.len().next_multiple_of(32), 0);
        bytes
    }

    fn told(&self, data: usize) -> String {
        let mut bytes = self.head();
        bytes.resize(bytes.len() + data, 0);
        answer(&Gguf, "model.gguf", &bytes)
    }
}

fn raw(bytes: &[u8]) -> String {
    answer(&Gguf, "model.gguf", bytes)
}

#[test]
fn test_data_counts_as_its_package_counts_it() {
    truth::check_all("gguf", &Gguf);
}

#[test]
fn what_cannot_be_read_is_refused() {
    assert_eq!(raw(b""), "refused: gguf/cut-off");
    assert_eq!(raw(b"GGML\x03\0\0\0"), "refused: gguf/magic");
    assert_eq!(raw(b"GGUF\x63\0\0\0"), "refused: gguf/version");
    assert_eq!(raw(b"GGUF\x01\0\0\0"), "refused: gguf/version");
    let counts = |tensors: u64, entries: u64| {
        [b"GGUF\x03\0\0\0".to_vec(), tensors.to_le_bytes().to_vec(), entries.to_le_bytes().to_vec()]
            .concat()
    };
    assert_eq!(raw(&counts(1 << 60, 0)), "refused: gguf/tensors");
    assert_eq!(raw(&counts(0, 1 << 60)), "refused: gguf/cut-off");
    let of = |entry: Vec<u8>| File::model().entry(entry).told(0);
    assert_eq!(of(entry("k", TEXT, &(1u64 << 62).to_le_bytes())), "refused: gguf/cut-off");
    assert_eq!(of(entry("k", 13, &[])), "refused: gguf/value-type");
    let array = |kind: u32, length: u64| {
        [kind.to_le_bytes().to_vec(), length.to_le_bytes().to_vec()].concat()
    };
    assert_eq!(of(entry("k", 9, &array(TEXT, 1 << 61))), "refused: gguf/cut-off");
    assert_eq!(of(entry("k", 9, &array(10, 1 << 61))), "refused: gguf/cut-off");
    assert_eq!(of(entry("k", 9, &array(9, 1).repeat(1_000))), "refused: gguf/nesting");
    assert_eq!(of(entry("general.alignment", 4, &0u32.to_le_bytes())), "refused: gguf/alignment");
    assert_eq!(of(entry("general.alignment", 4, &48u32.to_le_bytes())), "refused: gguf/alignment");
    let of = |tensor: Vec<u8>| File::model().with(tensor).told(0);
    assert_eq!(of(tensor("a.weight", &[1; 9], F32, 0)), "refused: gguf/dimensions");
    assert_eq!(of(tensor("a.weight", &[1 << 40; 2], F32, 0)), "refused: gguf/shape");
}

#[test]
fn what_llama_cpp_refuses_is_told() {
    let of = |tensor: Vec<u8>, data| File::model().with(tensor).told(data);
    assert_eq!(of(tensor("a.weight", &[8], F32, 0), 32), "read: ");
    assert_eq!(of(tensor("a.weight", &[8], F32, 0), 16), "read: gguf/cut-off");
    assert_eq!(of(tensor("a.weight", &[8], F32, 64), 96), "read: gguf/offset");
    assert_eq!(of(tensor("a.weight", &[8], 250, 0), 32), "read: gguf/unknown-type");
    assert_eq!(of(tensor("a.weight", &[33], 2, 0), 32), "read: gguf/blocks");
    let twice = File::model().with(tensor("a.weight", &[8], F32, 0)).with(tensor(
        "a.weight",
        &[8],
        F32,
        32,
    ));
    assert_eq!(twice.told(64), "read: gguf/duplicate-tensor");
    assert_eq!(File::default().told(0), "read: gguf/architecture");
    let split = File::model().entry(entry("split.count", 2, &3u16.to_le_bytes())).entry(entry(
        "split.no",
        2,
        &1u16.to_le_bytes(),
    ));
    assert_eq!(split.told(0), "read: gguf/one-split");
}

/// A vocabulary is walked over; of the data nothing is read.
#[test]
fn a_large_file_takes_its_header_to_read() {
    let tokens: Vec<u8> = (0..50_000).flat_map(|n| text(&format!("token {n}"))).collect();
    let tokens = [&TEXT.to_le_bytes()[..], &50_000u64.to_le_bytes(), &tokens].concat();
    let (rows, columns) = (50_000u64, 500_000u64);
    let head = File::model()
        .entry(entry("tokenizer.ggml.tokens", 9, &tokens))
        .with(tensor("output.weight", &[columns, rows], F32, 0))
        .head();
    let length = head.len() as u64 + rows * columns * 4;
    let source = Sparse::new("model.gguf", head.clone(), length);
    let model = Gguf.import(&source, &ImportOptions::default()).unwrap();
    assert_eq!(model.diagnostics, []);
    assert_eq!(analyze(&model).totals.parameters(), Some(rows * columns));
    assert!(source.read() < head.len() as u64 + (1 << 20), "{} bytes read", source.read());
}

/// Zeros for a hundred gigabytes, announced as texts without letters.
#[test]
fn an_endless_vocabulary_ends_at_a_limit() {
    let endless = [&TEXT.to_le_bytes()[..], &(1u64 << 60).to_le_bytes()].concat();
    let mut head = File::model().entry(entry("tokens", 9, &endless)).head();
    head.truncate(head.len() - head.iter().rev().take_while(|byte| **byte == 0).count());
    let source = Sparse::new("model.gguf", head, 100 << 30);
    assert_eq!(why(&Gguf, &source), "more than 268435456 bytes before the data");
    assert!(source.read() < 300 << 20, "{} bytes read", source.read());
}

#[test]
fn limits_are_told() {
    let told = |file: File| why(&Gguf, &Sparse::whole("model.gguf", file.head()));
    let of = |entry: Vec<u8>| told(File::model().entry(entry));
    let tensor = |name: &str, rank| told(File::model().with(tensor(name, &vec![1; rank], F32, 0)));
    assert_eq!(tensor("a.weight", 5), "`a.weight` has 5 dimensions; ggml has at most 4");
    let long = "n".repeat((64 << 10) + 1);
    assert_eq!(tensor(&long, 1), "a tensor's name of more than 65536 bytes");
    let arrays = [9u32.to_le_bytes().to_vec(), 1u64.to_le_bytes().to_vec()].concat().repeat(9);
    assert_eq!(of(entry("k", 9, &arrays)), "arrays inside one another more than 8 deep");
    let splits = entry("split.count", 2, &1_001u16.to_le_bytes());
    assert_eq!(of(splits), "1001 files; at most 1000 are read");
    let head =
        [b"GGUF\x03\0\0\0".to_vec(), 1_000_001u64.to_le_bytes().to_vec(), vec![0; 8]].concat();
    let many = Sparse::new("model.gguf", head, 1 << 30);
    assert_eq!(why(&Gguf, &many), "1000001 tensors; at most 1000000 are read");
}

/// What a name of so many letters, behind so many entries, comes to in the model.
fn name_of(letters: usize, entries: usize) -> Option<String> {
    let mut file = File::model();
    file.entries.extend((1..entries).map(|number| entry(&format!("k{number}"), 4, &[0; 4])));
    let name = entry("general.name", TEXT, &text(&"n".repeat(letters)));
    let source = Sparse::whole("model.gguf", file.entry(name).head());
    Gguf.import(&source, &ImportOptions::default()).unwrap().name
}

#[test]
fn short_texts_are_kept() {
    assert_eq!(name_of(256, 1), Some("n".repeat(256)));
    assert_eq!(name_of(257, 1), None);
}

#[test]
fn so_many_entries_are_kept() {
    assert_eq!(name_of(1, 4_095).as_deref(), Some("n"));
    assert_eq!(name_of(1, 4_096), None);
}

#[test]
fn damaged_files_get_an_answer() {
    for case in truth::cases("gguf") {
        let path = truth::folder("gguf").join(case["file"].as_str().unwrap());
        let bytes = std::fs::read(&path).unwrap();
        damage(&Gguf, path.file_name().unwrap().to_str().unwrap(), &bytes, 150);
    }
}

#[test]
fn the_plugin_keeps_its_contract() {
    let files = ["llama-q4_0.gguf", "lora.gguf", "big-endian.gguf"];
    let bytes = files.map(|file| std::fs::read(truth::folder("gguf").join(file)).unwrap());
    let examples: Vec<(&str, &[u8])> =
        bytes.iter().map(|bytes| ("model.gguf", bytes.as_slice())).collect();
    let manifest = &netweight_gguf::netweight_manifest;
    let problems = netweight_plugin::contract::check(&Gguf, manifest, &examples);
    assert!(problems.is_empty(), "{problems:?}");
}
