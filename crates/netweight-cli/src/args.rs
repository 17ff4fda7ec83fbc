//! The command line: what may be typed, with its help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use netweight::core::{Convention, Shape};

use crate::diff::DiffArgs;
use crate::gate::GateArgs;
use crate::nearest::told;
use crate::view::ViewArgs;

/// What a model file weighs: the parameters of every layer, with the arithmetic shown, and the
/// bytes that the weights take under each width.
#[derive(Debug, Parser)]
#[command(name = "netweight", version, max_term_width = 100)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(
    after_help = "Exit codes: 0 done; 1 a check failed; 2 usage, or a file that could not be read."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    #[command(flatten)]
    pub(crate) report: ReportArgs,

    /// When to use colours.
    #[arg(long, value_enum, default_value_t, global = true)]
    pub(crate) color: Color,
}

/// What to do instead of a report.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The arithmetic of each layer, step by step, as a teacher would write it
    Explain {
        /// The model file; - for standard input
        file: PathBuf,
        /// Layers by path, `*` standing for anything; all with parameters by default
        layers: Vec<String>,
        #[command(flatten)]
        reading: Reading,
    },
    /// What the weights take under each scheme, side by side
    Sizes {
        #[command(flatten)]
        files: Files,
        #[command(flatten)]
        reading: Reading,
        #[command(flatten)]
        schemes: Schemes,
        /// How to print
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// What changed between two models, layer by layer, in any two formats
    Diff(DiffArgs),
    /// The model itself as JSON lines: a head, one record a layer, an end
    Export {
        /// The model file; - for standard input
        file: PathBuf,
        #[command(flatten)]
        reading: Reading,
    },
    /// The model as a YAML spec that counts the same: a skeleton to edit
    Spec {
        /// The model file; - for standard input
        file: PathBuf,
        #[command(flatten)]
        reading: Reading,
    },
    /// The file formats that are read
    Formats,
    /// The kinds of layers that are counted, or one of them in full
    Kinds {
        /// A kind by name or alias
        name: Option<String>,
    },
    /// The size schemes
    Schemes,
    /// The JSON Schema of a document
    Schema {
        /// Which document
        document: Document,
    },
}

/// The main job.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    #[command(flatten)]
    pub(crate) files: Files,
    #[command(flatten)]
    pub(crate) reading: Reading,
    #[command(flatten)]
    pub(crate) schemes: Schemes,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) view: ViewArgs,
    #[command(flatten)]
    pub(crate) gates: GateArgs,
}

/// Which files.
#[derive(Debug, Args)]
pub(crate) struct Files {
    /// Model files: ONNX, Keras, YAML specs; - for standard input
    #[arg(value_name = "FILE", required = true)]
    pub(crate) paths: Vec<PathBuf>,
}

/// How files are read.
#[derive(Debug, Args)]
pub(crate) struct Reading {
    /// The format, by its id, instead of telling it from the content
    #[arg(long, value_name = "ID")]
    pub(crate) from: Option<String>,
    /// A shape that the file leaves open: '?,28,28,1', or input=?,28,28,1 for one of several
    #[arg(long, value_name = "[NAME=]SHAPE", value_parser = input_shape)]
    pub(crate) input_shape: Vec<(Option<String>, Shape)>,
    /// Whose defaults hold, instead of those of the file's own format
    #[arg(long, value_name = "NAME", value_parser = convention)]
    pub(crate) convention: Option<Convention>,
}

/// Which sizes.
#[derive(Debug, Args)]
pub(crate) struct Schemes {
    /// A size scheme by its id (`netweight schemes` lists them); may be given more than once
    #[arg(long = "scheme", value_name = "ID", value_parser = scheme)]
    pub(crate) named: Vec<&'static netweight::scheme::Scheme>,
}

impl Schemes {
    /// Those that were asked for, else those that a report has without being asked.
    pub(crate) fn or_default(&self) -> Vec<&'static netweight::scheme::Scheme> {
        match self.named.as_slice() {
            [] => netweight::scheme::by_default(),
            named => named.to_vec(),
        }
    }
}

/// Ways to print.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Tables for people
    #[default]
    Text,
    /// The whole report as one document
    Json,
    /// One line a layer
    Csv,
    /// Tables for issues and model cards
    Markdown,
}

/// Documents with a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Document {
    /// What --format json prints
    Report,
    /// What diff --format json prints
    Diff,
    /// One line of what `netweight export` prints and plugins send
    Model,
    /// A network written by hand, for editors to complete and check
    Spec,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// In a terminal, unless NO_COLOR says otherwise
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// `?,28,28,1` or `name=?,28,28,1`.
fn input_shape(text: &str) -> Result<(Option<String>, Shape), String> {
    let (name, dims) = match text.rsplit_once('=') {
        Some((name, dims)) => (Some(name.to_owned()), dims),
        None => (None, text),
    };
    let dims: Result<Vec<_>, String> =
        dims.split([',', 'x', '×']).map(|dim| dimension(dim.trim())).collect();
    Ok((name, Shape(dims?)))
}

fn dimension(text: &str) -> Result<netweight::core::Dim, String> {
    match text {
        "?" | "null" | "None" | "-1" => Ok(netweight::core::Dim::Unknown),
        text => match text.parse::<u64>() {
            Ok(size) => Ok(size.into()),
            Err(_) => {
                Err(format!("`{text}` is no dimension; write a number, or ? for an open one"))
            }
        },
    }
}

fn convention(text: &str) -> Result<Convention, String> {
    let names = Convention::ALL.map(Convention::name);
    let known = Convention::ALL.into_iter().find(|convention| convention.name() == text);
    known.ok_or_else(|| told("convention", text, &names))
}

pub(crate) fn scheme(text: &str) -> Result<&'static netweight::scheme::Scheme, String> {
    let names = || netweight::scheme::SCHEMES.iter().map(|scheme| scheme.id).collect::<Vec<_>>();
    netweight::scheme::find(text).ok_or_else(|| told("scheme", text, &names()))
}
