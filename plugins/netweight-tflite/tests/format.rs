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
use netweight_tflite::Tflite;

fn told(bytes: &[u8]) -> String {
    answer(&Tflite, "model.tflite", bytes)
}

fn example(name: &str) -> Vec<u8> {
    std::fs::read(truth::folder("tflite").join(name)).unwrap()
}

fn number(bytes: &[u8], at: usize) -> usize {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize
}

/// Where a field of the root table is, by the field's number.
fn root_field(bytes: &[u8], field: usize) -> usize {
    let root = number(bytes, 0);
    let vtable = root - number(bytes, root);
    let entry = vtable + 4 + 2 * field;
    root + usize::from(u16::from_le_bytes(bytes[entry..entry + 2].try_into().unwrap()))
}

fn changed(at: usize, value: u32) -> Vec<u8> {
    let mut bytes = example("perceptron.tflite");
    bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
    bytes
}

#[test]
fn test_data_counts_as_keras_counts_its_models() {
    truth::check_all("tflite", &Tflite);
}

#[test]
fn what_cannot_be_read_is_refused() {
    assert_eq!(told(b""), "refused: tflite/identifier");
    assert_eq!(told(b"\x1c\0\0\0XXXX"), "refused: tflite/identifier");
    assert_eq!(told(b"\x1c\0\0\0TFL3\0\0\0\0"), "refused: tflite/structure");
    assert_eq!(
        told(&[b"\x1c\0\0\0TFL3".to_vec(), vec![0; 64]].concat()),
        "refused: tflite/structure"
    );
    assert_eq!(told(&changed(0, 1 << 31)), "refused: tflite/structure");
    let whole = example("perceptron.tflite");
    assert_eq!(told(&whole[..whole.len() / 2]), "refused: tflite/structure");
    // Operator codes, subgraphs, buffers: a list that leads out, and one without end.
    for field in [1, 2, 4] {
        let place = root_field(&whole, field);
        let list = place + number(&whole, place);
        assert_eq!(told(&changed(place, u32::MAX)), "refused: tflite/structure");
        assert_eq!(told(&changed(list, u32::MAX)), "refused: tflite/structure");
    }
    let subgraphs = root_field(&whole, 2);
    let list = subgraphs + number(&whole, subgraphs);
    assert_eq!(told(&changed(list, 0)), "refused: tflite/no-graph");
}

/// A constant of a hundred gigabytes behind the structure: where its bytes are is read, and
/// nothing of them.
#[test]
fn a_large_file_takes_its_structure_to_read() {
    let head = example("perceptron.tflite");
    let structure = head.len() as u64;
    let source = Sparse::new("model.tflite", head, 100 << 30);
    let model = Tflite.import(&source, &ImportOptions::default()).unwrap();
    assert_eq!(analyze(&model).totals.parameters(), Some(40 * 32 + 32 + 32 * 5 + 5));
    assert!(source.read() < 16 * structure, "{} bytes read", source.read());
}

/// The operator's number in the format.
const WHILE: u32 = 119;

/// A flatbuffer written front to back, so that many offsets may lead to one place.
struct Builder(Vec<u8>);

impl Builder {
    /// A table whose fields are offsets; gives the places of these.
    fn table(&mut self, fields: &[usize]) -> (usize, Vec<usize>) {
        let vtable = self.0.len();
        let length = 4 + 2 * (fields.iter().max().unwrap() + 1);
        self.0.resize((vtable + length).next_multiple_of(4), 0);
        let table = self.0.len();
        self.0[vtable..vtable + 2].copy_from_slice(&u16::try_from(length).unwrap().to_le_bytes());
        self.0.extend(u32::try_from(table - vtable).unwrap().to_le_bytes());
        let places = fields.iter().enumerate().map(|(index, field)| {
            let offset = 4 + 4 * index;
            let entry = vtable + 4 + 2 * field;
            self.0[entry..entry + 2].copy_from_slice(&u16::try_from(offset).unwrap().to_le_bytes());
            self.0.extend([0; 4]);
            table + offset
        });
        let places = places.collect();
        (table, places)
    }

