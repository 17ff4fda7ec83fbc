//! The command line: what may be typed, with its help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use netweight::Assumption;
use netweight::core::{Convention, Rules, Shape};
use netweight::scheme::{Policy, Request};

use crate::diff::DiffArgs;
use crate::gate::GateArgs;
use crate::nearest::told;
use crate::plugin::PluginCommand;
use crate::plugins::Plugins;
use crate::sizes::SizesArgs;
use crate::view::ViewArgs;

/// What a model file weighs: the parameters of every layer, with the arithmetic shown, and the
/// bytes that the weights take under each width.
#[derive(Debug, Parser)]
#[command(name = "netweight", version, max_term_width = 100)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(
    after_help = "Exit codes: 0 done; 1 a check failed; 2 usage, or a file that could not be read.\n\
                  More options and examples: --help"
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    /// When to use colours
    #[arg(long, value_enum, default_value_t, global = true)]
    pub(crate) color: Color,

    #[command(flatten)]
    pub(crate) report: ReportArgs,
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
        #[command(flatten)]
        schemes: Schemes,
    },
    /// What the weights take under each scheme, side by side
    Sizes(SizesArgs),
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
    /// What changed between two models, layer by layer, in any two formats
    Diff(DiffArgs),
    /// The file formats that are read, and by what
    Formats {
        #[command(flatten)]
        plugins: Plugins,
    },
    /// Plugins: what there is, whether it keeps its contract, more of them
    Plugin {
        #[command(subcommand)]
        command: PluginCommand,
    },
    /// The kinds of layers that are counted, or one of them in full
    Kinds {
        /// A kind by name or alias
        name: Option<String>,
    },
    /// The size schemes, or one of them in full
    Schemes {
        /// A scheme by its id
        name: Option<String>,
    },
    /// Completions for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// The manual page, of the program or of a subcommand
    #[command(hide = true)]
    Man {
        /// A subcommand
        command: Option<String>,
    },
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
    #[command(flatten)]
    pub(crate) compare: Compare,
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

/// What else is done with the weights.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct Compare {
    /// Read the weights too, and name stored tensors that repeat others, as they are or turned
    /// over, with the bytes that they cost
    #[arg(long)]
    pub(crate) find_duplicates: bool,
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
    /// The count of layers whose own cannot be known: by path, `*` standing for anything, or by
    /// class; may be given more than once
    #[arg(long, value_name = "NAME=COUNT", value_parser = assumption)]
    pub(crate) assume: Vec<Assumption>,
    /// A file with rows for operators and layer classes that are not known here, in YAML or JSON;
    /// may be given more than once
    #[arg(long = "rules", value_name = "FILE")]
    pub(crate) rule_files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) plugins: Plugins,
    /// What the rules files say.
    #[arg(skip)]
    pub(crate) rules: Rules,
}

/// Which sizes.
#[derive(Debug, Args)]
pub(crate) struct Schemes {
    /// A size scheme by its id (`netweight schemes` lists them), with options by comma as in
    /// int4,group=128; may be given more than once
    #[arg(long = "scheme", value_name = "ID[,OPTION…]", value_parser = scheme)]
    pub(crate) named: Vec<Request>,
    /// A file with schemes of one's own, in YAML or JSON; may be given more than once
    #[arg(long = "scheme-file", value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Layers that stay as they are, or in a width or scheme: lm_head=float16, kind=embedding,
    /// category=non_trainable, role=bias=float32; may be given more than once
    #[arg(long, value_name = "LAYERS[=WIDTH]", value_parser = Policy::parse)]
    keep: Vec<Policy>,
    /// What the scheme files say.
    #[arg(skip)]
    pub(crate) own: Vec<Request>,
}

impl Cli {
    /// How files are read, where any are.
    pub(crate) fn reading(&mut self) -> Option<&mut Reading> {
        match &mut self.command {
            None => Some(&mut self.report.reading),
            Some(
                Command::Explain { reading, .. }
                | Command::Export { reading, .. }
                | Command::Spec { reading, .. },
            ) => Some(reading),
            Some(Command::Sizes(sizes)) => Some(&mut sizes.reading),
            Some(Command::Diff(diff)) => Some(&mut diff.reading),
            Some(_) => None,
        }
    }

    /// Which sizes, where any are.
    pub(crate) fn schemes(&mut self) -> Option<&mut Schemes> {
        match &mut self.command {
            None => Some(&mut self.report.schemes),
            Some(Command::Explain { schemes, .. }) => Some(schemes),
            Some(Command::Sizes(sizes)) => Some(&mut sizes.schemes),
            Some(_) => None,
        }
    }
}

impl Schemes {
    /// Those that were asked for, else every one.
    pub(crate) fn or_all(&self) -> Vec<Request> {
        self.or(|| netweight::scheme::all().map(Request::plain).collect())
    }

    /// Those that were asked for, else those that a report has without being asked.
    pub(crate) fn or_default(&self) -> Vec<Request> {
        self.or(netweight::scheme::by_default)
    }

    /// Those that were asked for, else others, with what is to be kept.
    pub(crate) fn or(&self, others: impl FnOnce() -> Vec<Request>) -> Vec<Request> {
        let mut requests = if self.named.is_empty() { others() } else { self.named.clone() };
        requests.extend(self.own.iter().cloned());
        for request in &mut requests {
            // What is asked for here comes before what a file says.
            request.policies.splice(..0, self.keep.iter().cloned());
        }
        requests
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
    /// One page with pictures that opens in any browser, without a network
    Html,
    /// A picture: areas are parameters, or bytes under --scheme; colours are kinds
    Svg,
    /// Figures for Netron: drop the file, named MODEL.json, onto the model that it shows
    Netron,
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
    /// What --rules reads: rows for operators and layer classes
    Rules,
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
    Ok((name, Shape::from(dims?)))
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

/// `gate=1000`, `head.*=2.5M`.
fn assumption(text: &str) -> Result<Assumption, String> {
    let (name, count) =
        text.rsplit_once('=').ok_or("expected a layer or class, `=` and its parameters")?;
    if name.is_empty() {
        return Err("no layer or class before `=`".to_owned());
    }
    Ok(Assumption { name: name.to_owned(), parameters: crate::amount::count(count)? })
}

fn convention(text: &str) -> Result<Convention, String> {
    let names = Convention::ALL.map(Convention::name);
    let known = Convention::ALL.into_iter().find(|convention| convention.name() == text);
    known.ok_or_else(|| told("convention", text, &names))
}

/// A scheme's id with its options, as in `int4,group=128`.
pub(crate) fn scheme(text: &str) -> Result<Request, String> {
    let id = text.split(',').next().unwrap_or_default();
    if netweight::scheme::find(id).is_none() {
        let ids: Vec<&str> = netweight::scheme::all().map(|scheme| scheme.id).collect();
        return Err(told("scheme", id, &ids));
    }
    Request::parse(text)
}
