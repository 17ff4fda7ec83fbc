//! The guard against slower reports: instructions that the release program takes, as callgrind
//! counts them. Unlike times, these stay the same on a busy machine.

use std::env::consts::EXE_SUFFIX;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Failure, say};

/// A row for each file: its name in `testdata/`, a tab, instructions.
const RECORDED: &str = "benches/instructions.tsv";

/// How many more than recorded still pass, in percent.
const TOLERANCE: u64 = 5;

/// Compares with the recorded counts; `--record` rewrites them.
pub(crate) fn guard(arguments: &[String]) -> Result<(), Failure> {
    let record = match arguments {
        [] => false,
        [only] if only == "--record" => true,
        _ => return Err("expected nothing or `--record`".into()),
    };
    if Command::new("valgrind").arg("--version").output().is_err() {
        say("valgrind is not installed: instructions were not counted");
        return Ok(());
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("no workspace")?;
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let build = Command::new(env!("CARGO"))
        .args(["build", "--release", "--locked", "--package", "netweight-cli"])
        .current_dir(root)
        .status()?;
    if !build.success() {
        return Err("the program could not be built".into());
    }
    let program = target.join("release").join(format!("netweight{EXE_SUFFIX}"));

    let (mut rows, mut slower) = (String::new(), Vec::new());
    for row in fs::read_to_string(root.join(RECORDED))?.lines() {
        let (file, most) = row.split_once('\t').ok_or("expected a file, a tab, instructions")?;
        let (before, now) = (most.parse()?, instructions(&program, &root.join("testdata"), file)?);
        say(&format!("{file}: {now} instructions, {before} recorded"));
        writeln!(rows, "{file}\t{now}")?;
        if is_slower(before, now) {
            slower.push(file.to_owned());
        }
    }
    if record {
        return Ok(fs::write(root.join(RECORDED), rows)?);
    }
    if slower.is_empty() {
        return Ok(());
    }
    let files = slower.join(", ");
    Err(format!(
        "more than {TOLERANCE} % over {RECORDED}: {files}; if that is meant, run `cargo xtask guard --record`"
    )
    .into())
}

fn is_slower(before: u64, now: u64) -> bool {
    now.saturating_mul(100) > before.saturating_mul(100_u64.saturating_add(TOLERANCE))
}

/// What a report on a file takes.
fn instructions(program: &Path, folder: &Path, file: &str) -> Result<u64, Failure> {
    let done = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .arg(file)
        .current_dir(folder)
        // The loader and the allocator look through it.
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
        .output()?;
    let told = String::from_utf8_lossy(&done.stderr);
    let count =
        told.lines().find_map(|line| line.split_once("Collected :")).map(|(_, count)| count);
    match count {
        Some(count) if done.status.success() => Ok(count.trim().parse()?),
        _ => Err(format!("{file}: valgrind failed: {told}").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::is_slower;

    #[test]
    fn five_percent_more_pass() {
        assert!(!is_slower(1_000, 900));
        assert!(!is_slower(1_000, 1_050));
        assert!(is_slower(1_000, 1_051));
    }
}
