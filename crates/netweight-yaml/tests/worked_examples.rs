//! The worked examples as specs: by hand to the letter, and every expectation met.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]

use netweight_core::{Analysis, Bytes, Diagnostic, ImportOptions, Importer, Model, analyze};
use netweight_yaml::YamlImporter;

fn import(name: &str) -> Model {
    let path = format!("{}/../../testdata/yaml/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(&path).expect(&path);
    let source = Bytes::new(format!("{name}.yaml"), bytes);
    match YamlImporter.import(&source, &ImportOptions::default()) {
        Ok(model) => model,
        Err(error) => panic!("{name}: {:#?}", error.problems),
    }
}

fn by_hand(analysis: &Analysis<'_>) -> Vec<String> {
    let trees = analysis.layers.iter().filter_map(|layer| layer.evaluated.tree.as_ref());
    trees.map(|tree| tree.numbers()).collect()
}

#[test]
fn arithmetic_is_the_textbooks_to_the_letter() {
    let examples: [(&str, &[&str], u64); 8] = [
        ("ffnn-3-5-2", &["(3 × 5 + 5 × 2) + (5 + 2)"], 32),
        ("ffnn-50", &["(50 × 100 + 100 × 1 + 1 × 100 + 100 × 50) + (100 + 1 + 100 + 50)"], 10_451),
        ("lstm", &["4 × [2(2 + 3) + 2]"], 48),
        ("rnn", &["4 × [2(2 + 3) + 2]"], 48),
        ("bigru-lstm", &["2 × 3 × [5(5 + 8) + 5]", "4 × [50(50 + 10) + 50]"], 12_620),
        ("conv-1-3", &["[1 × (2 × 2) × 3] + 3"], 15),
        ("conv-3-1", &["[3 × (2 × 2) × 1] + 1"], 13),
        ("conv-2-3", &["[2 × (2 × 2) × 3] + 3"], 27),
    ];
    for (name, arithmetic, parameters) in examples {
        let model = import(name);
        let analysis = analyze(&model);
        assert_eq!(by_hand(&analysis), arithmetic, "{name}");
        assert_eq!(analysis.totals.parameters(), Some(parameters), "{name}");
        let none: Vec<Diagnostic> = Vec::new();
        assert_eq!(analysis.diagnostics, none, "{name}");
    }
}
