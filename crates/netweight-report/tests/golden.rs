//! Renderings against files that were read by a person. `BLESS=1` writes them anew.
#![expect(clippy::unwrap_used, reason = "a failed expectation is what tests are for")]

mod blessed;
mod models;

use blessed::check;
use netweight_core::Check;
use netweight_report::{
    Catalogue, Csv, Explanation, LayerBytes, Markdown, ModelReport, Part, Renderer, Report, Size,
    SizeKind, Stored, Style, Symbol, Text, View,
};

fn report(model: ModelReport) -> Report {
    Report::new(vec![model], vec![])
}

fn rendered(renderer: &dyn Renderer, report: &Report) -> Vec<u8> {
    let mut out = Vec::new();
    renderer.render(report, &mut out).unwrap();
    out
}

#[track_caller]
fn check_text(name: &str, report: &Report, width: usize) {
    let out = rendered(&Text { width, ..Text::default() }, report);
    for line in std::str::from_utf8(&out).unwrap().lines() {
        assert!(unicode_width::UnicodeWidthStr::width(line) <= width, "{line}");
        assert_eq!(line, line.trim_end(), "spaces at the end");
    }
    check(name, &out);
}

#[test]
fn two_recurrent_layers_in_80_columns() {
    check_text("bigru-lstm.80.txt", &report(models::bigru_lstm()), 80);
}

#[test]
fn several_models_with_a_line_between() {
    let report = Report::new(vec![models::bigru_lstm(), models::empty()], vec![]);
    check_text("several.60.txt", &report, 60);
}

#[test]
fn a_cnn_uses_the_width_there_is() {
    for width in [48, 80, 100, 160] {
        check_text(&format!("cnn.{width}.txt"), &report(models::cnn()), width);
    }
}

#[test]
fn what_is_unknown_has_a_note() {
    check_text("unknown.80.txt", &report(models::unknown()), 80);
}

#[test]
fn equal_blocks_are_shown_once() {
    check_text("transformer.80.txt", &report(models::transformer()), 80);
}

#[test]
fn all_shows_every_layer() {
    let text = Text { view: View { all: true, ..View::default() }, ..Text::default() };
    let out = rendered(&text, &report(models::transformer()));
    let lines = String::from_utf8(out).unwrap().lines().filter(|l| l.contains("act")).count();
    assert_eq!(lines, 64);
}

#[test]
fn long_names_are_shortened_and_long_arithmetic_wrapped() {
    for width in [80, 120] {
        check_text(&format!("long-names.{width}.txt"), &report(models::long_names()), width);
    }
}

#[test]
fn colours_change_nothing_but_colours() {
    let report = report(models::unknown());
    let colored = rendered(&Text { style: Style::colored(), ..Text::default() }, &report);
    let plain = rendered(&Text::default(), &report);
    let mut stripped = String::new();
    let mut escape = false;
    for c in String::from_utf8(colored.clone()).unwrap().chars() {
        escape |= c == '\u{1b}';
        if !escape {
            stripped.push(c);
        }
        escape &= c != 'm';
    }
    assert_ne!(colored, plain);
    assert_eq!(stripped.as_bytes(), plain);
}

#[test]
fn markdown_tables_hold_whatever_names_there_are() {
    check("cnn.md", &rendered(&Markdown::default(), &report(models::cnn())));
    check("unknown.md", &rendered(&Markdown::default(), &report(models::unknown())));
    check("long-names.md", &rendered(&Markdown::default(), &report(models::long_names())));
}

#[test]
fn csv_has_every_layer_and_bare_numbers() {
    check("cnn.csv", &rendered(&Csv::default(), &report(models::cnn())));
    check("long-names.csv", &rendered(&Csv::default(), &report(models::long_names())));
}

#[test]
fn the_arithmetic_of_an_lstm() {
    check("lstm.explain.txt", &explained(&lstm()));
}

#[test]
fn the_arithmetic_and_the_file_side_by_side() {
    let weights = lstm().weights;
    let stored = Stored { elements: 48, weights, check: Check::Agree };
    check("lstm-stored.explain.txt", &explained(&Explanation { stored: Some(stored), ..lstm() }));
}

