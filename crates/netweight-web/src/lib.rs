//! netweight in a browser: what dropped files weigh, read where they lie.
//!
//! A [`Folder`] holds the files that were dropped together, each a [`Source`](netweight::Source)
//! of positioned reads. A [`Desk`] answers the page, one JSON document in, one out: it keeps the
//! models that it read, so that other schemes, the arithmetic of a layer or a comparison need no
//! second import. `abi` is what the page's worker calls; it exists in WebAssembly only.
//!
//! ```
//! use netweight_web::{Desk, Wanted};
//! let mut desk = Desk::new(netweight::importers().to_vec());
//! let answer = desk.spec("input: 3\nlayers:\n  - dense: 5\n", &Wanted::default());
//! assert!(answer.failures.is_empty());
//! assert!(desk.explain("dense", &Wanted::default()).contains("3 × 5 + 5"));
//! ```

#[cfg(target_family = "wasm")]
mod abi;
mod desk;
mod folder;

pub use desk::{Answer, Desk, Wanted};
pub use folder::{Entry, Folder, ReadAt};
