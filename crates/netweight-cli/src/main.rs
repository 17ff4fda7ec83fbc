//! The `netweight` program: arguments in, documents out, one place for the exit code.

mod amount;
mod args;
mod catalogue;
mod diff;
mod examples;
mod explain;
mod folder;
mod gate;
mod manual;
mod message;
mod mix;
mod nearest;
mod plugin;
mod plugins;
mod read;
mod render;
mod reports;
mod run;
mod sizes;
mod terminal;
mod view;

use std::process::ExitCode;

use clap::FromArgMatches;

/// A report on a large graph is a million short texts and lists; with glibc's allocator it takes a
/// third longer.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    netweight_host::serve();
    message::silence_panics();
    let matches = manual::command().get_matches();
    let cli = match args::Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    match run::run(cli) {
        Ok(outcome) => outcome.into(),
        Err(error) => message::ended(&error).into(),
    }
}
