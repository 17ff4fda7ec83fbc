//! Chores of the workspace that cargo itself cannot do, one row each: `cargo xtask TASK`.

mod dist;
mod guard;
mod licences;
mod web;
mod wheel;

use std::error::Error;
use std::path::Path;
use std::process::{Command, ExitCode};

/// What went wrong with a chore.
type Failure = Box<dyn Error>;

/// A chore: its name, what it does, and the doing.
type Task = (&'static str, &'static str, fn(&[String]) -> Result<(), Failure>);

static TASKS: &[Task] = &[
    (
        "dist",
        "[FOLDER]  an installable tree: program, plugins, header, man pages, completions",
        dist::dist,
    ),
    ("licences", "that every dependency has a licence that deny.toml allows", licences::licences),
    ("wheel", "[--check]  the Python package; tried out in a fresh environment", wheel::wheel),
    ("guard", "[--record]  instructions that reports take, against those recorded", guard::guard),
    ("web", "[FOLDER] [--if-possible]  the page that counts in a browser, one file", web::web),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (name, rest) =
        arguments.split_first().map_or(("", &[][..]), |(name, rest)| (name.as_str(), rest));
    let Some((_, _, task)) = TASKS.iter().find(|(known, ..)| *known == name) else {
        for (name, about, _) in TASKS {
            say(&format!("cargo xtask {name} {about}"));
        }
        return ExitCode::from(2);
    };
    match task(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// The folder of the workspace.
fn workspace() -> Result<&'static Path, Failure> {
    Ok(Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("no workspace")?)
}

fn run(command: &mut Command) -> Result<(), Failure> {
    let status = command.status()?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} ended with {status}").into()) }
}

#[expect(clippy::print_stderr, reason = "a chore talks to whoever runs it")]
fn say(text: &str) {
    eprintln!("{text}");
}
