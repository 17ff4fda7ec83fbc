//! Which files are specs.

use netweight_core::{Bytes, Confidence, ImportOptions, Importer, Source, analyze};
use netweight_yaml::YamlImporter;

#[test]
fn json_is_read_as_well() {
    let json = r#"{"input": [null, 8], "layers": [{"bidirectional": {"gru": 5}}, {"lstm": 50}]}"#;
    let source = Bytes::new("spec.json", json);
    assert_eq!(YamlImporter.probe(&source), Confidence::Certain);
    let model = YamlImporter.import(&source, &ImportOptions::default()).unwrap();
    assert_eq!(analyze(&model).totals.parameters(), Some(12_620));
}

#[test]
fn only_specs_are_claimed() {
    let probe = |name: &str, content: &[u8]| {
        YamlImporter.probe(&Bytes::new(name, content.to_vec()) as &dyn Source)
    };
    assert_eq!(probe("a.yaml", b"layers: []"), Confidence::Certain);
    assert_eq!(probe("a.txt", b"\xef\xbb\xbf# spec\n\"layers\":\n  - relu\n"), Confidence::Certain);
    assert_eq!(probe("a.yaml", b"layrs: []"), Confidence::Name);
    assert_eq!(probe("a.yaml", b""), Confidence::Name);
    assert_eq!(probe("a.yaml", b"\xff\xfe\x00"), Confidence::Name);
    for (name, content) in [
        ("a.json", &b"{\"class_name\": \"Sequential\", \"config\": {\"layers\": []}}"[..]),
        ("a.json", b"{\"config\": {\"layers\": []}, \"layers\": 3}"),
        ("a.json", b"{\"model\": {\"layers\": []}}"),
        ("a.json", b"[{\"layers\": []}]"),
        ("a.yaml", b"backend: tensorflow\nclass_name: Sequential\nconfig:\n  layers: []\n"),
        ("a.txt", b"a text about layers: many of them\n"),
        ("a.txt", b"  layers: indented\n"),
        ("a.onnx", b"\x08\x07layers: \x00"),
        ("a", b""),
    ] {
        assert_eq!(probe(name, content), Confidence::No, "{name}: {content:?}");
    }
}
