//! The built page in a real browser, driven as a person does it: files are given to its picker
//! and dropped on it. Where the page, the program or Chromium are missing it says so and passes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]
#![allow(clippy::print_stderr, reason = "a test that did not run says so, and figures are told")]

mod chromium;
mod keyboard;
mod large;
mod pictures;
mod program;
mod questions;
mod turns;

use std::path::{Path, PathBuf};

use chromium::Chromium;
use serde_json::{Value, json};

/// A file of the test data.
fn testdata(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata").canonicalize().unwrap().join(name)
}

/// What `cargo xtask web` or `cargo xtask dist` made.
fn built(name: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or(root.join("target"), PathBuf::from);
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
    browser.has_loaded();
    Some(browser)
}

/// What the page says of its work.
const STATE: &str = "document.getElementById('state').textContent";
/// The first total of the report that is shown.
const TOTAL: &str = "document.getElementById('report').contentDocument?.querySelector('#totals td')?.textContent ?? ''";
const FAILURES: &str = "document.getElementById('failures').textContent";

/// A click on what a selector finds.
fn click(selector: &str) -> String {
    format!("document.querySelector('{selector}').click()")
}

/// The same in the report.
fn click_in_report(selector: &str) -> String {
    format!("document.getElementById('report').contentDocument.querySelector('{selector}').click()")
}

/// A spec in the editor, as if it had been typed.
fn typed(spec: &str) -> String {
    format!(
        "{{ const spec = document.getElementById('spec'); spec.value = {}; spec.dispatchEvent(new Event('input')); }}",
        json!(spec)
    )
}

impl Chromium {
    /// Gives files to the page and waits for its answer.
    fn give(&mut self, files: &[PathBuf]) {
        self.ask(&format!("{STATE} = ''"));
        self.pick("#files", files);
        self.settled();
    }

    /// Waits until the page has answered.
    fn settled(&mut self) {
        self.until(&format!("/ ms$|not read$/.test({STATE})"));
    }

    /// Waits for a total; says what stands there, `≥ ` before it where it is not all.
    fn total(&mut self, wanted: &str) -> String {
        self.until(&format!("({TOTAL}).replace('≥ ', '') === {}", json!(wanted)));
        self.said(TOTAL)
    }

    /// The text of an expression.
    fn said(&mut self, expression: &str) -> String {
        self.ask(expression).as_str().unwrap().to_owned()
    }

    /// The report as the page saves it.
    fn saved(&mut self) -> Value {
        self.ask(
            "{ window.saved = null; URL.createObjectURL = (blob) => (blob.text().then((text) => (window.saved = text)), 'about:blank#saved');
               HTMLAnchorElement.prototype.click = () => {}; }",
        );
        self.ask(&click("#save-json"));
        self.until("window.saved !== null");
        serde_json::from_str(&self.said("window.saved")).unwrap()
    }
}
