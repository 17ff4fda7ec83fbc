//! The author kit for format plugins: C header, manifest, one macro that exports any [`Importer`].
//!
//! A plugin is a shared library with two symbols: `netweight_manifest`, a text that is read
//! without running the plugin, and `netweight_import`, which reads one file and sends its layers
//! as JSON lines ([`netweight_core::lines`]). [`export!`] makes both from an importer. In C the
//! header is `include/netweight_plugin.h` ([`HEADER`]); [`abi`] mirrors it.
//!
//! A whole plugin, for text files like `tiny\nfc 3 5`, a dense layer a line:
//!
//! ```
//! use netweight_plugin::core::*;
//!
//! struct Tiny;
//!
//! const INFO: ImporterInfo =
//!     ImporterInfo { id: "tiny", name: "Tiny", summary: "dense layers", extensions: &["tiny"] };
//!
//! impl Importer for Tiny {
//!     fn info(&self) -> &ImporterInfo {
//!         &INFO
//!     }
//!
//!     fn probe(&self, source: &dyn Source) -> Confidence {
//!         if source.read_vec(0, 5).is_ok_and(|head| head == b"tiny\n") { Confidence::Certain } else { Confidence::No }
//!     }
//!
//!     fn import(&self, source: &dyn Source, _: &ImportOptions) -> Result<Model, ImportError> {
//!         let text = String::from_utf8_lossy(&source.read_vec(0, 1 << 20)?).into_owned();
//!         let mut model = Model::new("tiny");
//!         for (number, line) in text.lines().enumerate().skip(1) {
//!             let [path, input, output] = line.split(' ').collect::<Vec<_>>()[..] else {
//!                 return Err(ImportError::malformed("tiny/line", "no name and two sizes").at(format!("line {}", number + 1)));
//!             };
//!             let size = |text: &str| text.parse::<i64>().map_err(|error| ImportError::malformed("tiny/size", error.to_string()));
//!             let args = Args::default().with("input_size", size(input)?).with("output_size", size(output)?);
//!             model.push(Layer::new(path, "dense", "dense").with_args(args));
//!         }
//!         Ok(model)
//!     }
//! }
//!
//! netweight_plugin::export!(Tiny, info: INFO, magic: [netweight_plugin::Mark::at(0, b"tiny\n")]);
//!
//! let problems = netweight_plugin::contract::check(&Tiny, &netweight_manifest, &[("a.tiny", b"tiny\nfc 3 5\n")]);
//! assert!(problems.is_empty(), "{problems:?}");
//! ```

pub mod abi;
pub mod contract;
pub mod manifest;
mod run;
mod source;

pub use manifest::{Magic, Manifest, Mark};
pub use netweight_core as core;
#[doc(no_inline)]
pub use netweight_core::Importer;
pub use run::run;

/// The C header, for programs that lay out a new plugin.
pub const HEADER: &str = include_str!("../include/netweight_plugin.h");

/// Exports an importer from a shared library (`crate-type = ["cdylib"]`): the manifest and the
/// function that a host looks for.
///
/// `info` is the importer's [`ImporterInfo`](netweight_core::ImporterInfo) as a constant, `magic`
/// the [`Mark`]s by which files are told without running the plugin. The version is the crate's.
#[macro_export]
macro_rules! export {
    ($importer:expr, info: $info:expr $(, magic: [$($mark:expr),* $(,)?])? $(,)?) => {
        /// The manifest, as a host reads it from the file.
        #[unsafe(no_mangle)]
        #[allow(non_upper_case_globals, reason = "a symbol of the C interface")]
        pub static netweight_manifest: [u8; $crate::manifest::length(
            &$info,
            env!("CARGO_PKG_VERSION"),
            &[$($($mark),*)?],
        )] = $crate::manifest::text(&$info, env!("CARGO_PKG_VERSION"), &[$($($mark),*)?]);

        /// Reads one file for a host.
        ///
        /// # Safety
        /// Only a host that keeps the promises of `netweight_plugin.h` may call it.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn netweight_import(
            input: *const $crate::abi::Input,
            output: *const $crate::abi::Output,
        ) -> i32 {
            // SAFETY: the host passes what it promises in `netweight_plugin.h`.
            unsafe { $crate::run(&$importer, input, output) }
        }
    };
}
