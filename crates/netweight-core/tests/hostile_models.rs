//! Models that no importer would make, as a plugin may send them: an answer for each.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may be blunt")]

use std::time::{Duration, Instant};

use netweight_core::duplicate::duplicates;
use netweight_core::lines::{read, write};
use netweight_core::{
    Arg, Args, Bytes, Category, DType, DataFile, Dim, Edge, Expectation, Kind, Layer, Model, Place,
    Role, Shape, Weight, analyze, kind, storage,
};

/// Numbers that look random and are the same on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from((self.0 >> 33) % limit as u64).unwrap()
    }

    fn of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }

    fn some<T>(&mut self, most: usize, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(most + 1)).map(|_| make(self)).collect()
    }
}

fn arg(random: &mut Random) -> Arg {
    let numbers = [0, 1, 2, 3, 7, -1, i64::MIN, i64::MAX, 1 << 32];
    match random.below(5) {
        0 => Arg::from(random.below(2) == 0),
        1 | 2 => Arg::from(random.of(&numbers)),
        3 => Arg::from(random.some(4, |random| random.of(&numbers))),
        _ => Arg::from(random.of(&["same", "valid", "", "relu", "channels_last"])),
    }
}

fn args(random: &mut Random, kind: &Kind) -> Args {
    let rows: Vec<&str> = kind.args.iter().map(|row| row.name).chain(["odd"]).collect();
    let given = random.some(6, |random| (random.of(&rows), arg(random)));
    given.into_iter().fold(Args::default(), |args, (name, value)| args.with(name, value))
}

fn shape(random: &mut Random) -> Option<Shape> {
    let dims =
        [Dim::Unknown, Dim::Known(0), Dim::Known(3), Dim::Known(u64::MAX), Dim::Named("n".into())];
    (random.below(3) > 0).then(|| Shape::from(random.some(5, |random| random.of(&dims))))
}

fn edge(random: &mut Random) -> Option<Edge> {
    (random.below(5) > 0).then(|| Edge::new(random.of(&[0, 1, 2, 3, 5, 8, 100]), random.below(3)))
}

fn weight(random: &mut Random) -> Weight {
    Weight {
        name: random.of(&["w", "b", ""]).into(),
        role: random.of(&[Role::Kernel, Role::Bias, Role::Scale, Role::Mean]),
        category: random.of(&[Category::Trainable, Category::Constant, Category::Unused]),
        shape: random.some(4, |random| random.of(&[0, 1, 3, u64::MAX])),
        dtype: random.of(DType::ALL),
        elements: random.of(&[None, Some(0), Some(u64::MAX)]),
        stored_bytes: random.of(&[None, Some(u64::MAX)]),
        place: random.of(&[
            None,
            Some(Place { file: 0, offset: 7 }),
            Some(Place { file: 9, offset: u64::MAX }),
        ]),
    }
}

fn layer(random: &mut Random, kinds: &[&Kind], depth: usize) -> Layer {
    let kind = random.of(kinds);
    let inner = if depth < 3 { random.below(4) } else { 0 };
    Layer {
        path: random.of(&["a", "b", "a/b", ""]).into(),
        node: random.of(&[None, Some("n".into())]),
        type_name: "T".into(),
        kind: random.of(&[Some(kind.name.into()), Some("no such".into()), None]),
        args: args(random, kind),
        measured: args(random, kind),
        inputs: random.some(4, edge),
        stated_inputs: random.some(2, shape).into(),
        stated_outputs: random.some(2, shape),
        weights: random.some(3, weight),
        inner: (0..inner).map(|_| layer(random, kinds, depth + 1)).collect(),
        outputs: random.some(2, edge).into_iter().flatten().collect(),
        shared_with: random.of(&[None, None, Some(0), Some(3), Some(100)]),
        frozen: random.below(2) == 0,
        unknown: None,
        assumed: (random.below(3) == 0).then_some(u64::MAX),
    }
}

fn model(random: &mut Random, kinds: &[&Kind]) -> Model {
    Model {
        layers: random.some(9, |random| layer(random, kinds, 0)),
        expectations: vec![Expectation {
            rows: random.below(12)..random.below(12),
            parameters: Some(1),
            ..Expectation::default()
        }],
        files: random.some(3, |random| DataFile {
            name: String::new(),
            length: random.of(&[None, Some(9), Some(u64::MAX)]),
        }),
        ..Model::new("hostile")
    }
}

#[test]
fn every_model_has_an_analysis() {
    let kinds: Vec<&Kind> = kind::all().collect();
    let mut random = Random(1);
    for _ in 0..1_500 {
        let model = model(&mut random, &kinds);
        let mut text = Vec::new();
        write(&model, &mut text).unwrap();
        let back = read(&mut text.as_slice()).unwrap();
        assert_eq!(back, model);
        let start = Instant::now();
        let analysis = analyze(&back);
        assert_eq!(analysis.layers.len(), back.layers.len());
        assert_eq!(storage::files(&analysis).len(), back.files.len());
        storage::holdings(&analysis, 9, &[]);
        duplicates(&analysis, &Bytes::new("hostile", vec![7; 900]));
        assert!(start.elapsed() < Duration::from_secs(60), "{}", String::from_utf8_lossy(&text));
    }
}
