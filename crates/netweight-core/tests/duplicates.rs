//! Tensors that repeat others, found by their bytes.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test may be blunt"
)]

use std::io;

use netweight_core::duplicate::{Layout, duplicates};
use netweight_core::{
    Bytes, Category, DType, DataFile, Diagnostic, Layer, Model, Place, Role, Source, Weight,
    analyze,
};

/// A model of these tensors, one behind the other in one file.
struct Sketch {
    model: Model,
    bytes: Vec<u8>,
}

impl Sketch {
    fn new() -> Self {
        Self { model: Model { stores_weights: true, ..Model::new("sketch") }, bytes: vec![9; 5] }
    }

    fn tensor(self, name: &str, shape: &[u64], dtype: DType, values: &[u8]) -> Self {
        let place = Place { file: 0, offset: self.bytes.len() as u64 };
        let mut sketch = self.at(name, shape, dtype, values.len() as u64, place);
        sketch.bytes.extend(values);
        sketch
    }

    fn at(mut self, name: &str, shape: &[u64], dtype: DType, bytes: u64, place: Place) -> Self {
        let weight = Weight {
            name: name.into(),
            role: Role::Kernel,
            category: Category::Trainable,
            shape: shape.to_vec(),
            dtype,
            elements: None,
            stored_bytes: Some(bytes),
            place: Some(place),
        };
        self.model.push(Layer { weights: vec![weight], ..Layer::new(name, "t", "none") });
        self
    }

    /// What repeats what, how, and what there is to say.
    fn found(mut self) -> (Vec<(String, String, Layout)>, Vec<Diagnostic>) {
        let length = Some(self.bytes.len() as u64);
        self.model.files.insert(0, DataFile { name: "sketch".into(), length });
        let source = Bytes::new("sketch", self.bytes);
        let (found, problems) = duplicates(&analyze(&self.model), &source);
        (found.into_iter().map(|one| (one.name, one.of, one.layout)).collect(), problems)
    }
}

