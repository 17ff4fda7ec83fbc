//! Built-in importers and those that plugins bring.

use std::cell::OnceCell;
use std::io;
use std::path::PathBuf;

use clap::Args;
use netweight::core::Importer;
use netweight::{importers, report};
use netweight_host::{Folder, Found, Limits, Settings, find, folders};

/// Where plugins come from, and what they may use.
#[derive(Debug, Args)]
#[command(next_help_heading = "Plugins")]
pub(crate) struct Plugins {
    /// A folder with plugins, looked into before the usual ones
    #[arg(long, value_name = "DIR")]
    plugin_dir: Vec<PathBuf>,
    /// Only what is built in
    #[arg(long, conflicts_with = "plugin_dir")]
    no_plugins: bool,
    /// Processor time in seconds that a plugin may take for a file
    #[arg(long, value_name = "N", default_value_t = Limits::default().seconds)]
    plugin_seconds: u64,
    /// Memory in MiB that a plugin may take for a file
    #[arg(long, value_name = "N", default_value_t = Limits::default().mebibytes)]
    plugin_memory: u64,
    /// Run plugins even where the system cannot confine them
    #[arg(long)]
    allow_unconfined_plugins: bool,
    #[arg(skip)]
    found: OnceCell<Found>,
}

impl Plugins {
    /// How plugins are run.
    pub(crate) fn settings(&self) -> io::Result<Settings> {
        Ok(Settings {
            limits: Limits { seconds: self.plugin_seconds, mebibytes: self.plugin_memory },
            unconfined: self.allow_unconfined_plugins,
            ..Settings::new()?
        })
    }

    /// Where plugins are looked for.
    pub(crate) fn folders(&self) -> Vec<Folder> {
        folders(&self.plugin_dir)
    }

    /// The plugins that there are, looked for once.
    pub(crate) fn found(&self) -> &Found {
        self.found.get_or_init(|| match self.settings() {
            _ if self.no_plugins => Found::default(),
            Ok(settings) => find(&self.folders(), &settings),
            // Without knowing the running program no plugin can be started.
            Err(_) => Found::default(),
        })
    }

    /// Every importer: the built-in ones, then plugins, each id once.
    pub(crate) fn importers(&self) -> Vec<&dyn Importer> {
        let mut all: Vec<&dyn Importer> = importers().to_vec();
        for plugin in &self.found().plugins {
            if all.iter().all(|known| known.info().id != plugin.manifest.id) {
                all.push(plugin);
            }
        }
        all
    }

    /// The plugin that an importer is; none for a built-in one.
    pub(crate) fn provenance(&self, importer: &dyn Importer) -> Option<report::Plugin> {
        let id = importer.info().id;
        if importers().iter().any(|known| known.info().id == id) {
            return None;
        }
        let plugin = self.found().plugins.iter().find(|plugin| plugin.manifest.id == id)?;
        Some(report::Plugin {
            id: id.to_owned(),
            version: plugin.manifest.version.clone(),
            path: plugin.path.display().to_string(),
        })
    }
}
