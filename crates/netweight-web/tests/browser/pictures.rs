//! What a person sees, kept to be looked at.

use std::path::PathBuf;
use std::time::Duration;
use std::{env, fs, slice, thread};

use serde_json::json;

use crate::chromium::Chromium;
use crate::{click, click_in_report, page, testdata};

/// `PICTURES=FOLDER` keeps them, as PNG in base64.
#[test]
fn pictures_to_look_at() {
    let Some(folder) = env::var_os("PICTURES").map(PathBuf::from) else { return };
    let Some(mut browser) = page() else { return };
    let [onnx, keras] = ["onnx/mobilenet-v2-x0-25.onnx", "keras/mobilenet-v2.json"].map(testdata);
    for (name, width, value) in [
        ("desktop", 1200, "light"),
        ("dark", 1200, "dark"),
        ("phone", 390, "light"),
        ("phone-dark", 390, "dark"),
    ] {
        let feature = json!({"name": "prefers-color-scheme", "value": value});
        browser.command("Emulation.setEmulatedMedia", json!({"features": [feature]}));
        let size =
            json!({"width": width, "height": 1900, "deviceScaleFactor": 1, "mobile": width < 500});
        browser.command("Emulation.setDeviceMetricsOverride", size);
        let keep = |browser: &mut Chromium, what: &str| {
            thread::sleep(Duration::from_millis(400));
            fs::write(folder.join(format!("{name}-{what}.png.base64")), browser.picture()).unwrap();
        };
        browser.give(slice::from_ref(&onnx));
        keep(&mut browser, "report");
        browser.ask(&click_in_report("#layers tbody tr:nth-child(2) td.name button"));
        keep(&mut browser, "explain");
        browser.ask(&click("#explain button"));
        browser.give(&[onnx.clone(), keras.clone()]);
        keep(&mut browser, "diff");
        browser.give(&[testdata("bad/yaml/block-values.yaml")]);
        browser.ask("document.getElementById('spec-part').open = true");
        keep(&mut browser, "error");
    }
}
