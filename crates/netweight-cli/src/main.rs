//! The `netweight` program: arguments in, documents out, one place for the exit code.

mod args;
mod catalogue;
mod message;
mod nearest;
mod read;
mod run;
mod terminal;
mod view;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    message::silence_panics();
    let cli = args::Cli::parse();
    match run::run(cli) {
        Ok(outcome) => outcome.into(),
        Err(error) => message::ended(&error).into(),
    }
}
