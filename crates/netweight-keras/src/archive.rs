//! `.keras` archives: a zip with the config, the weights as HDF5, and a word on the version.
//!
//! Nothing is unpacked to disk. Keras stores members without compression, so that the weights
//! are read where they lie; compressed ones are unpacked in memory, up to a limit.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use netweight_core::{Bytes, Diagnostic, ImportError, Source};
use netweight_markup::limits as markup;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use crate::hdf5::Window;
use crate::limits;

/// What an archive holds of a model.
pub(crate) struct Archive {
    pub(crate) config: Vec<u8>,
    pub(crate) metadata: Option<Vec<u8>>,
    pub(crate) weights: Option<Window>,
    pub(crate) findings: Vec<Diagnostic>,
}

const CONFIG: &str = "config.json";
const WEIGHTS: &str = "model.weights.h5";
const METADATA: &str = "metadata.json";

type Zip<'s> = ZipArchive<BufReader<Cursor<'s>>>;

/// Opens an archive and reads all but its weights.
pub(crate) fn open(source: &dyn Source) -> Result<Archive, ImportError> {
    let reader = BufReader::new(Cursor { source, at: 0 });
    let mut zip = ZipArchive::new(reader).map_err(|error| {
        ImportError::malformed("keras/archive", format!("no zip archive that can be read: {error}"))
            .help("the download or copy may have been cut off")
    })?;
    let mut findings = odd_members(&zip);
    let config = match member(&mut zip, CONFIG, markup::BYTES as u64) {
        Ok(Some(config)) => config,
        Ok(None) => return Err(without_config(&zip)),
        Err(told) => return Err(ImportError::malformed("keras/archive", told)),
    };
    let metadata = member(&mut zip, METADATA, limits::METADATA).unwrap_or_else(|told| {
        findings.push(Diagnostic::warning("keras/archive", told));
        None
    });
    let weights = weights(source, &mut zip).unwrap_or_else(|told| {
        findings.push(Diagnostic::warning("keras/weights", told));
        None
    });
    if weights.is_none() && findings.is_empty() {
        let told =
            format!("the archive holds no `{WEIGHTS}`; what is counted follows from the config");
        findings.push(Diagnostic::note("keras/weights", told));
    }
    Ok(Archive { config, metadata, weights, findings })
}

/// Names that Keras does not write: paths out of a folder, or one name twice.
fn odd_members(zip: &Zip) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for name in zip.file_names_raw().take(limits::MEMBERS) {
        let name = String::from_utf8_lossy(name).into_owned();
        let leads_out = name.starts_with('/') || name.split(['/', '\\']).any(|part| part == "..");
        if leads_out {
            let told = format!("a member named `{name}` leads outside; nothing is unpacked");
            findings.push(Diagnostic::warning("keras/archive", told));
        }
        if !seen.insert(name.clone()) {
            let told = format!("more than one member is named `{name}`; the last one is read");
            findings.push(Diagnostic::warning("keras/archive", told));
        }
    }
    findings.truncate(markup::PROBLEMS);
    if zip.len() > limits::MEMBERS {
        let told = format!("{} members; the names of {} are looked at", zip.len(), limits::MEMBERS);
        findings.push(Diagnostic::note("keras/archive", told));
    }
    findings
}

fn without_config(zip: &Zip) -> ImportError {
    let error = ImportError::malformed("keras/archive", format!("the archive holds no `{CONFIG}`"));
    let names = zip.file_names_raw().take(limits::MEMBERS).map(String::from_utf8_lossy);
    let inner =
        names.filter(|name| name.ends_with(&format!("/{CONFIG}"))).map(|name| name.into_owned());
    match inner.last() {
        Some(name) => error.help(format!(
            "it stands in a folder, `{name}`: zip the files themselves, not the folder around them"
        )),
        None => error.help("a `.keras` file is what `model.save` of Keras 3 writes"),
    }
}

/// A member's bytes; none if there is none of that name.
fn member(zip: &mut Zip, name: &str, limit: u64) -> Result<Option<Vec<u8>>, String> {
    let file = match zip.by_name(name) {
        Ok(file) => file,
        Err(ZipError::FileNotFound) => return Ok(None),
        Err(error) => return Err(format!("`{name}` cannot be read: {error}")),
    };
    if file.size() > limit {
        return Err(format!("`{name}` unpacks to {} bytes, at most {limit} are read", file.size()));
    }
    let mut bytes = Vec::new();
    // What a member claims to be is no promise.
    match file.take(limit.saturating_add(1)).read_to_end(&mut bytes) {
        Ok(_) if bytes.len() as u64 > limit => {
            Err(format!("`{name}` unpacks to more than {limit} bytes"))
        }
        Ok(_) => Ok(Some(bytes)),
        Err(error) => Err(format!("`{name}` cannot be read: {error}")),
    }
}

/// The weights where they lie in the source, or unpacked.
fn weights(source: &dyn Source, zip: &mut Zip) -> Result<Option<Window>, String> {
    let told = |error: &dyn std::fmt::Display| format!("`{WEIGHTS}` cannot be read: {error}");
    let place = match zip.by_name(WEIGHTS) {
        Ok(file) if file.compression() == CompressionMethod::Stored => {
            file.data_start().map(|start| (start, file.size()))
        }
        Ok(_) => None,
        Err(ZipError::FileNotFound) => return Ok(None),
        Err(error) => return Err(told(&error)),
    };
    if let Some((start, size)) = place {
        return Window::part(source, start, size).map(Some).map_err(|error| told(&error));
    }
    let Some(bytes) = member(zip, WEIGHTS, limits::UNPACKED)? else { return Ok(None) };
    Window::whole(&Bytes::new(WEIGHTS, bytes)).map(Some).map_err(|error| told(&error))
}

/// A source as the zip reader takes it.
struct Cursor<'s> {
    source: &'s dyn Source,
    at: u64,
}

impl Read for Cursor<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read_at(self.at, buffer)?;
        self.at = self.at.saturating_add(count as u64);
        Ok(count)
    }
}

impl Seek for Cursor<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.source.len().checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        let outside = || io::Error::new(io::ErrorKind::InvalidInput, "a place before the file");
        self.at = place.ok_or_else(outside)?;
        Ok(self.at)
    }
}
