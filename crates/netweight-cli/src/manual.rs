//! Manual pages and completions, from the same definition as the help.

use std::io::{self, Write};

use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;

use crate::args::Cli;
use crate::examples;
use crate::message::{self, Outcome};
use crate::nearest::told;

/// The command line as it is parsed, helped with and documented.
pub(crate) fn command() -> clap::Command {
    examples::add(Cli::command())
}

/// Writes what a shell needs to complete command lines.
pub(crate) fn completions(shell: Shell, out: &mut dyn Write) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command(), "netweight", &mut script);
    match out.write_all(&script) {
        Ok(()) => Outcome::Done,
        Err(error) => message::ended(&error),
    }
}

/// Writes the manual page, of the program or of a subcommand.
pub(crate) fn page(name: Option<&str>, out: &mut dyn Write) -> io::Result<Outcome> {
    let mut command = command();
    command.build();
    let page = match name {
        None => command,
        Some(name) => {
            let known: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
            match command.find_subcommand(name) {
                Some(found) => found.clone(),
                None => return Ok(message::usage(&told("command", name, &known))),
            }
        }
    };
    Man::new(page).render(&mut &mut *out)?;
    Ok(Outcome::Done)
}
