//! The author kit for format plugins: C header, manifest, one macro that exports any [`Importer`].
//!
//! A plugin is a shared library with two symbols: `netweight_manifest`, a text that is read
//! without running the plugin, and `netweight_import`, which reads one file and sends its layers
//! as JSON lines ([`netweight_core::lines`]). [`export!`] makes both from an importer. In C the
//! header is `include/netweight_plugin.h` ([`HEADER`]); [`abi`] mirrors it.
//!
//! A whole plugin, for text files like `tiny 1\nfc 3 5`, a dense layer a line:
//!
//! ```
//! use netweight_plugin::{Mark, core::*};
//!
//! struct Tiny;
//!
//! const INFO: ImporterInfo =
//!     ImporterInfo { id: "tiny", name: "tiny", summary: "dense layers", extensions: &["tiny"] };
//!
//! impl Importer for Tiny {
//!     fn info(&self) -> &ImporterInfo {
//!         &INFO
//!     }
//!
//!     fn probe(&self, source: &dyn Source) -> Confidence {
//!         let known = source.read_vec(0, 7).is_ok_and(|head| head == b"tiny 1\n");
//!         if known { Confidence::Certain } else { Confidence::No }
//!     }
//!
//!     fn import(&self, source: &dyn Source, _: &ImportOptions) -> Result<Model, ImportError> {
//!         let text = String::from_utf8_lossy(&source.read_vec(7, 1 << 20)?).into_owned();
//!         let mut model = Model::new("tiny");
//!         for line in text.lines() {
//!             let layer = layer(line).ok_or_else(|| {
//!                 ImportError::malformed("tiny/line", format!("`{line}` is no path and two sizes"))
//!             })?;
//!             model.push(layer);
//!         }
//!         Ok(model)
//!     }
//! }
//!
//! fn layer(line: &str) -> Option<Layer> {
//!     let mut words = line.split(' ');
//!     let path = words.next()?;
//!     let mut size = || words.next()?.parse::<i64>().ok();
//!     let args = Args::default().with("input_size", size()?).with("output_size", size()?);
//!     Some(Layer::new(path, "dense", "dense").with_args(args))
//! }
//!
//! netweight_plugin::export!(Tiny, info: INFO, magic: [Mark::at(0, b"tiny 1\n")]);
//!
//! let example = ("a.tiny", b"tiny 1\nfc 3 5\n".as_slice());
//! let problems = netweight_plugin::contract::check(&Tiny, &netweight_manifest, &[example]);
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
/// In WebAssembly there is no host: importers are linked together there, and nothing is exported.
#[macro_export]
macro_rules! export {
    ($importer:expr, info: $info:expr $(, magic: [$($mark:expr),* $(,)?])? $(,)?) => {
        #[cfg(target_family = "wasm")]
        const _: &[$crate::Mark] = &[$($($mark),*)?];

        /// The manifest, as a host reads it from the file.
        #[cfg(not(target_family = "wasm"))]
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
        #[cfg(not(target_family = "wasm"))]
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
