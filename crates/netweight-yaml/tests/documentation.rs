//! The page about the language is fresh, and its examples are what they say they are.
//! `BLESS=1 cargo test -p netweight-yaml` writes it anew.

use std::fs;
use std::path::Path;

use netweight_core::{Bytes, ImportOptions, Importer, analyze};
use netweight_yaml::{YamlImporter, documentation};

#[test]
fn the_page_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/spec.md");
    let page = documentation();
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &page).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == page, "docs/spec.md is stale; BLESS=1 writes it anew");
}

#[test]
fn every_example_is_a_spec() {
    let page = documentation();
    let examples: Vec<&str> =
        page.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(examples.len() >= 7);
    for example in examples {
        let model = YamlImporter
            .import(&Bytes::new("example.yaml", example), &ImportOptions::default())
            .unwrap_or_else(|error| panic!("{example}\n{:#?}", error.problems));
        let analysis = analyze(&model);
        assert!(analysis.diagnostics.is_empty(), "{example}\n{:#?}", analysis.diagnostics);
        assert!(analysis.totals.complete, "{example}");
    }
}
