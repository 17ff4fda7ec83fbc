//! Texts that a person has read, in `golden/`.

use std::path::Path;
use std::{env, fs};

/// Compares a text with the one of that name; `BLESS=1` writes it anew.
#[track_caller]
pub(crate) fn check(name: &str, found: &(impl AsRef<[u8]> + ?Sized)) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    let found = std::str::from_utf8(found.as_ref()).unwrap();
    if env::var_os("BLESS").is_some() {
        fs::write(&path, found).unwrap();
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, golden, "{name} differs; BLESS=1 and read the diff");
}
