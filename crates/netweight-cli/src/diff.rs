//! `netweight diff`: two models, layer by layer.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use netweight::report::{Diff, Failure, Markdown, ModelReport, Text, View};

use crate::args::{Reading, Schemes};
use crate::message::{self, Outcome};
use crate::reports::{Wanted, models_of};

/// Two files, and how to tell what changed.
#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// The model before: a model file, or a report that --format json wrote
    #[arg(value_name = "BEFORE")]
    before: PathBuf,
    /// The model after, in any format
    #[arg(value_name = "AFTER")]
    after: PathBuf,
    #[command(flatten)]
    pub(crate) reading: Reading,
    #[command(flatten)]
    schemes: Schemes,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: DiffFormat,
    /// Every layer that differs, however many there are
    #[arg(long)]
    all: bool,
    /// Exit with 1 when the models differ in more than names
    #[arg(long)]
    exit_code: bool,
}

/// Ways to print a comparison.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum DiffFormat {
    /// Tables for people
    #[default]
    Text,
    /// One document
    Json,
    /// Tables for reviews
    Markdown,
}

/// Compares two models and says what changed.
pub(crate) fn run(args: &DiffArgs, text: &Text, out: &mut dyn Write) -> io::Result<Outcome> {
    let (before, after) = match (one(&args.before, args), one(&args.after, args)) {
        (Ok(before), Ok(after)) => (before, after),
        (before, after) => {
            let failures: Vec<Failure> =
                [before, after].into_iter().filter_map(Result::err).flatten().collect();
            return Ok(message::unread(&failures));
        }
    };
    let diff = Diff::new(&before, &after);
    let view = View { all: args.all, ..View::default() };
    match args.format {
        DiffFormat::Text => Text { view, ..text.clone() }.diff(&diff, out)?,
        DiffFormat::Markdown => Markdown { view }.diff(&diff, out)?,
        DiffFormat::Json => writeln!(out, "{}", diff.to_json())?,
    }
    Ok(if args.exit_code && !diff.is_empty() { Outcome::CheckFailed } else { Outcome::Done })
}

/// The one model of a file.
fn one(path: &Path, args: &DiffArgs) -> Result<ModelReport, Vec<Failure>> {
    let wanted = Wanted { schemes: &args.schemes.or(Vec::new), ..Wanted::default() };
    let mut models = models_of(path, &args.reading, &wanted)?;
    match (models.pop(), models.is_empty()) {
        (Some(model), true) => Ok(model),
        (found, _) => {
            let count = models.len() + usize::from(found.is_some());
            Err(vec![Failure {
                source: path.display().to_string(),
                code: "diff/one-model".to_owned(),
                message: format!("a report on {count} models; one is compared with one"),
                place: None,
                help: Some("write a report on each file: netweight --format json FILE".to_owned()),
                excerpt: None,
            }])
        }
    }
}
