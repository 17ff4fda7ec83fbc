//! A plugin as an importer.

use std::io;
use std::path::{Path, PathBuf};

use netweight_core::limits::plugin::HEAD;
use netweight_core::{
    Confidence, Diagnostic, ImportError, ImportOptions, Importer, ImporterInfo, Model, Source,
};
use netweight_plugin::Manifest;

use crate::isolation::Isolation;
use crate::limits::Limits;
use crate::scratch::Scratch;
use crate::{manifest, run};

/// What a plugin is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A shared library with the symbols of `netweight_plugin.h`.
    Library,
    /// A program that prints a model's lines, with its manifest in a side file.
    Program,
}

/// How plugins are run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The program that becomes the plugin's process: one that calls [`serve`](crate::serve)
    /// first.
    pub program: PathBuf,
    /// What a run may use.
    pub limits: Limits,
    /// Whether plugins run where the system offers no confinement.
    pub unconfined: bool,
}

impl Settings {
    /// The running program itself, and the usual limits.
    ///
    /// # Errors
    /// The system does not tell which program is running.
    pub fn new() -> io::Result<Self> {
        let program = std::env::current_exe()?;
        Ok(Self { program, limits: Limits::default(), unconfined: false })
    }
}

/// A plugin that was found and is trusted; none of its code has run.
#[derive(Debug)]
pub struct Plugin {
    /// Where it lies.
    pub path: PathBuf,
    /// What it is made of.
    pub form: Form,
    /// What it says of itself.
    pub manifest: Manifest,
    info: ImporterInfo,
    settings: Settings,
}

impl Plugin {
    /// The plugin in a file.
    ///
    /// # Errors
    /// Why it is none, or is not trusted, in a sentence.
    pub fn open(path: &Path, settings: &Settings) -> Result<Self, String> {
        let path = path.canonicalize().map_err(|error| error.to_string())?;
        let trusted = |file: &Path| match run::distrust(file) {
            Ok(None) => Ok(()),
            Ok(Some(why)) => Err(format!("not trusted: {why}")),
            Err(error) => Err(error.to_string()),
        };
        trusted(&path)?;
        let (form, manifest) = manifest::read(&path)?;
        if form == Form::Program {
            trusted(&manifest::side_file(&path))?;
        }
        let info = info(&manifest);
        Ok(Self { path, form, manifest, info, settings: settings.clone() })
    }

    /// Its file's name, as messages say it.
    pub fn file_name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Reads a file, and tells how far the plugin was kept to itself.
    ///
    /// # Errors
    /// What the plugin says of the file, or what became of the plugin.
    pub fn run(
        &self,
        model: &Path,
        options: &ImportOptions,
    ) -> Result<(Model, Isolation), ImportError> {
        run::run(self, &self.settings, model, options)
    }
}

/// The manifest under the names of built-in importers, which live as long as the program.
fn info(manifest: &Manifest) -> ImporterInfo {
    let leak = |text: &String| -> &'static str { Box::leak(text.clone().into_boxed_str()) };
    ImporterInfo {
        id: leak(&manifest.id),
        name: leak(&manifest.name),
        summary: leak(&manifest.summary),
        extensions: Box::leak(manifest.extensions.iter().map(leak).collect()),
    }
}

impl Importer for Plugin {
    fn info(&self) -> &ImporterInfo {
        &self.info
    }

    /// From the manifest alone: asking every plugin about every file would run them all.
    fn probe(&self, source: &dyn Source) -> Confidence {
        let head = source.read_vec(0, HEAD).unwrap_or_default();
        self.manifest.probe(&head, source.name())
    }

    fn import(&self, source: &dyn Source, options: &ImportOptions) -> Result<Model, ImportError> {
        let (mut model, isolation) = match source.path() {
            Some(path) => self.run(path, options)?,
            // What came from a pipe or from memory becomes a file that another process can read.
            None => {
                let scratch = Scratch::new()?;
                let path = scratch.path("model");
                Scratch::copy(source, &path)?;
                self.run(&path, options)?
            }
        };
        if isolation != Isolation::Full {
            let what = format!("plugin {} ran with {isolation}", self.file_name());
            model.diagnostics.push(Diagnostic::warning("plugin/isolation", what));
        }
        Ok(model)
    }
}
