//! Without a mouse and without sight: keys, focus, and what a screen reader is given.

use serde_json::{Value, json};

use crate::chromium::Chromium;
use crate::{FAILURES, page, testdata, typed};

/// The element that has the focus, in the report too.
const FOCUSED: &str = "((at) => {
    if (at.contentDocument) at = at.contentDocument.activeElement;
    return `${at.closest('[id]')?.id ?? ''} ${at.localName}`; })(document.activeElement)";

/// Whether one sees where the focus is: an outline, or what is drawn for it.
const VISIBLE: &str = "((at) => {
    if (at.contentDocument) at = at.contentDocument.activeElement;
    if (!at.matches(':focus-visible')) return false;
    if (at.matches('g')) return getComputedStyle(at.querySelector('rect')).strokeWidth === '3px';
    const style = getComputedStyle(at.id === 'files' ? document.querySelector('.button') : at);
    return style.outlineStyle === 'solid' && parseFloat(style.outlineWidth) >= 2; })(document.activeElement)";

/// Keys: the name, the code of old, the text that they write.
const KEYS: &[(&str, u32, &str)] = &[
    ("Tab", 9, ""),
    ("Enter", 13, "\r"),
    ("Escape", 27, ""),
    ("ArrowRight", 39, ""),
    (" ", 32, " "),
];

impl Chromium {
    fn press(&mut self, key: &str) {
        let (_, code, text) = KEYS.iter().find(|(name, ..)| *name == key).unwrap();
        let event = |kind: &str| json!({"type": kind, "key": key, "windowsVirtualKeyCode": code, "text": text});
        let down = if text.is_empty() { "rawKeyDown" } else { "keyDown" };
        self.command("Input.dispatchKeyEvent", event(down));
        let up = json!({"type": "keyUp", "key": key, "windowsVirtualKeyCode": code});
        self.command("Input.dispatchKeyEvent", up);
    }

    /// Goes on until something has the focus; every stop on the way must be seen.
    fn tab_to(&mut self, wanted: &str) -> Vec<String> {
        let mut stops = Vec::new();
        while stops.last().is_none_or(|stop| stop != wanted) {
            assert!(stops.len() < 40, "{wanted} is not among {stops:?}");
            self.press("Tab");
            stops.push(self.said(FOCUSED));
            assert_eq!(self.ask(VISIBLE), true, "the focus on {:?} is not seen", stops.last());
        }
        stops
    }

    /// Roles and names of the accessibility tree of the page, or of the report in it.
    fn tree(&mut self, in_report: bool) -> Vec<(String, String)> {
        let mut frame = self.command("Page.getFrameTree", json!({}));
        let of = match in_report {
            true => frame["frameTree"]["childFrames"][0]["frame"]["id"].take(),
            false => frame["frameTree"]["frame"]["id"].take(),
        };
        let tree = self.command("Accessibility.getFullAXTree", json!({"frameId": of}));
        let nodes = tree["nodes"].as_array().unwrap().iter().filter(|node| node["ignored"] != true);
        let text = |value: &Value| value["value"].as_str().unwrap_or_default().to_owned();
        nodes.map(|node| (text(&node["role"]), text(&node["name"]))).collect()
    }
}

#[test]
fn everything_is_done_by_keys() {
    let Some(mut browser) = page() else { return };
    browser.command("Page.setInterceptFileChooserDialog", json!({"enabled": true}));
    assert_eq!(browser.tab_to("files input"), ["files input"], "the drop zone comes first");
    browser.press("Enter");
    browser.until_heard("Page.fileChooserOpened");
    browser.give(&[testdata("yaml/bigru-lstm.yaml")]);
    browser.total("12,620");

    let stops = browser.tab_to("layers button");
    assert_eq!(
        stops,
        [
            "spec-part summary",
            "scheme input",
            "pick button",
            "save-html button",
            "save-json button",
            "measure select",
            "trail button",
            "map g",
            "search input",
            "weightless input",
            "layers button",
        ]
    );
    // Seven columns that sort, then the layers.
    for _ in 0..7 {
        browser.press("Tab");
    }
    browser.press("Enter");
    browser.until("document.getElementById('explain').open");
    let explained = browser.said("document.getElementById('explained').textContent");
    assert!(explained.contains("2 × 3 × [5(5 + 8) + 5]"), "{explained}");
    browser.press("Escape");
    browser.until("!document.getElementById('explain').open");
    browser.until(&format!("({FOCUSED}) === 'layers button'"));
}

#[test]
fn a_screen_reader_is_told_what_there_is_and_what_happens() {
    let Some(mut browser) = page() else { return };
    browser.give(&[testdata("yaml/bigru-lstm.yaml")]);
    browser.total("12,620");
    browser.ask("document.getElementById('spec-part').open = true");
    let tree = browser.tree(false);
    for (role, name) in [
        ("heading", "netweight"),
        ("heading", "Drop a model file here"),
        ("button", "Choose files…"),
        ("textbox", "Layers in YAML, counted while you type"),
        ("combobox", "Sizes under"),
        ("button", "Save as JSON"),
        ("Iframe", "Report"),
    ] {
        assert!(has(&tree, role, name), "{role} {name}: {tree:?}");
    }
    assert!(has(&tree, "status", ""), "{tree:?}");
    assert!(has(&tree, "StaticText", "bigru-lstm.yaml: 12,620 parameters"), "{tree:?}");

    let report = browser.tree(true);
    for (role, name) in [
        ("rowheader", "total"),
        ("columnheader", "parameters"),
        ("columnheader", "of float32"),
        ("button", "lstm"),
        ("searchbox", "Search"),
        ("group", "Where it sits"),
    ] {
        assert!(has(&report, role, name), "{role} {name}: {report:?}");
    }
    for role in ["button", "columnheader", "combobox", "table", "checkbox", "searchbox"] {
        let nameless = report.iter().any(|(of, name)| of == role && name.is_empty());
        assert!(!nameless, "a {role} without a name: {report:?}");
    }

    browser.ask(&typed("input: 3\nlayers:\n  - densse: 5\n"));
    browser.until(&format!("{FAILURES}.includes('did you mean')"));
    let tree = browser.tree(false);
    assert!(has(&tree, "alert", ""), "{tree:?}");
    assert_eq!(browser.wrong(), Vec::<String>::new());
}

fn has(tree: &[(String, String)], role: &str, name: &str) -> bool {
    tree.iter().any(|(of, called)| of == role && called.starts_with(name))
}
