//! Schemes of one's own and mixes, from the command line and back.

use crate::program::netweight;

/// The bytes of a scheme in the table for spreadsheets.
fn bytes(arguments: &[&str], scheme: &str) -> u64 {
    let said = netweight(80, &[&["sizes", "--format", "csv"], arguments].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    let mut rows = said.out.lines().map(|line| line.split(',').collect::<Vec<_>>());
    rows.find(|row| row[1] == scheme).unwrap()[2].parse().unwrap()
}

/// By hand: 128,256 · 4,096 values of the table at two bytes, twice as many at one byte each in
/// the head and the first block, and the rest in groups of 128 at half a byte and a scale.
#[test]
fn a_scheme_file_says_what_becomes_of_what() {
    let arguments = ["yaml/llama-3-8b.yaml", "--scheme-file", "schemes/mixed.yaml"];
    let table = 128_256 * 4_096;
    let block = 4_096 * (4_096 + 1_024 + 1_024 + 4_096 + 3 * 14_336) + 2 * 4_096;
    let others = 31 * (block - 2 * 4_096);
    let vectors = 4 * (31 * 2 * 4_096 + 4_096);
    let grouped = others / 2 + others / 128 * 2;
    assert_eq!(bytes(&arguments, "careful"), 2 * table + (table + block) + grouped + vectors);
}

#[test]
fn a_mix_fits_and_reads_back() {
    let model = "yaml/llama-3-8b.yaml";
    let said = netweight(80, &["sizes", model, "--fit", "6GB", "--mix"]);
    let file = std::env::temp_dir().join(format!("netweight-mix-{}.yaml", std::process::id()));
    std::fs::write(&file, said.out).unwrap();
    let told = bytes(&[model, "--fit", "6GB"], "mix");
    let read = bytes(&[model, "--scheme-file", &file.display().to_string()], "mix");
    std::fs::remove_file(file).unwrap();
    assert_eq!(told, read);
    assert!(told <= 6_000_000_000 && told > 5_900_000_000, "{told}");
    let said = netweight(80, &["sizes", model, "--fit", "1MiB", "--mix"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("even int4 is larger"), "{}", said.err);
}

#[test]
fn a_wrong_scheme_file_is_told_before_any_model() {
    let file = "bad/schemes/unknown-scheme.yaml";
    let said = netweight(80, &["sizes", "yaml/lstm.yaml", "--scheme-file", file]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(said.err.contains("unknown-scheme.yaml:3:13"), "{}", said.err);
}
