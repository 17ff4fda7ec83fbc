//! `netweight plugin`: what there is, whether it keeps its contract, more of them.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use netweight::importers;
use netweight::report::quantity::counted;
use netweight::report::{Catalogue, Text, printable};
use netweight_host::{Form, Language, Plugin, check, install, new_plugin, user_folder};

use crate::catalogue::endings;
use crate::message::{self, Outcome};
use crate::plugins::Plugins;

/// What to do with plugins.
#[derive(Debug, Subcommand)]
pub(crate) enum PluginCommand {
    /// The plugins that are found; runs none of their code
    List {
        /// Where they lie, where they are looked for, and what was not taken and why
        #[arg(short, long)]
        verbose: bool,
        #[command(flatten)]
        plugins: Plugins,
    },
    /// Whether a plugin keeps its contract: on examples, on damaged and on hostile files
    Check {
        /// The plugin: a shared library, or a program with its manifest beside it
        plugin: PathBuf,
        /// Files that it must read
        examples: Vec<PathBuf>,
        #[command(flatten)]
        plugins: Plugins,
    },
    /// Copy a plugin to where every run finds it
    Install {
        /// The plugin: a shared library, or a program with its manifest beside it
        plugin: PathBuf,
        #[command(flatten)]
        plugins: Plugins,
    },
    /// Begin a plugin: a folder with one that works, to be changed
    New {
        /// The format's id: small letters, digits, _
        name: String,
        /// What to write it in
        #[arg(long, value_enum, default_value_t)]
        language: LanguageName,
    },
}

/// Languages that there is an example in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LanguageName {
    /// A crate with one importer
    #[default]
    Rust,
    /// One file and the header
    C,
    /// A script and its manifest
    Python,
}

/// Does what was asked for.
pub(crate) fn run(
    command: &PluginCommand,
    text: &Text,
    out: &mut dyn Write,
) -> io::Result<Outcome> {
    match command {
        PluginCommand::List { verbose, plugins } => list(plugins, *verbose, text, out),
        PluginCommand::Check { plugin, examples, plugins } => {
            check_one(plugin, examples, plugins, out)
        }
        PluginCommand::Install { plugin, plugins } => install_one(plugin, plugins, out),
        PluginCommand::New { name, language } => begin(name, *language, out),
    }
}

fn list(plugins: &Plugins, verbose: bool, text: &Text, out: &mut dyn Write) -> io::Result<Outcome> {
    let found = plugins.found();
    if found.plugins.is_empty() {
        writeln!(out, "no plugins found")?;
    } else {
        let titles = vec!["id", "version", "files", "what is read"];
        let rows = found.plugins.iter().map(|plugin| row(plugin, &found.plugins));
        text.catalogue(&Catalogue { titles, rows: rows.collect() }, out)?;
    }
    if verbose {
        places(plugins, out)?;
    }
    match (found.rejected.len(), verbose) {
        (0, _) => {}
        (_, true) => {
            writeln!(out, "\nnot taken:")?;
            for (path, why) in &found.rejected {
                let line = format!("{}: {why}", path.display());
                writeln!(out, "  {}", printable(&line))?;
            }
        }
        (1, false) => writeln!(out, "\n1 file was not taken; -v tells why")?,
        (files, false) => writeln!(out, "\n{files} files were not taken; -v tells why")?,
    }
    Ok(Outcome::Done)
}

/// Where plugins lie, and where they are looked for.
fn places(plugins: &Plugins, out: &mut dyn Write) -> io::Result<()> {
    for plugin in &plugins.found().plugins {
        let form = match plugin.form {
            Form::Library => "",
            Form::Program => " (a program)",
        };
        let path = plugin.path.display().to_string();
        writeln!(out, "\n{}: {}{form}", plugin.manifest.id, printable(&path))?;
    }
    writeln!(out, "\nlooked for in:")?;
    for folder in plugins.folders() {
        let there = if folder.path.is_dir() { "" } else { ", not there" };
        writeln!(out, "  {} ({}{there})", folder.path.display(), folder.origin)?;
    }
    Ok(())
}

fn row(plugin: &Plugin, all: &[Plugin]) -> Vec<String> {
    let manifest = &plugin.manifest;
    let first = all.iter().find(|other| other.manifest.id == manifest.id);
    let built_in = importers().iter().any(|importer| importer.info().id == manifest.id);
    let unused = built_in || first.is_some_and(|first| first.path != plugin.path);
    let id = if unused { format!("{} (not used)", manifest.id) } else { manifest.id.clone() };
    let files = endings(&manifest.extensions);
    vec![id, manifest.version.clone(), files, manifest.summary.clone()]
}

fn check_one(
    path: &Path,
    examples: &[PathBuf],
    plugins: &Plugins,
    out: &mut dyn Write,
) -> io::Result<Outcome> {
    let plugin = match Plugin::open(path, &plugins.settings()?) {
        Ok(plugin) => plugin,
        Err(why) => return Ok(refused(path, &why)),
    };
    let checked = match check(&plugin, examples) {
        Ok(checked) => checked,
        Err(error) => return Ok(refused(path, &error.to_string())),
    };
    for problem in &checked.problems {
        writeln!(out, "{}", printable(problem))?;
    }
    let name = plugin.file_name();
    if !checked.problems.is_empty() {
        let problems = counted(checked.problems.len() as u64, "problem");
        writeln!(out, "{name}: {problems} in {} runs", checked.runs)?;
        return Ok(Outcome::CheckFailed);
    }
    writeln!(out, "{name}: good, after {} runs", checked.runs)?;
    if examples.is_empty() {
        writeln!(out, "pass files of the format as well: what it reads has not been checked")?;
    }
    Ok(Outcome::Done)
}

fn install_one(path: &Path, plugins: &Plugins, out: &mut dyn Write) -> io::Result<Outcome> {
    let Some(folder) = user_folder() else {
        return Ok(refused(path, "there is no folder for it: HOME is not set"));
    };
    match install(path, &folder, &plugins.settings()?) {
        Ok(plugin) => {
            writeln!(
                out,
                "{} {} installed as {}",
                plugin.manifest.id,
                plugin.manifest.version,
                plugin.path.display()
            )?;
            Ok(Outcome::Done)
        }
        Err(why) => Ok(refused(path, &why)),
    }
}

fn begin(name: &str, language: LanguageName, out: &mut dyn Write) -> io::Result<Outcome> {
    let language = match language {
        LanguageName::Rust => Language::Rust,
        LanguageName::C => Language::C,
        LanguageName::Python => Language::Python,
    };
    match new_plugin(name, language, Path::new("")) {
        Ok(files) => {
            for file in files {
                writeln!(out, "{}", file.display())?;
            }
            Ok(Outcome::Done)
        }
        Err(error) => Ok(message::usage(&format!("netweight-{name}: {error}"))),
    }
}

fn refused(path: &Path, why: &str) -> Outcome {
    message::usage(&printable(&format!("{}: {why}", path.display())))
}
