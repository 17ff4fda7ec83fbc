//! Against ONNX's own shape inference, over the files of testdata.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use netweight_core::{Bytes, ImportOptions};

use super::{Following, Shapes};
use crate::graph::{ValueId, Wiring};
use crate::{Dim, read};

type Known = BTreeMap<String, BTreeMap<String, Vec<Option<u64>>>>;

fn folder() -> PathBuf {
    let given = std::env::var_os("NETWEIGHT_ONNX_SHAPES").map(PathBuf::from);
    given.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/onnx"))
}

/// Of values whose shape ONNX infers from inputs and weights alone, ours are the same for all but
/// a few; where both know a size, it is never another one.
#[test]
fn shapes_are_those_that_onnx_infers() {
    let text = std::fs::read_to_string(folder().join("shapes.json")).unwrap();
    let known: Known = serde_json::from_str(&text).unwrap();
    let (mut same, mut all, mut wrong, mut missing) = (0, 0, Vec::new(), Vec::new());
    for (name, theirs) in &known {
        let bytes = std::fs::read(folder().join(name)).unwrap();
        let mut file = read(&Bytes::new("model.onnx", bytes)).unwrap();
        file.graphs.iter_mut().for_each(|graph| graph.value_infos.clear());
        let wiring = Wiring::of(&file);
        let shapes = Shapes::of(&wiring, &ImportOptions::default(), Following::Numbers);
        for (index, value) in wiring.values.iter().enumerate() {
            let value_name = wiring.text(value.name);
            let Some(theirs) = theirs.get(value_name) else { continue };
            all += 1;
            let ours = shapes.shape(&wiring, ValueId::new(index));
            let sizes: Option<Vec<Option<u64>>> =
                ours.map(|dims| dims.iter().map(Dim::known).collect());
            let place = || format!("{name} {value_name}: {ours:?}, want {theirs:?}");
            match sizes {
                Some(sizes) if fits(&sizes, theirs) => same += 1,
                Some(sizes) if contradicts(&sizes, theirs) => wrong.push(place()),
                _ => missing.push(place()),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(all > 500 && same * 100 >= all * 98, "{same} of {all}:\n{}", missing.join("\n"));
}

/// At least as much is known, and the same.
fn fits(ours: &[Option<u64>], theirs: &[Option<u64>]) -> bool {
    let pairs = || ours.iter().zip(theirs);
    ours.len() == theirs.len() && pairs().all(|(ours, theirs)| theirs.is_none() || ours == theirs)
}

fn contradicts(ours: &[Option<u64>], theirs: &[Option<u64>]) -> bool {
    let another = |(ours, theirs): (&Option<u64>, &Option<u64>)| {
        ours.zip(*theirs).is_some_and(|(ours, theirs)| ours != theirs)
    };
    ours.len() != theirs.len() || ours.iter().zip(theirs).any(another)
}
