//! Test data against its truth; files that are damaged, lie about themselves, or are very large.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]

#[path = "../../tests/hostile.rs"]
mod hostile;
#[path = "../../tests/truth.rs"]
mod truth;

use hostile::{Sparse, answer, damage, why};
use netweight_core::{ImportOptions, Importer, analyze};
use netweight_safetensors::Safetensors;

/// A header and so many bytes of data behind it.
fn file(header: &str, data: usize) -> Vec<u8> {
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header.as_bytes());
    file.resize(file.len() + data, 0);
    file
}

fn told(header: &str, data: usize) -> String {
    answer(&Safetensors, "model.safetensors", &file(header, data))
}

/// One tensor as a header has it.
fn tensor(name: &str, dtype: &str, shape: &str, offsets: &str) -> String {
    format!(r#""{name}":{{"dtype":"{dtype}","shape":{shape},"data_offsets":{offsets}}}"#)
}

#[test]
fn test_data_counts_as_its_library_counts_it() {
    truth::check_all("safetensors", &Safetensors);
}

#[test]
fn what_cannot_be_read_is_refused() {
    let name = "model.safetensors";
    let bytes = |bytes: &[u8]| answer(&Safetensors, name, bytes);
    assert_eq!(bytes(b""), "refused: safetensors/too-short");
    assert_eq!(bytes(b"\x02\0\0\0\0\0\0"), "refused: safetensors/too-short");
    assert_eq!(bytes(&[0xFF; 64]), "refused: safetensors/header-length");
    assert_eq!(bytes(&file("{}", 0)[..9]), "refused: safetensors/header-length");
    assert_eq!(told("", 0), "refused: safetensors/header");
    assert_eq!(told("[]", 0), "refused: safetensors/header");
    assert_eq!(told("{} {}", 0), "refused: safetensors/header");
    assert_eq!(told(&"[".repeat(100_000), 0), "refused: safetensors/header");
    assert_eq!(
        told(&format!(r#"{{"a":{}"#, "[".repeat(100_000)), 0),
        "refused: safetensors/header"
    );
    assert_eq!(told(r#"{"__metadata__":{"n":1}}"#, 0), "refused: safetensors/header");
    assert_eq!(told(r#"{"a":{"dtype":"F32"}}"#, 0), "refused: safetensors/header");
    for (shape, offsets) in [
        ("[2]", "[-8,0]"),
        ("[2]", "[0.5,8]"),
        ("[2]", "[8,0]"),
        ("[-2]", "[0,8]"),
        ("[1099511627776,1099511627776]", "[0,8]"),
    ] {
        let header = format!("{{{}}}", tensor("a", "F32", shape, offsets));
        assert_eq!(told(&header, 8), "refused: safetensors/header", "{header}");
    }
    let many = format!("[{}1]", "1,".repeat(100));
    let header = format!("{{{}}}", tensor("a", "F32", &many, "[0,4]"));
    assert_eq!(told(&header, 4), "refused: safetensors/header");
}

#[test]
fn what_the_reference_library_refuses_is_told() {
    let two = |second: &str| {
        format!(
            "{{{},{}}}",
            tensor("a.weight", "F32", "[2]", "[0,8]"),
            tensor("b.weight", "F32", "[2]", second)
        )
    };
    assert_eq!(told(&two("[8,16]"), 16), "read: ");
    assert_eq!(told(&two("[12,20]"), 20), "read: safetensors/hole");
    assert_eq!(told(&two("[4,12]"), 12), "read: safetensors/overlap");
    assert_eq!(told(&two("[8,15]"), 15), "read: safetensors/span");
    assert_eq!(told(&two("[8,16]"), 20), "read: safetensors/trailing-bytes");
    assert_eq!(told(&two("[8,16]"), 10), "read: safetensors/cut-off");
    let unknown = format!("{{{}}}", tensor("a.weight", "F33", "[2]", "[0,8]"));
    assert_eq!(told(&unknown, 8), "read: safetensors/unknown-type");
    let twice = format!("{{{0},{0}}}", tensor("a.weight", "F32", "[2]", "[0,8]"));
    assert_eq!(told(&twice, 8), "read: safetensors/duplicate-tensor");
    let packed = format!("{{{}}}", tensor("a.weight", "I8", "[2,4]", "[0,8]"));
    assert_eq!(told(&packed, 8), "read: safetensors/integer-weight");
}

#[test]
fn an_index_without_its_shards_is_refused() {
    let index = |text: &str| answer(&Safetensors, "model.safetensors.index.json", text.as_bytes());
    assert_eq!(index("not JSON"), "refused: safetensors/index");
    assert_eq!(index(r#"{"weight_map":[]}"#), "refused: safetensors/index");
    let absent = r#"{"weight_map":{"a.weight":"model-00001-of-00001.safetensors"}}"#;
    assert_eq!(index(absent), "refused: safetensors/missing-shard");
    let outside = r#"{"weight_map":{"a.weight":"../../etc/passwd"}}"#;
    assert_eq!(index(outside), "refused: safetensors/shard-outside");
}

/// A hundred gigabytes in two tensors: the header is read and nothing else.
#[test]
fn a_large_file_takes_its_header_to_read() {
    let elements = 12_500_000_000u64;
    let half = elements * 4;
    let header = format!(
        "{{{},{}}}",
        tensor("a.weight", "F32", "[100000,125000]", &format!("[0,{half}]")),
        tensor("b.weight", "F32", "[125000,100000]", &format!("[{half},{}]", 2 * half)),
    );
    let head = file(&header, 0);
    let source = Sparse::new("model.safetensors", head.clone(), head.len() as u64 + 2 * half);
    let model = Safetensors.import(&source, &ImportOptions::default()).unwrap();
    assert_eq!(model.diagnostics, []);
    assert_eq!(analyze(&model).totals.parameters(), Some(2 * elements));
    assert!(source.read() < 1 << 20, "{} bytes read", source.read());
}

#[test]
fn limits_are_told() {
    let told = |header: &str| why(&Safetensors, &Sparse::whole("m.safetensors", file(header, 4)));
    let says = |found: String, expected: &str| assert!(found.contains(expected), "{found}");
    let many = format!("[{}1]", "1,".repeat(64));
    let header = format!("{{{}}}", tensor("a", "F32", &many, "[0,4]"));
    says(told(&header), "a shape of more than 64 dimensions");
    let long = format!("{{{}}}", tensor(&"n".repeat(4_097), "F32", "[1]", "[0,4]"));
    says(told(&long), "a name of 4097 bytes; at most 4096 are read");
    let head = 100_000_001u64.to_le_bytes().to_vec();
    let large = Sparse::new("m.safetensors", head, 1 << 30);
    says(why(&Safetensors, &large), "at most 100000000 are read");
    let index = "m.safetensors.index.json";
    let large = Sparse::new(index, b"{".to_vec(), (64 << 20) + 1);
    says(why(&Safetensors, &large), "an index of 67108865 bytes; at most 67108864 are read");
    let map: Vec<String> = (0..=10_000).map(|n| format!(r#""{n}":"{n}""#)).collect();
    let shards = format!(r#"{{"weight_map":{{{}}}}}"#, map.join(","));
    let shards = Sparse::whole(index, shards.into_bytes());
    says(why(&Safetensors, &shards), "more than 10000 shards or 1000000 tensors");
}

#[test]
fn a_million_tensors_may_be_listed() {
    let map = format!(r#"{{"weight_map":{{{}"":""}}}}"#, r#""":"","#.repeat(1_000_000));
    let index = Sparse::whole("m.safetensors.index.json", map.into_bytes());
    let found = why(&Safetensors, &index);
    assert!(found.contains("more than 10000 shards or 1000000 tensors"), "{found}");
}

#[test]
fn titles_are_shortened() {
    let title = "t".repeat(201);
    let header = format!(r#"{{"__metadata__":{{"modelspec.title":"{title}"}}}}"#);
    let source = Sparse::whole("m.safetensors", file(&header, 0));
    let model = Safetensors.import(&source, &ImportOptions::default()).unwrap();
    assert_eq!(model.name, Some("t".repeat(200)));
}

/// 64 values of half a byte, and a text that says how they lie; a long one is not read.
#[test]
fn a_short_text_tells_a_shape() {
    let shape = |length: usize| {
        let end = 36 + length;
        let header = format!(
            "{{{},{},{}}}",
            tensor("a.weight", "U8", "[32,1]", "[0,32]"),
            tensor("a.weight.absmax", "F32", "[1]", "[32,36]"),
            tensor(
                "a.weight.quant_state.bitsandbytes__nf4",
                "U8",
                &format!("[{length}]"),
                &format!("[36,{end}]")
            ),
        );
        let mut bytes = file(&header, 36);
        let mut state = br#"{"shape":[8,8]}"#.to_vec();
        state.resize(length, b' ');
        bytes.extend(state);
        let source = Sparse::whole("m.safetensors", bytes);
        let model = Safetensors.import(&source, &ImportOptions::default()).unwrap();
        model.layers[0].weights[0].shape.clone()
    };
    assert_eq!(shape(1 << 10), [8, 8]);
    assert_eq!(shape((1 << 10) + 1), [64]);
}

/// Each of these is read for the shape that it tells, one byte long.
#[test]
fn so_many_texts_are_read() {
    let tensors: Vec<String> = (0..100_500)
        .map(|number| tensor(&format!("{number}.shape"), "U8", "[1]", "[0,1]"))
        .collect();
    let head = file(&format!("{{{}}}", tensors.join(",")), 1);
    let length = head.len() as u64;
    let source = Sparse::whole("m.safetensors", head);
    Safetensors.import(&source, &ImportOptions::default()).unwrap();
    // Besides, the beginning is looked at once more: it could be an index.
    let beside = source.read() - length - (64 << 10);
    assert!((99_990..100_010).contains(&beside), "{beside} bytes read beside the header");
}

#[test]
fn damaged_files_get_an_answer() {
    for case in truth::cases("safetensors") {
        let path = truth::folder("safetensors").join(case["file"].as_str().unwrap());
        let bytes = std::fs::read(&path).unwrap();
        damage(&Safetensors, path.file_name().unwrap().to_str().unwrap(), &bytes, 150);
    }
}

#[test]
fn the_plugin_keeps_its_contract() {
    let files =
        ["convolutions.safetensors", "every-type.safetensors", "gptq-4bit/model.safetensors"];
    let bytes = files.map(|file| std::fs::read(truth::folder("safetensors").join(file)).unwrap());
    let examples: Vec<(&str, &[u8])> =
        bytes.iter().map(|bytes| ("model.safetensors", bytes.as_slice())).collect();
    let manifest = &netweight_safetensors::netweight_manifest;
    let problems = netweight_plugin::contract::check(&Safetensors, manifest, &examples);
    assert!(problems.is_empty(), "{problems:?}");
}
