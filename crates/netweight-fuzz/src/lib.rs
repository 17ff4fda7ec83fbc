//! What is tried on every reader: files from strangers, damaged files, and what must hold of any
//! answer.
//!
//! [`read`] takes bytes all the way (import, analysis, report, documents) and fails when an answer is
//! not whole. The targets in `fuzz/` hand it what a fuzzer invents; the tests here hand it every
//! file of `testdata/`, [damaged](Damage) in ways that can be repeated, in a [process](limited) of
//! limited memory and patience.
//!
//! ```
//! use netweight_fuzz::{Folder, read};
//!
//! let file = b"layers:\n  - dense: 5\n";
//! read(&netweight::spec::YamlImporter, &Folder::unpack("spec.yaml", file));
//! ```

#![allow(
    clippy::panic,
    clippy::expect_used,
    reason = "it is made for tests: what is not whole is to fail"
)]

mod answer;
mod damage;
mod folder;
mod limited;
mod seeds;
mod trial;

pub use answer::{read, read_any, read_rules, read_schemes, whole};
pub use damage::Damage;
pub use folder::Folder;
pub use limited::limited;
pub use seeds::{Seed, seeds};
pub use trial::{damaged, found};
