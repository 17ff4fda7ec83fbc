//! Limits on what lies beside a safetensors file.

use std::sync::Arc;

use netweight::core::limits::safetensors::CONFIG;
use netweight::{Bytes, ImportOptions, Importer};
use netweight_fuzz::Folder;
use netweight_safetensors::Safetensors;

#[test]
fn a_config_of_usual_length_is_read() {
    let producer = |length: u64| {
        let mut config = br#"{"transformers_version": "4.57.1"}"#.to_vec();
        config.resize(usize::try_from(length).unwrap(), b' ');
        let beside = Arc::new(vec![Bytes::new("config.json", config)]);
        let file = Bytes::new("m.safetensors", *b"\x02\0\0\0\0\0\0\0{}");
        Safetensors.import(&Folder::new(file, beside), &ImportOptions::default()).unwrap().producer
    };
    assert_eq!(producer(CONFIG).as_deref(), Some("transformers 4.57.1"));
    assert_eq!(producer(CONFIG + 1), None);
}
