//! `sizes --fit BYTES --mix`: the best mix of widths by layer, as a scheme file.

use std::io::{self, Write};

use netweight::report::Failure;
use netweight::{ImportError, analyze, scheme, spec};

use crate::args::{Files, Reading};
use crate::message::{self, Outcome};
use crate::read::read;

/// Writes a scheme file for every model.
pub(crate) fn run(
    files: &Files,
    reading: &Reading,
    budget: u64,
    out: &mut dyn Write,
) -> io::Result<Outcome> {
    let mut outcome = Outcome::Done;
    for path in &files.paths {
        let written = read(path, reading, false).and_then(|read| {
            let mix = scheme::mix(&analyze(&read.model), budget);
            mix.ok_or_else(|| Failure::from_error(&read.name, &too_small()))
        });
        match written {
            Ok(mix) => out.write_all(spec::write_scheme(&mix).as_bytes())?,
            Err(failures) => {
                out.flush()?;
                outcome = outcome.and(message::unread(&failures));
            }
        }
    }
    Ok(outcome)
}

fn too_small() -> ImportError {
    ImportError::unsupported("scheme/no-mix", "no mix of widths fits, even int4 is larger")
        .help("`netweight sizes` without --fit shows what the model takes")
}