    /// A list of offsets; gives their places.
    fn list(&mut self, length: usize) -> (usize, Vec<usize>) {
        let list = self.0.len();
        self.0.extend(u32::try_from(length).unwrap().to_le_bytes());
        self.0.extend(vec![0; 4 * length]);
        (list, (0..length).map(|index| list + 4 + 4 * index).collect())
    }

    /// A list of bytes.
    fn bytes(&mut self, bytes: &[u8]) -> usize {
        let list = self.0.len();
        self.0.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
        self.0.extend(bytes);
        self.0.resize(self.0.len().next_multiple_of(4), 0);
        list
    }

    fn set(&mut self, place: usize, number: u32) {
        self.0[place..place + 4].copy_from_slice(&number.to_le_bytes());
    }

    fn point(&mut self, places: &[usize], target: usize) {
        for place in places {
            self.set(*place, u32::try_from(target - place).unwrap());
        }
    }
}

/// What is said of a file whose root has one field: a list of so many.
fn why_many(field: usize, length: usize) -> String {
    let mut file = Builder(b"\0\0\0\0TFL3".to_vec());
    let (root, fields) = file.table(&[field]);
    file.point(&[0], root);
    let (list, _) = file.list(length);
    file.point(&fields, list);
    why(&Tflite, &Sparse::whole("model.tflite", file.0))
}

/// What is said of a graph of operators that are all the same one, with so many inputs.
fn why_inputs(operators: usize, inputs: usize) -> String {
    let mut file = Builder(b"\0\0\0\0TFL3".to_vec());
    let (root, root_fields) = file.table(&[2]);
    file.point(&[0], root);
    let (graphs, graph_places) = file.list(1);
    file.point(&root_fields, graphs);
    let (graph, graph_fields) = file.table(&[3]);
    file.point(&graph_places, graph);
    let (operators, operator_places) = file.list(operators);
    file.point(&graph_fields, operators);
    let (operator, operator_fields) = file.table(&[1]);
    file.point(&operator_places, operator);
    let (inputs, _) = file.list(inputs);
    file.point(&operator_fields, inputs);
    why(&Tflite, &Sparse::whole("model.tflite", file.0))
}

/// Four megabytes that would take four gigabytes to read.
#[test]
fn structure_that_is_read_again_and_again_ends_at_a_limit() {
    let why = why_inputs(1_000, 1 << 20);
    assert_eq!(why, "the structure takes more than 268435456 bytes to read");
}

#[test]
fn limits_are_told() {
    let inputs = why_inputs(1, (1 << 20) + 1);
    assert_eq!(inputs, "a list of 1048577 numbers; at most 1048576 are read");
    assert_eq!(why_many(2, 10_001), "10001 subgraphs; at most 10000 are read");
    let buffers = "1000001 operator codes or buffers; at most 1000000 are read";
    assert_eq!(why_many(4, 1_000_001), buffers);
    assert_eq!(why_rank(64), "");
    assert_eq!(why_rank(65), "a list of 65 numbers; at most 64 are read");
}

/// What is said of a tensor of so many dimensions.
fn why_rank(rank: usize) -> String {
    let mut file = Builder(b"\0\0\0\0TFL3".to_vec());
    let (root, root_fields) = file.table(&[2]);
    file.point(&[0], root);
    let (graphs, graph_places) = file.list(1);
    file.point(&root_fields, graphs);
    let (graph, graph_fields) = file.table(&[0]);
    file.point(&graph_places, graph);
    let (tensors, tensor_places) = file.list(1);
    file.point(&graph_fields, tensors);
    let (tensor, tensor_fields) = file.table(&[0]);
    file.point(&tensor_places, tensor);
    let (shape, _) = file.list(rank);
    file.point(&tensor_fields, shape);
    let source = Sparse::whole("model.tflite", file.0);
    match Tflite.import(&source, &ImportOptions::default()) {
        Ok(_) => String::new(),
        Err(error) => error.problems[0].message.clone(),
    }
}

