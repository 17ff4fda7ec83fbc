//! The test data as cases: damaged, and what fuzzers found.

use std::env::var;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::{Damage, Folder, Seed, limited, seeds};

/// How often every file is damaged, where it is not the default.
const ROUNDS: &str = "NETWEIGHT_FUZZ_ROUNDS";

/// One case to repeat, by the name that a failure gave it.
const CASE: &str = "NETWEIGHT_FUZZ_CASE";

/// The folder of test data.
fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata")
}

/// Every file whose path is wanted, damaged in so many ways, all in one [limited] process.
///
/// # Panics
/// An answer is not whole, takes without end, or too much memory; the case is named.
pub fn damaged(
    test: &str,
    rounds: u64,
    wanted: impl Fn(&str) -> bool,
    run: impl Fn(&Seed, Folder),
) {
    let rounds = var(ROUNDS).ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(rounds);
    let only = var(CASE).ok();
    let files = seeds(&testdata()).expect("the test data").into_iter();
    let files: Vec<Arc<Seed>> = files.filter(|seed| wanted(&seed.path)).map(Arc::new).collect();
    assert!(!files.is_empty(), "no test data");
    let cases = files.iter().flat_map(|seed| {
        (0..rounds).map(|number| (format!("{} {number}", seed.path), (Arc::clone(seed), number)))
    });
    let cases = cases.filter(|(name, _)| only.as_ref().is_none_or(|only| only == name));
    limited(test, cases, |(seed, number)| run(&seed, seed.with(Damage(number).of(&seed.bytes))));
}

/// What a target's fuzzing found before, under the name that the target gives its input.
///
/// # Panics
/// An answer is not whole.
pub fn found(test: &str, target: &str, name: &str, run: impl Fn(&Folder)) {
    let folder = testdata().join("fuzz").join(target);
    let files = seeds(&folder).unwrap_or_default();
    let cases = files.iter().map(|seed| (format!("fuzz/{target}/{}", seed.path), seed));
    limited(test, cases, |seed| run(&Folder::unpack(name, &seed.bytes)));
}

/// The tests of a plugin's reader: on damaged files of its folder of test data, and on what the
/// fuzzing of the target of the same name found, under the name that the target gives its input.
#[macro_export]
macro_rules! reader_tests {
    ($folder:literal, $name:literal, $importer:expr) => {
        #[test]
        fn damaged_files() {
            let own = |path: &str| path.starts_with(concat!($folder, "/"));
            $crate::damaged("damaged_files", 15, own, |_, file| $crate::read(&$importer, &file));
        }

        #[test]
        fn found_before() {
            $crate::found("found_before", $folder, $name, |file| $crate::read(&$importer, file));
        }
    };
}
