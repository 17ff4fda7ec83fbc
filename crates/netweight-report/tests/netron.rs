//! The attachment for Netron, by the rules that its reader keeps: it drops what breaks them
//! without a word.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may be blunt")]

mod models;

use std::collections::HashSet;

use netweight_report::{Netron, Renderer, Report};
use serde_json::{Value, json};

fn attachment(models: Vec<netweight_report::ModelReport>) -> Value {
    let mut out = Vec::new();
    Netron.render(&Report::new(models, vec![]), &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

#[test]
fn every_metric_is_one_that_netron_keeps() {
    for model in [models::cnn(), models::unknown(), models::long_names(), models::empty()] {
        let attachment = attachment(vec![model]);
        assert_eq!(attachment["signature"], "netron:attachment");
        let mut seen = HashSet::new();
        for metric in attachment["metrics"].as_array().unwrap() {
            let text = |key: &str| metric[key].as_str().unwrap().to_owned();
            let (kind, target, name) = (text("kind"), text("target"), text("name"));
            assert!(["model", "node", "tensor"].contains(&kind.as_str()));
            assert_eq!(kind == "model", target.is_empty(), "{metric}");
            assert!(!target.contains('\n') && !name.is_empty());
            assert!(metric["value"].is_u64() || metric["value"].is_string());
            assert!(seen.insert((kind, target, name)), "told twice: {metric}");
        }
    }
}

#[test]
fn layers_and_tensors_have_their_figures() {
    let attachment = attachment(vec![models::cnn()]);
    let value = |kind: &str, target: &str, name: &str| {
        let metrics = attachment["metrics"].as_array().unwrap().iter();
        let mut found = metrics
            .filter(|m| m["kind"] == kind && m["target"] == target && m["name"] == name)
            .map(|m| m["value"].clone());
        found.next().unwrap()
    };
    assert_eq!(value("model", "", "parameters"), 2_919_208);
    assert_eq!(value("node", "/conv1/Conv", "by hand"), json!("[3 × (7 × 7) × 64] + 64"));
    assert_eq!(value("node", "fc", "share"), "17.6%");
    assert_eq!(value("tensor", "conv1.weight", "elements"), 9_408);
}
