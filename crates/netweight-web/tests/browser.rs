//! The built page in a real browser, driven as a person does it: files are given to its picker
//! and dropped on it. Where the page, the program or Chromium are missing it says so and passes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]
#![expect(clippy::print_stderr, reason = "a test that did not run says so, and figures are told")]

mod chromium;

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use chromium::Chromium;
use serde_json::{Value, json};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn built(name: &str) -> Option<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or(root().join("target"), PathBuf::from);
    let path = target.join("dist").join(name);
    let there = path.exists();
    if !there {
        eprintln!("skipped: no {} (cargo xtask web, cargo xtask dist)", path.display());
    }
    there.then_some(path)
}

/// The page, loaded.
fn page() -> Option<Chromium> {
    let page = built("web/index.html")?;
    let mut browser = Chromium::start(&page)?;
    browser.until("document.getElementById('state')?.textContent === 'Ready.'");
    Some(browser)
}

/// The program's report on a file.
fn told(program: &Path, file: &Path) -> Value {
    let output = Command::new(program).args(["--format", "json"]).arg(file).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

const SETTLED: &str = "/read in|not read/.test(document.getElementById('state').textContent)";
const TOTAL: &str = "document.getElementById('report').contentDocument?.querySelector('#totals td')?.textContent ?? ''";
const FAILURES: &str = "document.getElementById('failures').textContent";

impl Chromium {
    /// Gives files to the page and waits for its answer.
    fn give(&mut self, files: &[&Path]) {
        self.ask("document.getElementById('state').textContent = ''");
        self.pick("#files", files);
        self.until(SETTLED);
    }

    /// The first total of the report that is shown, once the frame has it.
    fn total(&mut self, wanted: &str) -> String {
        self.until(&format!("({TOTAL}).replace('≥ ', '') === {}", json!(wanted)));
        self.ask(TOTAL).as_str().unwrap().to_owned()
    }
}

const MODELS: [&str; 8] = [
    "onnx/mobilenet-v2-x0-25.onnx",
    "keras/bigru-lstm.json",
    "yaml/bigru-lstm.yaml",
    "gguf/bert-f16.gguf",
    "safetensors/transformer.safetensors",
    "tflite/convolutions.tflite",
    "keras/archive.keras",
    "keras/archive-legacy.h5",
];

#[test]
fn totals_are_those_of_the_program() {
    let (Some(program), Some(mut browser)) = (built("bin/netweight"), page()) else { return };
    for model in MODELS {
        let file = root().join("testdata").join(model);
        let report = told(&program, &file);
        let totals = &report["models"][0]["totals"];
        let parameters = totals["parameters"].as_u64().unwrap_or_else(|| panic!("{model}"));
        browser.give(&[&file]);
        assert_eq!(browser.ask(FAILURES), "", "{model}");
        let mark = if totals["complete"] == true { "" } else { "≥ " };
        assert!(browser.total(&grouped(parameters)).starts_with(mark), "{model}");
        eprintln!("{model}: {}", browser.ask("document.getElementById('state').textContent"));
    }
    assert_eq!(browser.wrong(), Vec::<String>::new());
}

#[test]
fn hostile_files_get_their_words_and_the_page_lives_on() {
    let (Some(program), Some(mut browser)) = (built("bin/netweight"), page()) else { return };
    let good = root().join("testdata/yaml/bigru-lstm.yaml");
    let mut seen = 0;
    for folder in ["onnx", "keras", "yaml", "unknown"] {
        let folder = root().join("testdata/bad").join(folder);
        let mut files: Vec<PathBuf> =
            fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(|path| path.is_file() && path.extension().is_none_or(|ext| ext != "err"));
        files.sort();
        for file in &files {
            let name = file.file_name().unwrap().to_str().unwrap();
            let output = Command::new(&program).arg(name).current_dir(&folder).output().unwrap();
            browser.give(&[file]);
            let shown = browser.ask(FAILURES);
            assert_eq!(shown, String::from_utf8(output.stderr).unwrap(), "{}", file.display());
            seen += usize::from(!output.status.success());
        }
        browser.give(&[&good]);
        browser.total("12,620");
    }
    assert!(seen > 40, "{seen} files");
    assert_eq!(browser.wrong(), Vec::<String>::new());
}

#[test]
fn schemes_arithmetic_specs_and_comparisons_need_no_second_reading() {
    let Some(mut browser) = page() else { return };
    let [small, other] = ["yaml/bigru-lstm.yaml", "keras/bigru-lstm.json"];
    let file = |name: &str| root().join("testdata").join(name);
    browser.drop("#drop", &[&file(small)]);
    browser.total("12,620");
    let click = |selector: &str| format!("document.querySelector('{selector}').click()");
    browser.ask("document.getElementById('scheme').value = 'int4,group=32'");
    browser.ask(&click("#pick button"));
    let sizes = "document.getElementById('report').contentDocument?.querySelector('#sizes')?.textContent ?? ''";
    browser.until(&format!("({sizes}).includes('int4,group=32')"));
    browser.ask("document.getElementById('report').contentDocument.querySelectorAll('#layers td.name')[1].click()");
    browser.until("document.getElementById('explain').open");
    let explained = browser.ask("document.getElementById('explained').textContent");
    assert!(explained.as_str().unwrap().contains("4 × [50(50 + 10) + 50]"), "{explained}");
    browser.ask(&click("#explain button"));
    browser.ask(&click("#picked button"));

    browser.give(&[&file(small), &file(other)]);
    browser.until("!document.getElementById('diff-part').hidden");
    assert!(
        browser
            .ask("document.getElementById('diff').textContent")
            .as_str()
            .unwrap()
            .contains("parameters")
    );

    browser.ask("{ const spec = document.getElementById('spec'); spec.value = 'input: 3\\nlayers:\\n  - dense: 5\\n'; spec.dispatchEvent(new Event('input')); }");
    browser.total("20");
    browser.ask("{ const spec = document.getElementById('spec'); spec.value = 'input: 3\\nlayers:\\n  - densse: 5\\n'; spec.dispatchEvent(new Event('input')); }");
    browser.until(&format!("{FAILURES}.includes('did you mean')"));
    assert_eq!(browser.ask(TOTAL), "20", "what counted last stays in sight");
    assert_eq!(browser.wrong(), Vec::<String>::new());
}

#[test]
fn a_crash_costs_its_own_files_only() {
    let Some(mut browser) = page() else { return };
    let file = root().join("testdata/yaml/bigru-lstm.yaml");
    browser.ask(
        "{ const post = Worker.prototype.postMessage; let once = true;
           Worker.prototype.postMessage = function (message) {
             if (once && message.question) { once = false; message = { ...message, question: { ask: 1n } }; }
             return post.call(this, message); }; }",
    );
    browser.give(&[&file]);
    let failures = browser.ask(FAILURES);
    assert!(failures.as_str().unwrap().contains("stumbled over this file"), "{failures}");
    browser.give(&[&file]);
    browser.total("12,620");
}