/// Different numbers of some width, row by row.
fn matrix(rows: usize, columns: usize, width: usize) -> Vec<u8> {
    let element = |index: usize| (index as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes();
    (0..rows * columns).flat_map(|index| element(index)[..width].to_vec()).collect()
}

fn turned(values: &[u8], rows: usize, columns: usize, width: usize) -> Vec<u8> {
    let element = |row, column| &values[(row * columns + column) * width..][..width];
    (0..columns).flat_map(|c| (0..rows).flat_map(move |r| element(r, c).to_vec())).collect()
}

fn pair(name: &str, of: &str, layout: Layout) -> (String, String, Layout) {
    (name.to_owned(), of.to_owned(), layout)
}

#[test]
fn the_same_bytes_again_are_found_under_any_shape() {
    let values = matrix(30, 20, 4);
    let mut other = values.clone();
    other[1_777] ^= 1;
    let (found, problems) = Sketch::new()
        .tensor("a", &[30, 20], DType::Float32, &values)
        .tensor("other", &[30, 20], DType::Float32, &other)
        .tensor("b", &[30, 20], DType::Float32, &values)
        .tensor("c", &[600], DType::Float32, &values)
        .tensor("another type", &[600], DType::Int32, &values)
        .found();
    assert_eq!(found, [pair("b", "a", Layout::Same), pair("c", "a", Layout::Reshaped)]);
    assert_eq!(problems, []);
}

#[test]
fn matrices_turned_over_are_found_whatever_their_sizes() {
    // Beyond one tile in either direction, and beyond what is read at once.
    for (rows, columns, width, dtype) in [
        (16, 17, 1, DType::Int8),
        (700, 611, 4, DType::Float32),
        (2, 300_000, 2, DType::Float16),
        (300_000, 2, 2, DType::Float16),
        (1_300, 520, 8, DType::Float64),
    ] {
        let values = matrix(rows, columns, width);
        let copy = turned(&values, rows, columns, width);
        let (r, c) = (rows as u64, columns as u64);
        let (found, _) = Sketch::new()
            .tensor("a", &[r, c], dtype, &values)
            .tensor("b", &[c, r], dtype, &copy)
            .found();
        assert_eq!(found, [pair("b", "a", Layout::Transposed)], "{rows} × {columns}");
    }
}

#[test]
fn the_same_values_in_another_order_are_no_copy() {
    let values = matrix(64, 32, 4);
    let mut moved = turned(&values, 64, 32, 4);
    let (one, two) = (moved[4..8].to_vec(), moved[2_000..2_004].to_vec());
    moved[4..8].copy_from_slice(&two);
    moved[2_000..2_004].copy_from_slice(&one);
    let (found, _) = Sketch::new()
        .tensor("a", &[64, 32], DType::Float32, &values)
        .tensor("b", &[32, 64], DType::Float32, &moved)
        .found();
    assert_eq!(found, []);
}

#[test]
fn packed_values_are_compared_as_they_are_and_never_turned() {
    let values = matrix(32, 16, 1);
    let (found, _) = Sketch::new()
        .tensor("a", &[32, 32], DType::Int4, &values)
        .tensor("b", &[32, 32], DType::Int4, &turned(&values, 32, 16, 1))
        .tensor("c", &[32, 32], DType::Int4, &values)
        .found();
    assert_eq!(found, [pair("c", "a", Layout::Same)]);
}

#[test]
fn one_place_under_two_names_costs_nothing_and_short_tensors_are_left_out() {
    let values = matrix(30, 20, 4);
    let (found, _) = Sketch::new()
        .tensor("a", &[30, 20], DType::Float32, &values)
        .at("tied", &[30, 20], DType::Float32, 2_400, Place { file: 0, offset: 5 })
        .tensor("s", &[2], DType::Float32, &[0; 8])
        .tensor("t", &[2], DType::Float32, &[0; 8])
        .found();
    assert_eq!(found, []);
}

#[test]
fn a_file_that_is_not_there_is_told() {
    let place = |offset| Place { file: 1, offset };
    let mut sketch = Sketch::new().at("a", &[100], DType::Float32, 400, place(0)).at(
        "b",
        &[100],
        DType::Float32,
        400,
        place(400),
    );
    sketch.model.files.push(DataFile { name: "weights.bin".into(), length: None });
    let (found, problems) = sketch.found();
    assert_eq!(found, []);
    assert_eq!(problems[0].code, "duplicates/not-read");
    assert!(problems[0].message.starts_with("2 tensors"), "{}", problems[0].message);
    assert!(problems[0].message.contains("`weights.bin`"), "{}", problems[0].message);
}

#[test]
fn a_format_without_places_is_told() {
    let model = Model { stores_weights: true, ..Model::new("sketch") };
    let (_, problems) = duplicates(&analyze(&model), &Bytes::new("sketch", Vec::new()));
    assert_eq!(problems[0].code, "duplicates/no-places");
}

#[test]
fn an_exported_model_is_not_taken_for_its_weights() {
    let sketch = Sketch::new().tensor("a", &[30, 20], DType::Float32, &matrix(30, 20, 4));
    let mut model = sketch.model;
    model.files.push(DataFile { name: "model.onnx".into(), length: Some(2_405) });
    let (_, problems) = duplicates(&analyze(&model), &Bytes::new("model.jsonl", vec![7; 9_000]));
    assert!(problems[0].message.contains("`model.onnx`"), "{}", problems[0].message);
}

/// A file of zeros that counts what is read of it.
struct Zeros(u64, std::sync::atomic::AtomicU64);

impl Source for Zeros {
    fn name(&self) -> &'static str {
        "zeros"
    }

    fn len(&self) -> u64 {
        self.0
    }

    fn read_at(&self, _: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.1.fetch_add(buffer.len() as u64, std::sync::atomic::Ordering::Relaxed);
        buffer.fill(0);
        Ok(buffer.len())
    }

    fn sibling(&self, _: &str) -> io::Result<Box<dyn Source>> {
        Err(io::ErrorKind::NotFound.into())
    }
}

#[test]
fn tensors_that_lie_over_one_another_are_not_read_without_end() {
    let mut sketch = Sketch::new();
    let bytes = 4 << 20;
    for offset in 0..1_000 {
        let place = Place { file: 0, offset };
        sketch = sketch.at(&format!("t{offset}"), &[bytes], DType::UInt8, bytes, place);
    }
    let length = bytes + 1_000;
    sketch.model.files.push(DataFile { name: "zeros".into(), length: Some(length) });
    let source = Zeros(length, 0.into());
    let (_, problems) = duplicates(&analyze(&sketch.model), &source);
    assert_eq!(problems[0].code, "duplicates/overlapping");
    assert!(source.1.into_inner() <= 8 * length);
}
