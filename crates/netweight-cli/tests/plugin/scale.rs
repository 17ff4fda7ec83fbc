//! Large models through a plugin.

use std::process::Command;

use crate::place::{Place, tests_folder};

const MIB: u64 = 1 << 20;

/// 100,000 layers with their arguments and tensors: within 100 MiB in the program, and, built
/// for speed, within a second on an idle machine.
#[test]
fn a_hundred_thousand_layers() {
    let place = Place::new("scale");
    place.compile(&tests_folder().join("bad.c"), "bad.so", &[]);
    place.write("many.bad", "many");
    let usage = place.path("usage");
    let built =
        Command::new("cc").arg(tests_folder().join("usage.c")).arg("-o").arg(&usage).status();
    assert!(built.unwrap().success());
    let output = Command::new(&usage)
        .arg(place.path("netweight"))
        .args(["export", "--plugin-dir", ".", "many.bad"])
        .current_dir(place.path(""))
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let (seconds, kibibytes) = text.trim().split_once(' ').unwrap();
    let (seconds, bytes): (f64, u64) =
        (seconds.parse().unwrap(), kibibytes.parse::<u64>().unwrap() * 1024);
    assert!(bytes < 100 * MIB, "{} MiB", bytes / MIB);
    // Tests run beside each other, and mostly without optimization.
    let most = if cfg!(debug_assertions) { 60.0 } else { 5.0 };
    assert!(seconds < most, "{seconds} s");
}
