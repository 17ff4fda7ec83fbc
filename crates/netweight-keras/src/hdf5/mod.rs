//! HDF5 files: which groups and datasets there are, and a few texts. Values are never read.
//!
//! The format is full of addresses that a hostile file may point anywhere. What is read is
//! bounded in bytes ([`Window`]), in objects and in depth; links out of the file are not
//! followed, and an object that was seen is not entered again.

mod text;
mod tree;
mod window;

pub(crate) use tree::{Dataset, Tree};
pub(crate) use window::Window;

use std::panic::{AssertUnwindSafe, catch_unwind};

/// The tree of a file; or why there is none.
pub(crate) fn read(window: Window) -> Result<Tree, String> {
    // A belt to the reader's own braces: a bug in it must not cost the other files.
    catch_unwind(AssertUnwindSafe(|| Tree::read(window)))
        .unwrap_or_else(|_| Err("the file trips the HDF5 reader".to_owned()))
}
