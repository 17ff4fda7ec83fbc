//! The page in a real browser. Where there is no Chromium the test says so and passes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]
#![expect(clippy::print_stderr, reason = "a test that did not run says so")]

mod models;

use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

use netweight_report::{Html, ModelReport, Renderer, Report, SizeKind, Svg};
use serde_json::{Value, json};

fn page(models: Vec<ModelReport>) -> String {
    let mut out = Vec::new();
    Html.render(&Report::new(models, vec![]), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The decoder with its bytes under float16, and a name that tries to be markup.
fn sized() -> ModelReport {
    let mut model = models::decoder(66);
    let bytes: Vec<u64> = model.layers.iter().map(|l| l.parameters.unwrap() * 2).collect();
    let mut size = models::size("float16", SizeKind::Width, 11_510_784, 5_755_392);
    size.layer_bytes = bytes;
    model.sizes = vec![size];
    model.layers[0].path = "</script><b>embed</b><img src=x onerror=alert(1)>".into();
    model
}

const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// What the browser has after the scripts ran; none where there is no browser.
fn seen(name: &str, page: &str) -> Option<Value> {
    let has = |program: &&&str| Command::new(program).arg("--version").output().is_ok();
    let Some(browser) = BROWSERS.iter().find(has) else {
        eprintln!("skipped: no Chromium in the path");
        return None;
    };
    let folder: PathBuf =
        env::temp_dir().join(format!("netweight-page-{}-{name}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let watched = page
        .replacen(
            "<title>",
            concat!("<script>", include_str!("browser/watch.js"), "</script><title>"),
            1,
        )
        .replace(
            "</body>",
            concat!("<script>", include_str!("browser/drive.js"), "</script></body>"),
        );
    let file = folder.join("page.html");
    fs::write(&file, watched).unwrap();
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        .args(["--window-size=1200,900", "--virtual-time-budget=10000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .arg(format!("file://{}", file.display()))
        .output()
        .unwrap();
    let dom = String::from_utf8(output.stdout).unwrap();
    fs::remove_dir_all(folder).unwrap();
    let answer =
        dom.split_once(r#"<pre id="seen">"#).and_then(|(_, rest)| rest.split_once("</pre>"));
    let (answer, _) = answer.unwrap_or_else(|| panic!("the page did not get to its end: {dom}"));
    let text = answer.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    Some(serde_json::from_str(&text).unwrap())
}

#[test]
fn a_person_finds_the_way_through_the_page() {
    let Some(seen) = seen("two", &page(vec![sized(), models::cnn()])) else { return };
    assert_eq!(seen["wrong"], json!([]));
    assert_eq!(seen["requests"], json!([]));
    assert_eq!(seen["markup"], 0, "names are text");
    assert_eq!(seen["totals"][0][1], "5,755,392");
    assert_eq!(seen["totals"][2], json!(["non-trainable", "512", ""]));
    assert_eq!(seen["whole"], "decoder.onnx: 5,755,392 parameters · 100.0%");
    assert_eq!(seen["top"][0], "decoder.layers");
    assert_eq!(seen["hovered"], "decoder.layers: 5,242,880 parameters · 91.1%");
    let blocks: Value = [3, 0, 1, 2].map(|block| format!("decoder.layers.{block}")).to_vec().into();
    assert_eq!(seen["entered"], blocks);
    assert_eq!(seen["trail"], "alldecoder.layers");
    assert_eq!(seen["left"], seen["top"]);
    assert_eq!(seen["focused"], seen["top"][1]);
    assert_eq!((&seen["enteredByKey"], &seen["leftByKey"]), (&blocks, &seen["top"]));
    assert_eq!(seen["rows"], 18, "layers without parameters wait");
    assert_eq!(seen["largest"], json!(["524,288", "524,288"]));
    assert_eq!((&seen["smallest"], &seen["ariaSort"]), (&json!("512"), &json!("ascending")));
    assert_eq!((&seen["search"], &seen["found"]), (&json!(["norm"]), &json!("1 of 66 layers")));
    assert_eq!(seen["measured"], "decoder.onnx: 11,510,784 bytes (11.0 MiB) · 100.0%");
    assert_eq!(seen["tabs"], json!(["decoder.onnx", "resnet-part.onnx"]));
    assert_eq!(seen["compared"], json!(["5,755,392", "2,919,208"]));
    assert_eq!(seen["second"], "2,919,208");
}

#[test]
fn three_thousand_layers_are_a_small_page() {
    let page = page(vec![models::decoder(3000)]);
    assert!(page.len() < 2_000_000, "{} bytes", page.len());
    let Some(seen) = seen("many", &page) else { return };
    assert_eq!(seen["wrong"], json!([]));
    assert_eq!(seen["totals"][0][1], "197,644,800");
    assert_eq!(seen["rows"], 750);
}

#[test]
fn pages_of_odd_models_are_whole() {
    let models = vec![models::empty(), models::unknown(), models::long_names()];
    let page = page(models);
    assert!(!page.contains("src="), "nothing beside the page");
    assert_eq!(page.matches("http://").count(), 1, "the name of a notation, not an address");
    let Some((_, rest)) = page.split_once(r#"id="data">"#) else { panic!("no data") };
    let data = rest.split_once("</script>").unwrap().0;
    let data: Value = serde_json::from_str(data).unwrap();
    assert_eq!(data["models"].as_array().unwrap().len(), 3);
}

#[test]
fn the_picture_alone_is_well_formed() {
    let mut out = Vec::new();
    let models = vec![sized(), models::unknown(), models::empty()];
    Svg::default().render(&Report::new(models, vec![]), &mut out).unwrap();
    let svg = String::from_utf8(out).unwrap();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    assert!(!svg.contains("<img") && !svg.contains("<b>"), "names are text");
    assert_eq!(svg.matches("<g").count(), svg.matches("</g>").count());
    assert!(svg.contains("<title>decoder.layers.3.attn.q: 524,288, 9.1% = 512 × 1024</title>"));
    assert!(!svg.contains("NaN") && !svg.contains("inf\""));
    let bytes = Svg { measure: Some("float16".into()) };
    let mut out = Vec::new();
    bytes.render(&Report::new(vec![sized()], vec![]), &mut out).unwrap();
    assert!(String::from_utf8(out).unwrap().contains("decoder.onnx: 11.0 MiB under float16"));
}
