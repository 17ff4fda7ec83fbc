//! A folder of one test: the program, plugins and models in it, for any user to run.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The workspace.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The sources of these tests.
pub(crate) fn tests_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plugin")
}

/// Who runs the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum User {
    /// Whoever runs the tests.
    Same,
    /// A user without rights of any kind.
    Nobody,
}

impl User {
    /// Both, as far as this one may become the other.
    pub(crate) fn all() -> Vec<Self> {
        let may = Command::new("setpriv").args(NOBODY).arg("true").output();
        match may.is_ok_and(|output| output.status.success()) {
            true => vec![Self::Same, Self::Nobody],
            false => {
                eprintln!("skipped: only root can run the program as another user");
                vec![Self::Same]
            }
        }
    }
}

const NOBODY: [&str; 5] =
    ["--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs", "--"];

/// A folder that is gone afterwards.
pub(crate) struct Place(PathBuf);

impl Place {
    /// An empty one, that everybody may look into.
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("netweight-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        // Not copied by this process: a program that is open for writing, even in a thread's
        // child for a moment, cannot be started.
        let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_netweight")).arg(&path).status();
        assert!(copied.unwrap().success());
        Self(path)
    }

    /// The path of a file in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes a file.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        path
    }

    /// Compiles a C plugin into it.
    pub(crate) fn compile(&self, source: &Path, library: &str, flags: &[&str]) -> PathBuf {
        let path = self.path(library);
        let output = Command::new("cc")
            .args(["-Wall", "-Wextra", "-O1", "-shared", "-fPIC", "-w", "-I"])
            .arg(workspace().join("crates/netweight-plugin/include"))
            .args(flags)
            .arg(source)
            .arg("-o")
            .arg(&path)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        path
    }

    /// Runs the program in the folder, which is its plugin folder and its user's home too.
    pub(crate) fn run(&self, user: User, arguments: &[&str]) -> Output {
        let program = self.path("netweight");
        let mut command = match user {
            User::Same => Command::new(&program),
            User::Nobody => {
                let mut command = Command::new("setpriv");
                command.args(NOBODY).arg(&program);
                command
            }
        };
        command
            .args(arguments)
            .current_dir(&self.0)
            .env("NETWEIGHT_PLUGINS", &self.0)
            .env("HOME", &self.0)
            .env_remove("XDG_DATA_HOME")
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Standard output and standard error as text.
pub(crate) fn texts(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}
