//! Chores of the workspace that cargo itself cannot do, one row each: `cargo xtask TASK`.

mod dist;
mod guard;
mod web;

use std::error::Error;
use std::process::ExitCode;

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
    ("guard", "[--record]  instructions that reports take, against those recorded", guard::guard),
    ("web", "[FOLDER]  the page that counts in a browser, one file", web::web),
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

#[expect(clippy::print_stderr, reason = "a chore talks to whoever runs it")]
fn say(text: &str) {
    eprintln!("{text}");
}
