//! Options that choose what the layers' table shows.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use netweight::report::{By, ColumnName, Filter, View};

use crate::nearest::told;

/// What the layers' table shows. Totals stay those of the model; JSON and pages hold everything.
#[derive(Debug, Args)]
#[command(next_help_heading = "View")]
pub(crate) struct ViewArgs {
    /// Every layer in a row of its own: none left out, none folded
    #[arg(long)]
    all: bool,
    /// Only some layers: a part of the name, or kind:conv, type:LSTM, category:non_trainable,
    /// dtype:int8, is:frozen
    #[arg(
        long,
        value_name = "[!][KEY:]PATTERN",
        value_parser = filter,
        long_help = filters_in_words(),
    )]
    filter: Vec<Filter>,
    /// Sort by a column: numbers from the largest, words from A
    #[arg(long, value_name = "COLUMN", value_parser = column(), hide_possible_values = true)]
    sort: Option<ColumnName>,
    /// So many rows at most: the largest, unless --sort says otherwise
    #[arg(long, value_name = "N", conflicts_with = "depth")]
    top: Option<usize>,
    /// The columns, in this order: layer,parameters,share …
    #[arg(
        long,
        value_name = "COLUMN",
        value_delimiter = ',',
        value_parser = column(),
        hide_possible_values = true,
        long_help = columns_in_words(),
    )]
    columns: Vec<ColumnName>,
    /// What a row stands for
    #[arg(long, value_enum, default_value_t)]
    by: Rows,
    /// Levels of modules that have rows of their own; implies --by module
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    depth: Option<u16>,
}

/// What a row stands for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Rows {
    /// A layer
    #[default]
    Layer,
    /// A module with all in it, as a tree
    #[value(alias = "tree")]
    Module,
    /// The layers of a type, in the file's words
    Type,
    /// The layers of a kind
    Kind,
    /// The parameters of an element type
    Dtype,
}

impl ViewArgs {
    /// The view that was asked for.
    pub(crate) fn view(&self) -> View {
        View {
            all: self.all,
            filters: self.filter.clone(),
            sort: self.sort,
            top: self.top,
            columns: self.columns.clone(),
            by: match self.by {
                Rows::Layer if self.depth.is_some() => By::Module,
                Rows::Layer => By::Layer,
                Rows::Module => By::Module,
                Rows::Type => By::Type,
                Rows::Kind => By::Kind,
                Rows::Dtype => By::Dtype,
            },
            depth: self.depth.map(usize::from),
        }
    }
}

fn filters_in_words() -> String {
    let keys: Vec<String> =
        Filter::keys().map(|(key, about)| format!("- {key}: {about}")).collect();
    format!(
        "Only layers that fit: a part of the name, or KEY:PATTERN, `*` standing for anything, \
         several patterns joined by commas, ! in front for all others. More than once: all must \
         hold. Keys:\n{}",
        keys.join("\n")
    )
}

fn columns_in_words() -> String {
    let columns: Vec<String> =
        ColumnName::all().map(|(name, about)| format!("- {name}: {about}")).collect();
    format!("The columns, in this order, joined by commas:\n{}", columns.join("\n"))
}

fn filter(text: &str) -> Result<Filter, String> {
    Filter::parse(text).map_err(|unknown| told(unknown.what, &unknown.name, &unknown.known))
}

fn column() -> impl TypedValueParser<Value = ColumnName> {
    let names = ColumnName::all().map(|(name, about)| PossibleValue::new(name).help(about));
    PossibleValuesParser::new(names)
        .try_map(|name| ColumnName::parse(&name).map_err(|e| e.to_string()))
}
