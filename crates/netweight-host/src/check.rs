//! Whether a plugin keeps its contract: on its examples, on damaged and hostile files.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use netweight_core::limits::plugin::HEAD;
use netweight_core::{Confidence, ImportError, ImportOptions, analyze, kind};
use netweight_plugin::contract::hostile;

use crate::Plugin;
use crate::scratch::Scratch;

/// Bytes of an example that is damaged as well; of larger ones too many copies would be made.
const EXAMPLE_BYTES: u64 = 1 << 20;

/// What a check found.
#[derive(Debug, Default)]
pub struct Checked {
    /// How often the plugin was run.
    pub runs: usize,
    /// What it did wrong, a sentence each.
    pub problems: Vec<String>,
}

/// Runs a plugin over examples, which must give the same model each time, and over hostile and
/// damaged files, which may fail but with a reason.
///
/// # Errors
/// An example cannot be read, or there is no place for the damaged files.
pub fn check(plugin: &Plugin, examples: &[PathBuf]) -> io::Result<Checked> {
    let mut checked = Checked::default();
    let mut small = Vec::new();
    for path in examples {
        let mut bytes = Vec::new();
        fs::File::open(path)?.take(EXAMPLE_BYTES + 1).read_to_end(&mut bytes)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let found = [unclaimed(plugin, &name, &bytes), example(plugin, path)];
        let told = found.into_iter().flatten().map(|problem| format!("{name}: {problem}"));
        checked.problems.extend(told);
        checked.runs += 2;
        if bytes.len() as u64 <= EXAMPLE_BYTES {
            small.push((name, bytes));
        }
    }
    let small: Vec<(&str, &[u8])> =
        small.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let scratch = Scratch::new()?;
    let ending = plugin.manifest.extensions.first().map_or("bin", String::as_str);
    for (what, bytes) in hostile(&plugin.manifest, &small) {
        let path = scratch.path(&format!("damaged.{ending}"));
        fs::write(&path, bytes)?;
        checked.runs += 1;
        if let Err(error) = plugin.run(&path, &ImportOptions::default())
            && is_misbehaviour(&error)
        {
            checked.problems.push(format!("{what}: {error}"));
        }
    }
    Ok(checked)
}

/// A word on an example that would not be taken for the plugin's.
fn unclaimed(plugin: &Plugin, name: &str, bytes: &[u8]) -> Option<String> {
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    let claimed = plugin.manifest.probe(head, name) != Confidence::No;
    (!claimed).then(|| "the manifest does not claim it, by magic or by name".to_owned())
}

/// What is wrong with the answer to an example.
fn example(plugin: &Plugin, path: &Path) -> Option<String> {
    let run = || plugin.run(path, &ImportOptions::default());
    match (run(), run()) {
        (Ok((first, _)), Ok((second, _))) if first != second => {
            Some("two runs give different models".to_owned())
        }
        (Ok((model, _)), Ok(_)) => {
            analyze(&model);
            let known = |name: &str| {
                kind::find(name).is_some() || model.kinds.iter().any(|own| own.name == name)
            };
            let mut kinds = model.layers.iter().filter_map(|layer| layer.kind.as_deref());
            let unknown = kinds.find(|name| !known(name));
            unknown.map(|name| format!("no kind `{name}`; `netweight kinds` lists them"))
        }
        (Err(error), _) | (_, Err(error)) => Some(error.to_string()),
    }
}

/// Whether an error is the plugin's own fault, and not a word on the file.
fn is_misbehaviour(error: &ImportError) -> bool {
    error.problems.iter().any(|problem| problem.code.starts_with("plugin/"))
}
