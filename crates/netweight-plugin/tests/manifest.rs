//! Manifests: what they claim, and what is wrong with bad ones.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may be blunt")]

use netweight_core::{Confidence, ImporterInfo};
use netweight_plugin::{Manifest, Mark, manifest};

const INFO: ImporterInfo = ImporterInfo {
    id: "tiny",
    name: "Tiny \"2\"",
    summary: "a\\b\tc",
    extensions: &["tiny", "tiny.index.json"],
};
const MARKS: &[Mark] = &[Mark::at(12, b"TI\0Y"), Mark::anywhere(b"\"tiny\"")];

fn tiny() -> Manifest {
    const LENGTH: usize = manifest::length(&INFO, "1.2.3", MARKS);
    let text: [u8; LENGTH] = manifest::text(&INFO, "1.2.3", MARKS);
    Manifest::parse(text.strip_suffix(b"\0").unwrap()).unwrap()
}

#[test]
fn the_text_made_while_compiling_reads_back() {
    let manifest = tiny();
    assert_eq!(manifest.id, "tiny");
    assert_eq!(manifest.name, "Tiny \"2\"");
    assert_eq!(manifest.version, "1.2.3");
    assert_eq!(manifest.summary, "a\\b\tc");
    assert_eq!(manifest.extensions, ["tiny", "tiny.index.json"]);
    assert_eq!((manifest.magic[0].at, manifest.magic[1].at), (Some(12), None));
    assert_eq!(manifest.magic[0].hex.as_deref(), Some("54490059"));
}

#[test]
fn content_speaks_before_the_name() {
    let manifest = tiny();
    let cases: [(&[u8], &str, Confidence); 7] = [
        (b"............TI\0Y", "x.bin", Confidence::Certain),
        (b".............TI\0Y", "x.bin", Confidence::No),
        (b"{ \"tiny\": 1}", "x.bin", Confidence::Certain),
        (b"", "x.TINY", Confidence::Name),
        (b"", "tiny", Confidence::No),
        (b"{}", "model.tiny.index.json", Confidence::Certain),
        (b"{}", "model.json", Confidence::No),
    ];
    for (head, name, confidence) in cases {
        assert_eq!(manifest.probe(head, name), confidence, "{name}");
    }
}

#[test]
fn few_bytes_are_only_certain_with_the_name() {
    let text = br#"{"abi": 1, "id": "s", "name": "S", "version": "1", "extensions": ["s"], "magic": [{"at": 8, "text": "{\""}], "new": 1}"#;
    let manifest = Manifest::parse(text).unwrap();
    assert_eq!(manifest.probe(b"........{\"", "x.s"), Confidence::Certain);
    assert_eq!(manifest.probe(b"........{\"", "x"), Confidence::Likely);
    assert_eq!(manifest.probe(b"........[\"", "x.s"), Confidence::Name);
}

#[test]
fn what_is_wrong_is_said() {
    let cases = [
        (
            r#"{"abi": 2, "id": "s", "name": "S", "version": "1"}"#,
            "made for interface version 2, this program has 1",
        ),
        (
            r#"{"abi": 1, "id": "S!", "name": "S", "version": "1"}"#,
            "the manifest's id is to be small letters, digits, `-` and `_`",
        ),
        (
            r#"{"abi": 1, "id": "s", "name": "S", "version": "1", "magic": [{"hex": "1"}]}"#,
            "every magic of the manifest is to have `text` or `hex`",
        ),
        (
            r#"{"abi": 1, "id": "s", "name": "S", "version": "1", "extensions": ["../x"]}"#,
            "an extension is letters and digits, without the first dot",
        ),
        ("{}", "the manifest is not valid: missing field `abi` at line 1 column 2"),
    ];
    for (text, problem) in cases {
        assert_eq!(Manifest::parse(text.as_bytes()).unwrap_err(), problem);
    }
}
