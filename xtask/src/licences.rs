//! The licences of everything that goes into the program.

use std::fs;
use std::process::Command;

use crate::{Failure, say, workspace};

/// Holds the licence of every dependency against those that `deny.toml` allows.
pub(crate) fn licences(_: &[String]) -> Result<(), Failure> {
    let rules = fs::read_to_string(workspace()?.join("deny.toml"))?;
    let allowed = allowed(&rules);
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--workspace", "--locked", "--target=all", "--edges=normal,build"])
        .args(["--prefix=none", "--no-dedupe", "--format={p}\t{l}"])
        .current_dir(workspace()?)
        .output()?;
    if !tree.status.success() {
        return Err(String::from_utf8_lossy(&tree.stderr).into());
    }
    let text = String::from_utf8(tree.stdout)?;
    let mut packages: Vec<(&str, &str)> =
        text.lines().filter_map(|line| line.split_once('\t')).collect();
    packages.sort_unstable();
    packages.dedup();
    let refused: Vec<String> = packages
        .iter()
        .filter(|(_, licence)| !permits(licence, &allowed))
        .map(|(package, licence)| format!("{package}: `{licence}`"))
        .collect();
    if packages.is_empty() || !refused.is_empty() {
        return Err(format!("not allowed by deny.toml: {}", refused.join(", ")).into());
    }
    say(&format!("{} packages, each under a licence that deny.toml allows", packages.len()));
    Ok(())
}

/// The list of `deny.toml`, one licence a line.
fn allowed(text: &str) -> Vec<&str> {
    let list = text.lines().skip_while(|line| *line != "allow = [").skip(1);
    list.take_while(|line| *line != "]").map(|line| line.trim_matches([' ', '"', ','])).collect()
}

/// Whether an expression such as `(MIT OR Apache-2.0) AND Unicode-3.0` can be kept with these
/// licences. Older packages write `/` for OR.
fn permits(expression: &str, allowed: &[&str]) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    either(&mut words, allowed) && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn either(words: &mut Words<'_>, allowed: &[&str]) -> bool {
    let mut any = both(words, allowed);
    while words.next_if_eq(&"OR").is_some() {
        any |= both(words, allowed);
    }
    any
}

fn both(words: &mut Words<'_>, allowed: &[&str]) -> bool {
    let mut all = one(words, allowed);
    while words.next_if_eq(&"AND").is_some() {
        all &= one(words, allowed);
    }
    all
}

/// A licence, with its exception if it has one, or an expression in brackets.
fn one(words: &mut Words<'_>, allowed: &[&str]) -> bool {
    match words.next() {
        Some("(") => {
            let inner = either(words, allowed);
            words.next() == Some(")") && inner
        }
        Some(licence) => match words.next_if_eq(&"WITH").and_then(|_| words.next()) {
            Some(exception) => allowed.contains(&&*format!("{licence} WITH {exception}")),
            None => allowed.contains(&licence),
        },
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{allowed, permits};

    #[test]
    fn expressions_of_licences() {
        let allowed = allowed("[licenses]\nallow = [\n    \"MIT\",\n    \"Unicode-3.0\",\n]\n");
        for (expression, expected) in [
            ("MIT", true),
            ("GPL-3.0", false),
            ("", false),
            ("Unlicense/MIT", true),
            ("GPL-3.0 OR Apache-2.0 WITH LLVM-exception", false),
            ("Apache-2.0 WITH LLVM-exception OR MIT", true),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
            ("(MIT OR Apache-2.0) AND BSD-3-Clause", false),
            ("GPL-3.0 AND MIT OR MIT", true),
            ("(GPL-3.0 OR BSD-3-Clause) OR MIT", true),
            ("(MIT", false),
        ] {
            assert_eq!(permits(expression, &allowed), expected, "{expression}");
        }
    }
}
