//! Cases run in a process of its own, of limited memory and patience.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Address space of the process. A damaged file of the test data takes a tenth; what reserves by a
/// length that a file claims ends here.
const KIBIBYTES: u64 = 1 << 20;

/// How long one case may take: no measure of speed, but of reading without end.
const PATIENCE: Duration = Duration::from_secs(60);

/// Names the folder in which the child says what it is at.
const CHILD: &str = "NETWEIGHT_FUZZ_CHILD";

/// Runs the cases of the test of that name. It is started once more, limited; a case that ends the
/// process or takes without end is named, whatever the reason (a panic, the stack, the memory).
///
/// # Panics
/// A case failed: its name, and the process's last words.
pub fn limited<C>(test: &str, cases: impl Iterator<Item = (String, C)>, run: impl Fn(C)) {
    if let Some(place) = std::env::var_os(CHILD) {
        let mut at = File::create(Path::new(&place).join("case")).expect("a file for the case");
        for (name, case) in cases {
            writeln!(at, "{name}").expect("the name of the case");
            run(case);
        }
        return;
    }
    let place = std::env::temp_dir().join(format!("netweight-{}-{test}", std::process::id()));
    fs::create_dir_all(&place).expect("a folder for the child");
    let ended = watched(test, &place);
    let read = |name| {
        String::from_utf8_lossy(&fs::read(place.join(name)).unwrap_or_default()).into_owned()
    };
    let (cases, words) = (read("case"), read("words"));
    let _ = fs::remove_dir_all(&place);
    let case = cases.lines().last().unwrap_or("before the first case");
    match ended {
        Some(status) if status.success() => {}
        Some(status) => panic!("{case}\nended with {status}\n{words}"),
        None => panic!("{case}\ntook more than {} s", PATIENCE.as_secs()),
    }
}

/// How the child ended; none when one case took all patience.
fn watched(test: &str, place: &Path) -> Option<ExitStatus> {
    let words = File::create(place.join("words")).expect("a file for the last words");
    let mut child = Command::new("sh")
        .args(["-c", &format!("ulimit -v {KIBIBYTES}; exec \"$0\" \"$@\"")])
        .arg(std::env::current_exe().expect("the path of this test"))
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(CHILD, place)
        .stdout(words.try_clone().expect("the same file"))
        .stderr(words)
        .spawn()
        .expect("a child process");
    let cases: PathBuf = place.join("case");
    let (mut seen, mut since) = (0, Instant::now());
    while since.elapsed() < PATIENCE {
        if let Some(status) = child.try_wait().expect("the child's state") {
            return Some(status);
        }
        let written = fs::metadata(&cases).map_or(0, |file| file.len());
        if written != seen {
            (seen, since) = (written, Instant::now());
        }
        sleep(Duration::from_millis(20));
    }
    let _ = child.kill();
    let _ = child.wait();
    None
}
