//! `netweight sizes`: what the weights take, under schemes or in the file.

use std::io::{self, Write};

use clap::Args;
use netweight::report::{Csv, Text};

use crate::args::{Compare, Files, Format, Reading, Schemes};
use crate::message::{self, Outcome};
use crate::render::render;
use crate::reports::{Wanted, report_on, storage_of};
use crate::{amount, mix};

/// Which files, and what to say of their sizes.
#[derive(Debug, Args)]
pub(crate) struct SizesArgs {
    #[command(flatten)]
    files: Files,
    #[command(flatten)]
    pub(crate) reading: Reading,
    #[command(flatten)]
    pub(crate) schemes: Schemes,
    /// Only schemes whose weights (or file, where its length is known) fit: 512MiB; of all
    /// schemes where none is named. The largest that fits comes first
    #[arg(long, value_name = "BYTES", value_parser = amount::bytes)]
    fit: Option<u64>,
    /// Instead of the table, the best mix of widths by layer that fits, as a scheme file
    #[arg(long, requires = "fit")]
    mix: bool,
    /// Why the file is as big as it is: its bytes by what they hold, and what would shrink it
    #[arg(long, conflicts_with_all = ["fit", "named"])]
    explain: bool,
    #[command(flatten)]
    compare: Compare,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Writes the sizes, the mix that fits, or what the files' bytes hold.
pub(crate) fn run(args: &SizesArgs, text: &Text, out: &mut dyn Write) -> io::Result<Outcome> {
    let SizesArgs { files, reading, schemes, compare, format, .. } = args;
    if args.explain {
        let (document, outcome) = storage_of(files, reading, *compare);
        match format {
            Format::Text => text.storage(&document, out)?,
            format => render(&document, *format, schemes, text, out)?,
        }
        return Ok(outcome);
    }
    if let (Some(budget), true) = (args.fit, args.mix) {
        return mix::run(files, reading, budget, out);
    }
    let asked = if args.fit.is_some() { schemes.or_all() } else { schemes.or_default() };
    let wanted = Wanted { schemes: &asked, fit: args.fit, compare: *compare };
    let (mut document, outcome) = report_on(files, reading, &wanted);
    if let Some(budget) = args.fit {
        document.models.iter_mut().for_each(|model| model.fit(budget));
    }
    match format {
        Format::Text => text.sizes(&document, out)?,
        Format::Csv => {
            Csv::sizes(&document, out)?;
            message::failures(&document.failures);
        }
        format => render(&document, *format, schemes, text, out)?,
    }
    Ok(outcome)
}