#[test]
fn long_texts_are_cut() {
    let mut file = Builder(b"\0\0\0\0TFL3".to_vec());
    let (root, root_fields) = file.table(&[2, 3]);
    file.point(&[0], root);
    let (graphs, graph_places) = file.list(1);
    file.point(&root_fields[..1], graphs);
    let (graph, graph_fields) = file.table(&[0]);
    file.point(&graph_places, graph);
    let (tensors, _) = file.list(0);
    file.point(&graph_fields, tensors);
    let description = file.bytes(&[b'd'; (64 << 10) + 1]);
    file.point(&root_fields[1..], description);
    let source = Sparse::whole("model.tflite", file.0);
    let model = Tflite.import(&source, &ImportOptions::default()).unwrap();
    assert_eq!(model.producer, Some("d".repeat(64 << 10)));
}

/// A loop whose state begins with so many zeros; constants are no weights.
#[test]
fn zeros_are_a_state_up_to_a_size() {
    let trainable = |values: u32| {
        let mut file = Builder(b"\0\0\0\0TFL3".to_vec());
        let (root, root_fields) = file.table(&[1, 2, 4]);
        file.point(&[0], root);
        let (codes, code_places) = file.list(1);
        file.point(&root_fields[..1], codes);
        let (code, code_fields) = file.table(&[3]);
        file.point(&code_places, code);
        file.set(code_fields[0], WHILE);
        let (graphs, graph_places) = file.list(1);
        file.point(&root_fields[1..2], graphs);
        let (graph, graph_fields) = file.table(&[0, 3]);
        file.point(&graph_places, graph);
        let (tensors, tensor_places) = file.list(1);
        file.point(&graph_fields[..1], tensors);
        let (tensor, tensor_fields) = file.table(&[0, 2]);
        file.point(&tensor_places, tensor);
        let (shape, sizes) = file.list(1);
        file.point(&tensor_fields[..1], shape);
        file.set(sizes[0], values);
        file.set(tensor_fields[1], 1);
        let (operators, operator_places) = file.list(1);
        file.point(&graph_fields[1..], operators);
        let (operator, operator_fields) = file.table(&[1]);
        file.point(&operator_places, operator);
        let (inputs, _) = file.list(1);
        file.point(&operator_fields, inputs);
        let (buffers, buffer_places) = file.list(2);
        file.point(&root_fields[2..], buffers);
        for place in buffer_places {
            let (buffer, buffer_fields) = file.table(&[0]);
            file.point(&[place], buffer);
            let data = file.bytes(&vec![0; 4 * values as usize]);
            file.point(&buffer_fields, data);
        }
        let source = Sparse::whole("model.tflite", file.0);
        let model = Tflite.import(&source, &ImportOptions::default()).unwrap();
        analyze(&model).totals.counts.trainable
    };
    assert_eq!(trainable(16 << 10), 0);
    assert_eq!(trainable((16 << 10) + 1), (16 << 10) + 1);
}

#[test]
fn damaged_files_get_an_answer() {
    for case in truth::cases("tflite") {
        let name = case["file"].as_str().unwrap();
        damage(&Tflite, name, &example(name), 300);
    }
}

#[test]
fn the_plugin_keeps_its_contract() {
    let bytes = ["perceptron.tflite", "convolutions-int8.tflite", "sequence.tflite"].map(example);
    let examples: Vec<(&str, &[u8])> =
        bytes.iter().map(|bytes| ("model.tflite", bytes.as_slice())).collect();
    let manifest = &netweight_tflite::netweight_manifest;
    let problems = netweight_plugin::contract::check(&Tflite, manifest, &examples);
    assert!(problems.is_empty(), "{problems:?}");
}
