//! `netweight plugin …`, from a skeleton to an installed plugin.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use crate::place::{Place, User, texts, workspace};

/// Runs the program; it must end so. Gives what it said.
fn said(place: &Place, code: i32, arguments: &[&str]) -> String {
    let output = place.run(User::Same, arguments);
    let (out, err) = texts(&output);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {out}{err}");
    out + &err
}

fn example_is_counted(place: &Place, file: &str) {
    let text = said(place, 0, &["--format", "json", file]);
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    // 784 × 512 + 512 and 512 × 10 + 10.
    assert_eq!(report["models"][0]["totals"]["parameters"], 407_050);
    assert_eq!(report["models"][0]["plugin"]["version"], "0.1.0");
}

#[test]
fn a_plugin_in_c_from_skeleton_to_use() {
    let place = Place::new("new-c");
    said(&place, 0, &["plugin", "new", "sketch", "--language", "c"]);
    let folder = place.path("netweight-sketch");
    let made = Command::new("make").arg("--silent").current_dir(&folder).status();
    if made.is_err() {
        eprintln!("skipped: no make");
        return;
    }
    assert!(made.unwrap().success());
    let (plugin, example) =
        ("netweight-sketch/libnetweight_sketch.so", "netweight-sketch/example.sketch");
    let checked = said(&place, 0, &["plugin", "check", plugin, example]);
    assert!(checked.starts_with("libnetweight_sketch.so: good, after "), "{checked}");
    assert!(said(&place, 2, &[example]).contains("no known format"));
    said(&place, 0, &["plugin", "install", plugin]);
    example_is_counted(&place, example);
    let piped = Command::new("sh")
        .args(["-c", &format!("./netweight - < {example}")])
        .current_dir(place.path(""))
        .env("HOME", place.path(""))
        .env_remove("XDG_DATA_HOME")
        .output();
    assert!(texts(&piped.unwrap()).0.contains("407,050"));
    let listed = said(&place, 0, &["plugin", "list", "-v"]);
    assert!(listed.contains(".local/share/netweight/plugins/libnetweight_sketch.so"), "{listed}");
    assert!(said(&place, 0, &["formats"]).contains("plugin 0.1.0"));
}

#[test]
fn a_plugin_in_python_from_skeleton_to_use() {
    let found = Command::new("env")
        .arg("python3")
        .arg("-V")
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .output();
    if !found.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: no Python");
        return;
    }
    let place = Place::new("new-python");
    said(&place, 0, &["plugin", "new", "sketch", "--language", "python"]);
    let (plugin, example) = ("netweight-sketch/sketch.py", "netweight-sketch/example.sketch");
    let checked = said(&place, 0, &["plugin", "check", plugin, example]);
    assert!(checked.starts_with("sketch.py: good, after "), "{checked}");
    said(&place, 0, &["plugin", "install", plugin]);
    example_is_counted(&place, example);
    assert!(said(&place, 0, &["plugin", "list", "-v"]).contains("(a program)"));
}

/// What a Python plugin tries beyond its job fails as an error of its own.
#[test]
fn a_python_plugin_is_locked_in() {
    let place = Place::new("bad-python");
    if !fs::exists("/usr/bin/python3").unwrap() {
        eprintln!("skipped: no Python");
        return;
    }
    place.write("bad.py.json", "{\"abi\": 1, \"id\": \"bad\", \"name\": \"bad\", \"version\": \"1\", \"extensions\": [\"bad\"]}");
    place.write("secret.txt", "");
    let tries = [
        ("open('/etc/passwd')", "PermissionError"),
        ("open('/root/.bashrc')", "PermissionError"),
        ("open('written', 'w')", "PermissionError"),
        ("__import__('os').listdir('/')", "PermissionError"),
        ("__import__('socket').socket()", "PermissionError"),
        ("__import__('subprocess').run(['/bin/true'])", "PermissionError"),
        ("__import__('os').fork()", "PermissionError"),
        ("__import__('os').kill(1, 0)", "PermissionError"),
        ("__import__('os').abort()", "aborted (SIGABRT)"),
        ("exec('while True: pass')", "used up its processor time of 1 s|did not finish within 8 s"),
        ("bytearray(1 << 30)", "MemoryError"),
        ("print('x' * (17 << 20))", "it sent more than 16 MiB in a line"),
        ("print(float('nan'))", "its output is not valid"),
    ];
    for (tried, expected) in tries {
        place.write("bad.py", format!("#!/usr/bin/python3\n{tried}\n"));
        fs::set_permissions(place.path("bad.py"), Permissions::from_mode(0o755)).unwrap();
        place.write("model.bad", "");
        let limits = ["--plugin-seconds", "1", "--plugin-memory", "256"];
        let told = said(&place, 2, &[&limits[..], &["--from", "bad", "model.bad"]].concat());
        assert!(
            told.contains("plugin bad.py: ")
                && expected.split('|').any(|expected| told.contains(expected)),
            "{tried}: {told}"
        );
    }
    // What it is for goes through: the model and the files beside it.
    place.write("bad.py", "#!/usr/bin/python3\nimport sys\nopen(sys.argv[1]); open('secret.txt')\nprint('{\"fail\": \"all read\"}')\nsys.exit(1)\n");
    fs::set_permissions(place.path("bad.py"), Permissions::from_mode(0o755)).unwrap();
    assert!(
        said(&place, 2, &["--from", "bad", "model.bad"])
            .contains("plugin bad.py reports: all read")
    );
}

