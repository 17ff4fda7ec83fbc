//! The installable tree.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX, EXE_SUFFIX};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Failure, run, say, workspace};

/// What the tree has at its top.
const FOLDERS: &[&str] = &["bin", "include", "lib", "share"];

/// Libraries that go where the program looks for plugins.
const PLUGINS: &[&str] = &["netweight_gguf", "netweight_safetensors", "netweight_tflite"];

/// Subcommands with a man page of their own; the program itself has the empty name.
const PAGES: &[&str] =
    &["", "diff", "explain", "export", "kinds", "plugin", "schemes", "sizes", "spec"];

/// Where each shell looks for completions.
const COMPLETIONS: &[(&str, &str)] = &[
    ("bash", "share/bash-completion/completions/netweight"),
    ("fish", "share/fish/vendor_completions.d/netweight.fish"),
    ("zsh", "share/zsh/site-functions/_netweight"),
];

/// Files that are taken as they are.
const FILES: &[(&str, &str)] = &[
    ("crates/netweight-plugin/include/netweight_plugin.h", "include/netweight_plugin.h"),
    ("README.md", "share/doc/netweight/README.md"),
    ("docs/plugins.md", "share/doc/netweight/plugins.md"),
    ("LICENSE-MIT", "share/doc/netweight/LICENSE-MIT"),
    ("LICENSE-APACHE", "share/doc/netweight/LICENSE-APACHE"),
];

/// Lays the tree out in a folder, `target/dist` where none is named, and packs it: to be unpacked
/// in a prefix such as `~/.local`.
pub(crate) fn dist(arguments: &[String]) -> Result<(), Failure> {
    let tree = match arguments.first() {
        Some(tree) => PathBuf::from(tree),
        None => target()?.join("dist"),
    };
    lay_out(&tree)?;
    say(&format!("laid out in {}", tree.display()));
    let name = format!("netweight-{}-{}.tar.gz", env!("CARGO_PKG_VERSION"), host()?);
    let archive = target()?.join(name);
    run(Command::new("tar").arg("-czf").arg(&archive).arg("-C").arg(&tree).args(FOLDERS))?;
    say(&format!("packed in {}", archive.display()));
    Ok(())
}

/// Builds the workspace and lays out the folders of a tree.
pub(crate) fn lay_out(tree: &Path) -> Result<(), Failure> {
    let (root, target) = (workspace()?, target()?);
    run(Command::new(env!("CARGO"))
        .args(["build", "--release", "--workspace", "--locked"])
        .current_dir(root))?;

    let built = target.join("release");
    let program = format!("netweight{EXE_SUFFIX}");
    let installed = tree.join("bin").join(&program);
    copy(&built.join(&program), &installed)?;
    for plugin in PLUGINS {
        let library = format!("{DLL_PREFIX}{plugin}{DLL_SUFFIX}");
        copy(&built.join(&library), &tree.join("lib/netweight").join(&library))?;
    }
    for (from, to) in FILES {
        copy(&root.join(from), &tree.join(to))?;
    }
    for page in PAGES {
        let name =
            if page.is_empty() { "netweight".to_owned() } else { format!("netweight-{page}") };
        let mut command = Command::new(&installed);
        command.arg("man").args(Some(page).filter(|page| !page.is_empty()));
        written(&mut command, &tree.join(format!("share/man/man1/{name}.1")))?;
    }
    for (shell, to) in COMPLETIONS {
        written(Command::new(&installed).args(["completions", shell]), &tree.join(to))?;
    }
    Ok(())
}

/// Where cargo builds.
pub(crate) fn target() -> Result<PathBuf, Failure> {
    Ok(std::env::var_os("CARGO_TARGET_DIR").map_or(workspace()?.join("target"), PathBuf::from))
}

/// The system that this compiler builds for.
fn host() -> Result<String, Failure> {
    let told = Command::new("rustc").arg("-vV").output()?.stdout;
    let told = String::from_utf8(told)?;
    let line = told.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(line.ok_or("rustc does not tell its host")?.to_owned())
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    make_folder(to)?;
    fs::copy(from, to).map_err(|error| format!("{}: {error}", from.display()))?;
    Ok(())
}

/// What a command prints, as a file.
fn written(command: &mut Command, to: &Path) -> Result<(), Failure> {
    let output = command.output()?;
    if !output.status.success() || output.stdout.is_empty() {
        return Err(format!("{command:?} ended with {} and wrote nothing", output.status).into());
    }
    make_folder(to)?;
    Ok(fs::write(to, output.stdout)?)
}

fn make_folder(of: &Path) -> Result<(), Failure> {
    Ok(fs::create_dir_all(of.parent().ok_or("a file without a folder")?)?)
}
