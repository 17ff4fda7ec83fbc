//! One thing at a time: what is asked last is what is answered.

use std::{fs, slice};

use crate::chromium::Chromium;
use crate::{FAILURES, STATE, page, testdata, typed};

/// A spec that takes a while: nearly as many layers as a spec may have.
const LONG: &str = "input: 3\nlayers:\n  - repeat: 49000\n    layers: [dense: 3]\n";

/// Counts the workers that are put an end to.
fn watch(browser: &mut Chromium) {
    browser.ask(
        "{ window.ended = 0; const end = Worker.prototype.terminate;
           Worker.prototype.terminate = function () { window.ended += 1; return end.call(this); }; }",
    );
}

#[test]
fn a_crash_costs_its_own_files_only() {
    let Some(mut browser) = page() else { return };
    browser.ask(
        "{ const post = Worker.prototype.postMessage; let once = true;
           Worker.prototype.postMessage = function (message) {
             if (once && message.question) { once = false; message = { ...message, question: { ask: 1n } }; }
             return post.call(this, message); }; }",
    );
    browser.give(&[testdata("yaml/bigru-lstm.yaml")]);
    let failures = browser.said(FAILURES);
    assert!(failures.contains("stumbled over this file"), "{failures}");
    browser.give(&[testdata("yaml/bigru-lstm.yaml")]);
    browser.total("12,620");
}

#[test]
fn typing_puts_an_end_to_a_count() {
    let Some(mut browser) = page() else { return };
    watch(&mut browser);
    browser.ask(&typed(LONG));
    browser.until(&format!("{STATE}.startsWith('Reading')"));
    browser.ask(&typed("input: 3\nlayers:\n  - dense: 5\n"));
    browser.total("20");
    assert_eq!(browser.ask("window.ended"), 1);
    browser.ask(&typed("input: 3\nlayers:\n  - dense: 6\n"));
    browser.total("24");
    assert_eq!(browser.ask("window.ended"), 1, "nothing was running");
    assert_eq!(browser.wrong(), Vec::<String>::new());
}

#[test]
fn a_file_takes_the_place_of_the_one_that_is_read() {
    let Some(mut browser) = page() else { return };
    let long = std::env::temp_dir().join(format!("netweight-long-{}.yaml", std::process::id()));
    fs::write(&long, LONG).unwrap();
    watch(&mut browser);
    browser.drop("#drop", slice::from_ref(&long));
    browser.until(&format!("{STATE}.startsWith('Reading')"));
    browser.drop("#drop", &[testdata("yaml/bigru-lstm.yaml")]);
    browser.total("12,620");
    assert_eq!(browser.ask("window.ended"), 1);
    assert_eq!(browser.said(FAILURES), "");
    fs::remove_file(long).unwrap();
    assert_eq!(browser.wrong(), Vec::<String>::new());
}
