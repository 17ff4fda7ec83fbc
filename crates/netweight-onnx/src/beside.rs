//! The files that hold a model's tensors: its own, and those beside it.

use std::collections::HashMap;
use std::io::ErrorKind;

use netweight_core::{DataFile, Diagnostic, Place, Source, limits};

use crate::graph::{Stored, Wiring};
use crate::{Name, Storage};

/// The files, the model's own first.
pub(crate) struct Beside {
    pub(crate) files: Vec<DataFile>,
    numbers: HashMap<Name, u32>,
    missing: Vec<Name>,
    outside: Vec<Name>,
}

impl Beside {
    /// Looks for every file that a tensor names.
    pub(crate) fn of(wiring: &Wiring, source: &dyn Source) -> Self {
        let own = DataFile { name: source.name().to_owned(), length: Some(source.len()) };
        let (numbers, missing, outside) = (HashMap::new(), Vec::new(), Vec::new());
        let mut beside = Self { files: vec![own], numbers, missing, outside };
        for stored in &wiring.tensors {
            if let Some(Storage::External { location, .. }) = stored.storage {
                beside.look_for(*location, wiring, source);
            }
        }
        beside
    }

    fn look_for(&mut self, location: Name, wiring: &Wiring, source: &dyn Source) {
        let next = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        if self.numbers.contains_key(&location) {
            return;
        }
        let name = wiring.text(location);
        let opened = (self.files.len() <= limits::onnx::FILES).then(|| source.sibling(name));
        let length = match opened {
            Some(Ok(file)) => Some(file.len()),
            Some(Err(error)) if error.kind() == ErrorKind::PermissionDenied => {
                self.outside.push(location);
                None
            }
            Some(Err(_)) => {
                self.missing.push(location);
                None
            }
            None => None,
        };
        self.numbers.insert(location, next);
        self.files.push(DataFile { name: name.to_owned(), length });
    }

    /// Where a tensor's values begin.
    pub(crate) fn place(&self, stored: &Stored) -> Option<Place> {
        match stored.storage? {
            Storage::External { location, offset, .. } => {
                Some(Place { file: *self.numbers.get(location)?, offset: offset.unwrap_or(0) })
            }
            _ => stored.position.map(|offset| Place { file: 0, offset }),
        }
    }

    /// One word on the files that should hold weights and are not there, one on those that may
    /// not be read.
    pub(crate) fn problems(&self, wiring: &Wiring) -> Vec<Diagnostic> {
        let told = |code: &'static str, files: &[Name], why: &str| {
            let first = wiring.text(*files.first()?);
            let others = match files.len() {
                1 => String::new(),
                count => format!(" and {} more", count - 1),
            };
            let what = format!(
                "the weights' values are in `{first}`{others}, {why}; counts need only their shapes and hold"
            );
            Some(Diagnostic::note(code, what))
        };
        let missing = told("onnx/missing-external-data", &self.missing, "which is not there");
        let why = "which leads outside the model's folder and is not read";
        let outside = told("onnx/external-data-outside", &self.outside, why);
        let help = "put the file into the model's folder and name it without a path";
        let unopened = self.files.len().saturating_sub(limits::onnx::FILES + 1);
        let unopened = (unopened > 0).then(|| {
            let most = limits::onnx::FILES;
            let what = format!("{unopened} files of weights beyond the first {most} were not looked for; counts hold");
            Diagnostic::note("onnx/many-files", what)
        });
        missing.into_iter().chain(outside.map(|told| told.help(help))).chain(unopened).collect()
    }
}