/// A file of this length that begins with these bytes; the rest takes no disk.
fn sparse(folder: &Path, name: &str, head: &[u8], length: u64) -> PathBuf {
    let path = folder.join(name);
    let mut file = File::create(&path).unwrap();
    file.write_all(head).unwrap();
    file.set_len(length).unwrap();
    path
}

/// An ONNX model of one dense layer, its 5 GB of weights inline: message fields by hand, as
/// field number, wire type and length.
fn onnx() -> (Vec<u8>, u64, u64) {
    let (inputs, outputs) = (25_000_u64, 50_000_u64);
    let payload = inputs * outputs * 4;
    let text = |field: u8, text: &str| delimited(field, text.as_bytes());
    let node = delimited(
        1,
        &[text(1, "x"), text(1, "w"), text(2, "y"), text(3, "fc"), text(4, "MatMul")].concat(),
    );
    let mut tensor = [
        vec![0x08],
        varint(inputs),
        vec![0x08],
        varint(outputs),
        vec![0x10, 1],
        text(8, "w"),
        vec![9 << 3 | 2],
        varint(payload),
    ]
    .concat();
    let before = tensor.len() as u64;
    let name = text(2, "big");
    let tensor_length = before + payload;
    let graph_head = [node, name, vec![5 << 3 | 2], varint(tensor_length)].concat();
    let graph_length = graph_head.len() as u64 + tensor_length;
    let mut file = [
        vec![0x08, 9],
        delimited(8, &[vec![0x10, 17]].concat()),
        vec![7 << 3 | 2],
        varint(graph_length),
        graph_head,
    ]
    .concat();
    file.append(&mut tensor);
    let length = file.len() as u64 + payload;
    (file, length, inputs * outputs)
}

