//! The C header: clean in C and C++, and laid out as its Rust mirror.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may be blunt"
)]

use std::mem::offset_of;
use std::path::{Path, PathBuf};
use std::process::Command;

use netweight_plugin::abi::{ABI, Input, Output};

fn include() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("include")
}

/// Compiles a C or C++ source with every warning an error; returns where the result lies.
fn compile(name: &str, compiler: &str, flags: &[&str], source: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let ending = if compiler == "c++" { "cc" } else { "c" };
    let (file, program) = (folder.join(format!("{name}.{ending}")), folder.join(name));
    std::fs::write(&file, source).unwrap();
    let output = Command::new(compiler)
        .args(["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror", "-I"])
        .arg(include())
        .args(flags)
        .arg(&file)
        .arg("-o")
        .arg(&program)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    program
}

fn run(program: &Path) -> String {
    let output = Command::new(program).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

const PLUGIN: &str = r#"
#include "netweight_plugin.h"
NW_MANIFEST("{\"abi\": 1, \"id\": \"t\", \"name\": \"T\", \"version\": \"1\"}");
int32_t netweight_import(const nw_input *in, const nw_output *out) {
  return in->len == 0 ? nw_fail(out, "empty") : nw_number(out, in->len) + nw_string(out, in->name, in->name_len);
}
"#;

#[test]
fn the_header_is_clean_c_and_cpp() {
    for (compiler, standard) in [("cc", "c99"), ("cc", "c11"), ("c++", "c++11"), ("c++", "c++17")] {
        if compiler == "c++" && Command::new(compiler).arg("--version").output().is_err() {
            eprintln!("skipped: no C++ compiler");
            continue;
        }
        let standard = format!("-std={standard}");
        compile(&format!("plugin-{standard}"), compiler, &[&standard, "-shared", "-fPIC"], PLUGIN);
    }
}

#[test]
fn the_example_is_clean_c() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/example-c/tiny.c");
    let source = std::fs::read_to_string(example).unwrap();
    for standard in ["-std=c99", "-std=c11"] {
        compile(&format!("tiny{standard}"), "cc", &[standard, "-shared", "-fPIC"], &source);
    }
}

/// The fields of a structure on both sides: the C name, the Rust offset.
macro_rules! offsets {
    ($c:literal, $rust:ident, $($field:literal $mirror:ident),*) => {
        [($c, "", size_of::<$rust>()), $(($c, $field, offset_of!($rust, $mirror))),*]
    };
}

#[test]
fn the_rust_mirror_is_laid_out_as_the_header() {
    let fields = [
        &offsets!("nw_input", Input,
            "size" size, "abi" abi, "data" data, "len" length, "name" name,
            "name_len" name_length, "options" options, "options_len" options_length,
            "ctx" context, "open" open)[..],
        &offsets!("nw_output", Output,
            "size" size, "reserved" reserved, "ctx" context, "emit" emit, "fail" fail)[..],
    ]
    .concat();
    let print = |(of, field, _): &(&str, &str, usize)| match *field {
        "" => format!("printf(\"%zu\\n\", sizeof({of}));"),
        field => format!("printf(\"%zu\\n\", offsetof({of}, {field}));"),
    };
    let body: String = fields.iter().map(print).collect();
    let source = format!(
        "#include <stdio.h>\n#include \"netweight_plugin.h\"\nint main(void) {{ {body} printf(\"%u\\n\", NW_ABI); return 0; }}"
    );
    let expected: Vec<String> = fields.iter().map(|(.., offset)| offset.to_string()).collect();
    let printed = run(&compile("layout", "cc", &["-std=c11"], &source));
    assert_eq!(printed.lines().collect::<Vec<_>>(), [expected, vec![ABI.to_string()]].concat());
}

/// Strings of every difficulty, as C sends them: JSON that a JSON reader gives back.
#[test]
fn strings_are_escaped() {
    let source = r#"
#include <stdio.h>
#include "netweight_plugin.h"
static int32_t emit(void *ctx, const void *bytes, size_t len) {
  (void)ctx;
  return fwrite(bytes, 1, len, stdout) == len ? 0 : 1;
}
int main(void) {
  static const char *const texts[] = {"plain", "a\"b\\c\n\x01\x7f", "b\xC3\xBCro \xE2\x82\xAC \xF0\x9F\x98\x80",
    "\xFF" "a", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xC0\x80", ""};
  nw_output out = {sizeof(nw_output), 0, 0, emit, 0};
  size_t i;
  for (i = 0; i < sizeof texts / sizeof *texts; i++) {
    nw_string(&out, texts[i], strlen(texts[i]));
    nw_text(&out, "\n");
  }
  nw_number(&out, 0);
  nw_text(&out, "\n");
  nw_number(&out, UINT64_MAX);
  return 0;
}
"#;
    let printed = run(&compile("strings", "cc", &["-std=c99"], source));
    let lines: Vec<&str> = printed.lines().collect();
    let read = |line: &&str| serde_json::from_str::<String>(line).unwrap();
    let texts: Vec<String> = lines[..10].iter().map(read).collect();
    let expected = [
        "plain",
        "a\"b\\c\n\u{1}\u{7f}",
        "büro € 😀",
        "\u{FFFD}a",
        "\u{FFFD}",
        "\u{FFFD}\u{FFFD}\u{FFFD}",
        "\u{FFFD}\u{FFFD}\u{FFFD}",
        "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}",
        "\u{FFFD}\u{FFFD}",
        "",
    ];
    assert_eq!(texts, expected);
    assert_eq!(lines[10..], ["0", &u64::MAX.to_string()]);
}