/// The skeleton is a crate of its own; built here against the author kit of this workspace.
#[test]
fn a_plugin_in_rust_from_skeleton_to_use() {
    let place = Place::new("new-rust");
    said(&place, 0, &["plugin", "new", "sketch", "--language", "rust"]);
    let kit = workspace().join("crates/netweight-plugin");
    let patch = format!("patch.crates-io.netweight-plugin.path={:?}", kit.to_str().unwrap());
    let target = workspace().join("target/skeleton");
    // The same versions as here: no others need be on this machine.
    fs::copy(workspace().join("Cargo.lock"), place.path("netweight-sketch/Cargo.lock")).unwrap();
    for command in ["build", "test"] {
        let output = Command::new(env!("CARGO"))
            .args([command, "--offline", "--quiet", "--config", &patch, "--target-dir"])
            .arg(&target)
            .current_dir(place.path("netweight-sketch"))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let library = target.join("debug/libnetweight_sketch.so");
    let (plugin, example) = (library.to_str().unwrap(), "netweight-sketch/example.sketch");
    let checked = said(&place, 0, &["plugin", "check", plugin, example]);
    assert!(checked.starts_with("libnetweight_sketch.so: good, after "), "{checked}");
}

#[test]
fn a_check_tells_what_is_wrong() {
    let place = Place::new("check");
    place.compile(&crate::place::tests_folder().join("bad.c"), "bad.so", &[]);
    place.write("good.bad", "good");
    place.write("bad.bad", "segv");
    place.write("other.txt", "good");
    let good = said(&place, 0, &["plugin", "check", "bad.so", "good.bad"]);
    assert!(good.contains("bad.so: good, after "), "{good}");
    let bad = said(&place, 1, &["plugin", "check", "bad.so", "bad.bad", "other.txt"]);
    assert!(
        bad.contains("bad.bad: plugin bad.so: crashed: invalid memory access (SIGSEGV)"),
        "{bad}"
    );
    assert!(
        bad.contains("other.txt: the manifest does not claim it, by magic or by name"),
        "{bad}"
    );
}

#[test]
fn what_is_not_trusted_or_no_plugin_is_not_taken() {
    let place = Place::new("trust");
    let plugin = place.compile(&crate::place::tests_folder().join("bad.c"), "bad.so", &[]);
    place.write("text.so", "no library");
    place.write("good.bad", "good");
    fs::set_permissions(&plugin, Permissions::from_mode(0o666)).unwrap();
    let listed = said(&place, 0, &["plugin", "list", "-v"]);
    assert!(
        listed.contains("bad.so can be changed by everybody; take the right away with chmod o-w"),
        "{listed}"
    );
    assert!(listed.contains("text.so: not a netweight plugin"), "{listed}");
    said(&place, 2, &["good.bad"]);
    fs::set_permissions(&plugin, Permissions::from_mode(0o644)).unwrap();
    said(&place, 0, &["good.bad"]);
    fs::set_permissions(place.path(""), Permissions::from_mode(0o777)).unwrap();
    assert!(
        said(&place, 0, &["plugin", "list"]).contains("no plugins found\n\n2 files were not taken")
    );
}

#[test]
fn a_bad_name_or_a_folder_that_is_there_is_told() {
    let place = Place::new("names");
    assert!(said(&place, 2, &["plugin", "new", "Sketch"]).contains("is no name for a plugin"));
    said(&place, 0, &["plugin", "new", "sketch"]);
    assert!(
        said(&place, 2, &["plugin", "new", "sketch"]).contains("netweight-sketch: File exists")
    );
    assert!(
        said(&place, 2, &["plugin", "check", "missing.so"]).contains("missing.so: No such file")
    );
}