fn explained(explanation: &Explanation) -> Vec<u8> {
    let mut out = Vec::new();
    Text::default().explain(std::slice::from_ref(explanation), &mut out).unwrap();
    out
}

/// The textbook's LSTM: h = 2, i = 3, 4 × [2(2 + 3) + 2] = 48.
fn lstm() -> Explanation {
    let symbol = |symbol: &str, value: &str, meaning: &str| Symbol {
        symbol: symbol.into(),
        value: value.into(),
        meaning: meaning.into(),
    };
    let part = |name: &str, shape: &str, elements| Part {
        name: name.into(),
        shape: shape.into(),
        elements,
    };
    Explanation {
        path: "lstm".into(),
        headline: "LSTM, 2 units on 3 features".into(),
        quantity: "parameters".into(),
        formula: Some("g × [h(h + i) + h]".into()),
        symbols: vec![
            symbol("g", "4", "dense networks in one cell (input, forget, cell, output)"),
            symbol("h", "2", "hidden units"),
            symbol("i", "3", "input size"),
        ],
        steps: ["4 × [2(2 + 3) + 2]", "4 × [2 × 5 + 2]", "4 × [10 + 2]", "4 × 12", "48"]
            .map(String::from)
            .to_vec(),
        weights: vec![
            part("kernel", "3 × 8", 24),
            part("recurrent kernel", "2 × 8", 16),
            part("bias", "8", 8),
        ],
        notes: vec![
            "Frameworks that keep two bias vectors per gate (ONNX, PyTorch) count 56.".into(),
        ],
        stored: None,
    }
}

#[test]
fn schemes_side_by_side() {
    let mut model = models::cnn();
    let dynamic = Size {
        file_bytes: Some(2_950_000),
        file_tolerance: Some(0.02),
        note: Some("3 convolutions per tensor; biases stay float32".into()),
        largest: vec![LayerBytes { path: "layer4.1.conv2".into(), bytes: 2_361_344 }],
        ..models::size("ort-dyn-int8", SizeKind::Scheme, 2_921_128, 2_919_208)
    };
    let refused = Size {
        refused: Some("rtn-asym fails when a matrix has an odd number of blocks (fc: 5)".into()),
        ..models::size("rtn-asym", SizeKind::Scheme, 0, 2_919_208)
    };
    model.sizes.extend([dynamic, refused]);
    for width in [80, 120] {
        let mut out = Vec::new();
        let text = Text { width, ..Text::default() };
        text.sizes(&report(model.clone()), &mut out).unwrap();
        check(&format!("cnn.sizes.{width}.txt"), &out);
    }
}

#[test]
fn a_catalogue_wraps_its_last_column() {
    let row = |texts: [&str; 3]| texts.map(String::from).to_vec();
    let catalogue = Catalogue {
        titles: vec!["format", "names", "what it is"],
        rows: vec![
            row(["onnx", ".onnx", "an ONNX graph with its weights inside or in files beside it"]),
            row(["yaml", ".yaml, .yml", "a network written by hand"]),
        ],
    };
    let mut out = Vec::new();
    Text { width: 60, ..Text::default() }.catalogue(&catalogue, &mut out).unwrap();
    check("catalogue.60.txt", &out);
}

#[test]
fn no_width_is_too_narrow_to_answer() {
    for model in [models::cnn(), models::unknown(), models::long_names(), models::empty()] {
        let total = model.totals.parameters.unwrap();
        for width in 0..60 {
            let text = Text { width, ..Text::default() };
            let out = rendered(&text, &report(model.clone()));
            let out = String::from_utf8(out).unwrap();
            let total = netweight_report::quantity::grouped(total);
            assert!(out.contains(&total), "the total is never cut: {out}");
            text.sizes(&report(model.clone()), &mut Vec::new()).unwrap();
            text.explain(&[lstm()], &mut Vec::new()).unwrap();
        }
    }
}
