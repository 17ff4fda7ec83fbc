//! A plugin's manifest, read without running any of it.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};

use netweight_core::limits::plugin::MANIFEST;
use netweight_plugin::Manifest;
use netweight_plugin::abi::MANIFEST_SYMBOL;
use object::read::{ExportTarget, ReadCache, ReadRef};
use object::{BinaryFormat, Object as _, ObjectSection as _, ObjectSymbol as _};

use crate::plugin::Form;

/// The side file in which a program that is a plugin keeps its manifest.
pub(crate) fn side_file(plugin: &Path) -> PathBuf {
    let mut name = plugin.as_os_str().to_owned();
    name.push(".json");
    name.into()
}

/// Reads a plugin's manifest and tells its form: with a side file it is a program, else a
/// library.
pub(crate) fn read(plugin: &Path) -> Result<(Form, Manifest), String> {
    let side_file = side_file(plugin);
    let (form, text) = match side_file.exists() {
        true => (Form::Program, text_file(&side_file)?),
        false => (Form::Library, symbol(plugin)?),
    };
    Ok((form, Manifest::parse(&text)?))
}

fn text_file(path: &Path) -> Result<Vec<u8>, String> {
    let mut text = Vec::new();
    let file = File::open(path).map_err(|error| error.to_string())?;
    let most = MANIFEST as u64 + 1;
    file.take(most).read_to_end(&mut text).map_err(|error| error.to_string())?;
    match text.len() > MANIFEST {
        true => Err("the manifest is longer than 64 KiB".to_owned()),
        false => Ok(text),
    }
}

fn symbol(plugin: &Path) -> Result<Vec<u8>, String> {
    let file = File::open(plugin).map_err(|error| error.to_string())?;
    symbol_in(file)?.ok_or_else(|| {
        format!("not a netweight plugin: no shared library, and no {}", side_file(plugin).display())
    })
}

/// The manifest of a shared library (ELF, Mach-O or PE), wherever its bytes are.
///
/// # Errors
/// There is none, or what is wrong with it, in a sentence.
pub fn manifest_in(library: impl Read + Seek) -> Result<Manifest, String> {
    Manifest::parse(&symbol_in(library)?.ok_or("no shared library")?)
}

/// The text at the manifest's symbol, up to its NUL; none of what is no shared library.
fn symbol_in(library: impl Read + Seek) -> Result<Option<Vec<u8>>, String> {
    let cache = ReadCache::new(library);
    let Ok(object) = object::File::parse(&cache) else { return Ok(None) };
    let address = address(&object)
        .ok_or_else(|| format!("not a netweight plugin: it has no symbol {MANIFEST_SYMBOL}"))?;
    let section = object.sections().find(|section| {
        address.checked_sub(section.address()).is_some_and(|offset| offset < section.size())
    });
    let text = section.and_then(|section| {
        let left = section.size() - (address - section.address());
        section.data_range(address, left.min(MANIFEST as u64)).ok().flatten()
    });
    let text = text.ok_or("the manifest lies outside the file")?;
    let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
    match text.len() == MANIFEST {
        true => Err("the manifest is longer than 64 KiB, or not ended by a NUL".to_owned()),
        false => Ok(Some(text.to_vec())),
    }
}

/// Where the manifest is: a dynamic symbol in ELF, a symbol in Mach-O (with a `_` before its name),
/// an export in PE. Mach-O's exports are a trie whose branches may join again, so that a few bytes
/// have paths without end.
fn address<'data, R: ReadRef<'data>>(object: &object::File<'data, R>) -> Option<u64> {
    let named = |name: &[u8]| name.strip_prefix(b"_").unwrap_or(name) == MANIFEST_SYMBOL.as_bytes();
    let mut symbols = match object.format() {
        BinaryFormat::Pe => {
            return object.exports().ok()?.filter_map(Result::ok).find_map(|export| {
                match (export.name().name().is_some_and(named), export.target()) {
                    (true, ExportTarget::Address { address }) => Some(address),
                    _ => None,
                }
            });
        }
        BinaryFormat::MachO => object.symbols(),
        _ => object.dynamic_symbols(),
    };
    let symbol =
        symbols.find(|symbol| symbol.is_definition() && symbol.name_bytes().is_ok_and(named));
    symbol.map(|symbol| symbol.address())
}
