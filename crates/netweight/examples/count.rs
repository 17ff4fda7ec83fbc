//! How many parameters a model file has: `cargo run --example count -- model.onnx`.
#![allow(clippy::print_stdout, reason = "a program's answer")]

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("pass a model file")?;
    let model = netweight::open(path)?;
    let analysis = netweight::analyze(&model);
    for (layer, found) in model.layers.iter().zip(&analysis.layers) {
        match &found.counts {
            Some(counts) if counts.parameters() == 0 => {}
            Some(counts) => println!("{:12}  {}", counts.parameters(), layer.path),
            // Never counted as 0: the total says "at least".
            None => println!("{:>12}  {}", "unknown", layer.path),
        }
    }
    match analysis.totals.parameters() {
        Some(total) => println!("{total:12}  in total"),
        None => println!("nothing is known of the total"),
    }
    Ok(())
}
