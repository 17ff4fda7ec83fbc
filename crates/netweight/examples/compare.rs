//! What changed between two model files, of any two formats:
//! `cargo run --example compare -- before.onnx after.keras`.
#![allow(clippy::print_stdout, reason = "a program's answer")]

use std::error::Error;
use std::ffi::OsStr;

use netweight::report::{Diff, ModelReport};

fn main() -> Result<(), Box<dyn Error>> {
    let files: Vec<_> = std::env::args_os().skip(1).collect();
    let [before, after] = files.as_slice() else { return Err("pass two model files".into()) };
    let diff = Diff::new(&report(before)?, &report(after)?);
    for total in diff.totals.iter().filter(|total| total.before != total.after) {
        println!("{}: {:?} → {:?}", total.name, total.before, total.after);
    }
    for layer in &diff.layers {
        let path = layer.after.as_ref().or(layer.before.as_ref()).map(|state| &state.path);
        println!("{:?}: {}", layer.status, path.map_or("", String::as_str));
    }
    println!("{} layers with parameters are the same", diff.unchanged);
    Ok(())
}

fn report(file: &OsStr) -> Result<ModelReport, netweight::ImportError> {
    let model = netweight::open(file)?;
    Ok(ModelReport::new(file.to_string_lossy(), &netweight::analyze(&model), &[]))
}