fn varint(mut n: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while n > 127 {
        bytes.push(u8::try_from(n & 127).unwrap() | 128);
        n >>= 7;
    }
    bytes.push(u8::try_from(n).unwrap());
    bytes
}

fn delimited(field: u8, bytes: &[u8]) -> Vec<u8> {
    [vec![field << 3 | 2], varint(bytes.len() as u64), bytes.to_vec()].concat()
}

/// A GGUF file of one matrix of 10 GB.
fn gguf() -> (Vec<u8>, u64, u64) {
    let (inputs, outputs) = (50_000_u64, 50_000_u64);
    let mut file = b"GGUF\x03\0\0\0".to_vec();
    for count in [1_u64, 0, 13] {
        file.extend(count.to_le_bytes());
    }
    file.extend(b"output.weight");
    file.extend(2_u32.to_le_bytes());
    for dim in [inputs, outputs] {
        file.extend(dim.to_le_bytes());
    }
    file.extend([0; 4 + 8]);
    file.resize(file.len().next_multiple_of(32), 0);
    let length = file.len() as u64 + inputs * outputs * 4;
    (file, length, inputs * outputs)
}

#[test]
fn large_files_are_not_in_memory() {
    let Some(mut browser) = page() else { return };
    let folder = std::env::temp_dir().join(format!("netweight-large-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    for (name, (head, length, parameters)) in [("5gb.onnx", onnx()), ("10gb.gguf", gguf())] {
        let file = sparse(&folder, name, &head, length);
        let began = Instant::now();
        browser.give(&[&file]);
        browser.total(&grouped(parameters));
        let memory = browser.memory();
        eprintln!(
            "{name}: {length} bytes in {:?}, page memory {} MiB",
            began.elapsed(),
            memory >> 20
        );
        assert!(memory < 200 << 20, "{name}: {memory} bytes");
    }
    fs::remove_dir_all(folder).unwrap();
    assert_eq!(browser.wrong(), Vec::<String>::new());
}

/// `PICTURES=FOLDER` keeps what a person sees, to be looked at.
#[test]
fn pictures_to_look_at() {
    let Some(folder) = std::env::var_os("PICTURES").map(PathBuf::from) else { return };
    let Some(mut browser) = page() else { return };
    let [onnx, keras] = ["onnx/mobilenet-v2-x0-25.onnx", "keras/mobilenet-v2.json"]
        .map(|name| root().join("testdata").join(name));
    let scheme = |dark: bool| {
        let value = if dark { "dark" } else { "light" };
        json!({"features": [{"name": "prefers-color-scheme", "value": value}]})
    };
    let size = |width: u32, height: u32| json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500});
    let keep = |browser: &mut Chromium, name: &str| {
        std::thread::sleep(std::time::Duration::from_millis(400));
        fs::write(folder.join(format!("{name}.png.base64")), browser.picture()).unwrap();
    };
    for (name, width, height, dark) in
        [("desktop", 1200, 1500, false), ("dark", 1200, 1500, true), ("phone", 390, 1700, false)]
    {
        browser.command("Emulation.setEmulatedMedia", scheme(dark));
        browser.command("Emulation.setDeviceMetricsOverride", size(width, height));
        browser.give(&[&onnx]);
        keep(&mut browser, name);
    }
    browser.ask("document.getElementById('report').contentDocument.querySelectorAll('#layers td.name')[1].click()");
    keep(&mut browser, "phone-explain");
    browser.ask("document.querySelector('#explain button').click()");
    browser.command("Emulation.setDeviceMetricsOverride", size(1200, 1500));
    browser.give(&[&onnx, &keras]);
    keep(&mut browser, "diff");
    browser.give(&[&root().join("testdata/bad/yaml").join("block-values.yaml")]);
    browser.ask("document.getElementById('spec-part').open = true");
    keep(&mut browser, "error");
}
