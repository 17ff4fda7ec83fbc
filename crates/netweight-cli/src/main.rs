//! The `netweight` program: arguments in, documents out, one place for the exit code.

mod amount;
mod args;
mod catalogue;
mod diff;
mod explain;
mod gate;
mod message;
mod nearest;
mod plugin;
mod plugins;
mod read;
mod reports;
mod run;
mod terminal;
mod view;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    netweight_host::serve();
    message::silence_panics();
    let cli = args::Cli::parse();
    match run::run(cli) {
        Ok(outcome) => outcome.into(),
        Err(error) => message::ended(&error).into(),
    }
}
