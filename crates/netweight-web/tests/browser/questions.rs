//! What is asked about a model that was read.

use std::slice;

use serde_json::json;

use crate::{FAILURES, STATE, TOTAL, click, click_in_report, page, testdata, typed};

#[test]
fn schemes_arithmetic_specs_and_comparisons_need_no_second_reading() {
    let Some(mut browser) = page() else { return };
    let [small, other] = ["yaml/bigru-lstm.yaml", "keras/bigru-lstm.json"].map(testdata);
    browser.drop("#drop", slice::from_ref(&small));
    browser.total("12,620");
    browser.settled();
    assert!(browser.said(STATE).starts_with("bigru-lstm.yaml: 12,620 parameters"));
    browser.ask("document.getElementById('scheme').value = 'int4,group=32'");
    browser.ask(&click("#pick button"));
    let sizes = "document.getElementById('report').contentDocument?.querySelector('#sizes')?.textContent ?? ''";
    browser.until(&format!("({sizes}).includes('int4,group=32')"));
    browser.settled();
    browser.ask(&click_in_report("#layers tbody tr:nth-child(2) td.name button"));
    browser.until("document.getElementById('explain').open");
    let explained = browser.said("document.getElementById('explained').textContent");
    assert!(explained.contains("4 × [50(50 + 10) + 50]"), "{explained}");
    browser.ask(&click("#explain button"));
    browser.ask(&click("#picked button"));

    browser.give(&[small, other]);
    browser.until("!document.getElementById('diff-part').hidden");
    let diff = browser.said("document.getElementById('diff').textContent");
    assert!(diff.contains("parameters"), "{diff}");

    browser.ask(&typed("input: 3\nlayers:\n  - dense: 5\n"));
    browser.total("20");
    browser.ask(&typed("input: 3\nlayers:\n  - densse: 5\n"));
    browser.until(&format!("{FAILURES}.includes('did you mean')"));
    assert_eq!(browser.said(TOTAL), "20", "what counted last stays in sight");
    assert_eq!(browser.wrong(), Vec::<String>::new());
}

#[test]
fn what_is_dropped_on_the_report_is_taken() {
    let Some(mut browser) = page() else { return };
    browser.give(&[testdata("yaml/bigru-lstm.yaml")]);
    browser.drop("#report", &[testdata("yaml/lstm.yaml")]);
    browser.total("48");
    assert_eq!(browser.wrong(), Vec::<String>::new());
}

#[test]
fn the_page_may_ask_nobody() {
    let Some(mut browser) = page() else { return };
    browser
        .ask("fetch('https://example.invalid/').catch((error) => (window.refused = error.name))");
    browser.until("window.refused === 'TypeError'");
    let wrong = browser.wrong().join("\n");
    assert!(wrong.contains("Content Security Policy"), "{wrong}");
}

/// Figures to read: the report on the smallest file after load, and on one of 1.1 MB, each in a
/// fresh page, until the frame has it.
#[test]
fn first_reports_are_told() {
    for model in ["yaml/lstm.yaml", "onnx/lstm-2-3.onnx", "onnx/mobilenet-v2-x0-25.onnx"] {
        let Some(mut browser) = page() else { return };
        let told: Vec<_> = (0..3)
            .map(|_| {
                browser.give(&[testdata(model)]);
                browser.said(STATE)
            })
            .collect();
        eprintln!("{}", json!(told));
        assert_eq!(browser.wrong(), Vec::<String>::new());
    }
}
