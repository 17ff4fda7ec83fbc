//! The Python package: one wheel with the program, its plugins and the typed wrapper.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Failure, dist, run, say, workspace};

/// The Python that makes environments.
const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };

/// Where an environment keeps its programs.
const PROGRAMS: &str = if cfg!(windows) { "Scripts" } else { "bin" };

/// What builds wheels; as in `python/pyproject.toml`.
const MATURIN: &str = "maturin>=1.9,<2";

/// Folders of the installable tree that go where the installer's environment keeps its own.
const CARRIED: &[&str] = &["lib", "share"];

/// Builds the wheel into `target/wheel`; with `--check`, installs it into a fresh environment and
/// runs its tests there.
pub(crate) fn wheel(arguments: &[String]) -> Result<(), Failure> {
    let check = match arguments {
        [] => false,
        [argument] if argument == "--check" => true,
        _ => return Err("usage: cargo xtask wheel [--check]".into()),
    };
    let folder = workspace()?.join("target/wheel");
    lay_out(&folder)?;
    let wheel = build(&folder)?;
    say(&format!("{}: {} bytes", wheel.display(), wheel.metadata()?.len()));
    if check { try_out(&folder, &wheel) } else { Ok(()) }
}

/// What the wheel carries beside the program: `tree/data` is laid over the environment.
fn lay_out(folder: &Path) -> Result<(), Failure> {
    let (all, tree) = (folder.join("dist"), folder.join("tree"));
    for old in [&all, &tree] {
        // Nothing is there at the first time.
        let _ = fs::remove_dir_all(old);
    }
    dist::lay_out(&all)?;
    fs::create_dir_all(tree.join("data"))?;
    for part in CARRIED {
        fs::rename(all.join(part), tree.join("data").join(part))?;
    }
    Ok(())
}

/// Runs maturin, from an environment of its own, and gives the one wheel that comes out.
fn build(folder: &Path) -> Result<PathBuf, Failure> {
    let (tools, out) = (folder.join("tools"), folder.join("out"));
    if !tools.join(PROGRAMS).is_dir() {
        run(Command::new(PYTHON).args(["-m", "venv"]).arg(&tools))?;
        let pip = tools.join(PROGRAMS).join("pip");
        run(Command::new(pip).args(["install", "--quiet", MATURIN]))?;
    }
    // Wheels of earlier versions would be taken for this one.
    let _ = fs::remove_dir_all(&out);
    run(Command::new(tools.join(PROGRAMS).join("maturin"))
        .args(["build", "--release", "--quiet", "--out"])
        .arg(&out)
        .current_dir(workspace()?.join("python")))?;
    let wheel = fs::read_dir(&out)?.next().ok_or("maturin wrote no wheel")??;
    Ok(wheel.path())
}

/// Installs the wheel where nothing else is, with no network, and runs the tests on it.
fn try_out(folder: &Path, wheel: &Path) -> Result<(), Failure> {
    let fresh = folder.join("fresh");
    run(Command::new(PYTHON).args(["-m", "venv", "--clear"]).arg(&fresh))?;
    let programs = fresh.join(PROGRAMS);
    let install = ["install", "--quiet", "--no-index"];
    run(Command::new(programs.join("pip")).args(install).arg(wheel))?;
    run(Command::new(programs.join("python"))
        .args(["-m", "unittest", "discover", "--start-directory"])
        .arg(workspace()?.join("python/tests"))
        .current_dir(folder))
}
