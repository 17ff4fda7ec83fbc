//! The GitHub action and the pre-commit hook, run as those run them but for the installing.

use std::path::Path;
use std::process::{Command, Output};

use serde_yaml::Value;

use crate::program::testdata;

fn read(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name);
    serde_yaml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// A shell line in the folder of test data, with the program on the path.
fn shell(script: &str, variables: &[(&str, &str)]) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_netweight")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    Command::new("bash")
        .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script])
        .current_dir(testdata())
        .env("PATH", path)
        .env("NETWEIGHT_PLUGINS", "")
        .env("GITHUB_ACTIONS", "true")
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

#[test]
fn the_actions_variables_are_its_inputs() {
    let action = read("action.yml");
    let inputs = action["inputs"].as_mapping().unwrap();
    let steps = action["runs"]["steps"].as_sequence().unwrap();
    for step in steps {
        assert_eq!(step["shell"].as_str(), Some("bash"));
        // An input in the script itself would be run as part of it.
        assert!(!step["run"].as_str().unwrap().contains("${{"));
        for value in step["env"].as_mapping().unwrap().values() {
            let name = value.as_str().unwrap().strip_prefix("${{ inputs.").unwrap();
            assert!(inputs.contains_key(name.strip_suffix(" }}").unwrap()), "{name}");
        }
    }
}

#[test]
fn the_action_reports_and_fails_with_the_limits() {
    let action = read("action.yml");
    let script = action["runs"]["steps"][1]["run"].as_str().unwrap();
    let summary = std::env::temp_dir().join(format!("netweight-summary-{}", std::process::id()));
    let run = |files, options| {
        let _ = std::fs::remove_file(&summary);
        let path = summary.to_str().unwrap();
        let variables = [("FILES", files), ("OPTIONS", options), ("GITHUB_STEP_SUMMARY", path)];
        let output = shell(script, &variables);
        let written = std::fs::read_to_string(&summary).unwrap();
        (output.status.code().unwrap(), written, String::from_utf8(output.stderr).unwrap())
    };
    let (code, written, said) = run("onnx/convnet.onnx\nyaml/lstm.yaml\n", "");
    assert_eq!((code, said.as_str()), (0, ""));
    assert!(written.contains("26,778") && written.contains("4 × [2(2 + 3) + 2]"), "{written}");

    let (code, written, said) = run("onnx/convnet.onnx", "--max-parameters=20k\n--check");
    assert_eq!(code, 1);
    assert!(written.contains("26,778"), "{written}");
    assert!(said.starts_with("::error file=onnx/convnet.onnx,"), "{said}");

    let (code, ..) = run("no-such-file.onnx; echo", "");
    assert_eq!(code, 2);
    std::fs::remove_file(&summary).unwrap();
}

#[test]
fn the_action_knows_how_to_install() {
    let action = read("action.yml");
    let script = action["runs"]["steps"][0]["run"].as_str().unwrap();
    assert!(shell(script, &[("INSTALL", "no")]).status.success());
    let wrong = shell(script, &[("INSTALL", "snap")]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8(wrong.stdout).unwrap().starts_with("::error::install is 'snap'"));
    assert!(script.contains(&format!(" {}", env!("CARGO_PKG_NAME"))));
}

#[test]
fn the_hook_checks_files() {
    let hooks = read(".pre-commit-hooks.yaml");
    let entry = hooks[0]["entry"].as_str().unwrap();
    let checked = |files: &str| shell(&format!("{entry} {files}"), &[]).status.code().unwrap();
    assert_eq!(checked("onnx/convnet.onnx keras/archive.keras"), 0);
    // Its count is not known.
    assert_eq!(checked("keras/unbuilt.json"), 1);
    assert_eq!(checked("bad/keras/circle.json"), 2);
}
