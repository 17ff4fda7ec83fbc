//! `--rules` and `--assume`: what a person knows and no file says.

use serde_json::Value;

use crate::program::{netweight, testdata};

fn model(arguments: &[&str]) -> Value {
    let said = netweight(80, &[&["--format", "json"], arguments].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    let mut report: Value = serde_json::from_str(&said.out).unwrap();
    report["models"][0].take()
}

fn layer<'m>(model: &'m Value, path: &str) -> &'m Value {
    let mut layers = model["layers"].as_array().unwrap().iter();
    layers.find(|layer| layer["path"] == path).unwrap()
}

fn codes(model: &Value) -> Vec<&str> {
    let told = model["diagnostics"].as_array().unwrap().iter();
    told.map(|told| told["code"].as_str().unwrap()).collect()
}

/// Layer by layer as the framework has it; shapes too, where its record knows them.
#[test]
fn layers_by_rules_are_those_of_the_frameworks() {
    for (file, rules) in [
        ("custom-layers.json", "rules/layers.yaml"),
        ("custom-layers-stored.keras", "rules/layers.yaml"),
        ("custom-operators.onnx", "rules/operators.yaml"),
    ] {
        let model = model(&["--rules", rules, &format!("rules/{file}")]);
        assert_eq!(model["diagnostics"].as_array().unwrap().len(), 0, "{}", model["diagnostics"]);
        let (stem, _) = file.rsplit_once('.').unwrap();
        let record = std::fs::read(testdata().join(format!("rules/{stem}.truth.json"))).unwrap();
        let record: Value = serde_json::from_slice(&record).unwrap();
        for truth in record["layers"].as_array().unwrap() {
            let found = layer(&model, truth["path"].as_str().unwrap());
            for key in ["parameters", "trainable", "non_trainable"] {
                assert_eq!(found[key], truth[key], "{key} of {}", truth["path"]);
            }
            let shape = truth.get("output_shape").unwrap_or(&found["output_shape"]);
            assert_eq!(&found["output_shape"], shape, "{}", truth["path"]);
        }
    }
}

#[test]
fn stored_weights_confirm_the_formulas_of_rules() {
    let model = model(&["--rules", "rules/layers.yaml", "rules/custom-layers-stored.keras"]);
    for layer in model["layers"].as_array().unwrap().iter().skip(1) {
        assert_eq!(layer["formula"]["check"], "agree", "{}", layer["path"]);
    }
}

/// A model with a row of the table in the place of the rules' is not what its author meant.
#[test]
fn a_row_that_goes_before_a_built_in_one_says_so() {
    let rules = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("dense.yaml");
    std::fs::write(&rules, "classes: [{class: Dense, parameters: 7, output: units}]").unwrap();
    let model = model(&["--rules", rules.to_str().unwrap(), "keras/ffnn-3-5-2.json"]);
    assert_eq!(model["totals"]["parameters"], 14);
    assert_eq!(codes(&model), ["rules/instead"]);
    assert_eq!(layer(&model, "dense_1")["output_shape"], serde_json::json!([null, 2]));
}

#[test]
fn a_rules_file_that_is_wrong_stops_the_run() {
    for command in [&[][..], &["explain"], &["sizes"], &["export"], &["spec"]] {
        let arguments = ["--rules", "bad/rules/unknown-kind.yaml", "keras/ffnn-3-5-2.json"];
        let said = netweight(80, &[command, &arguments].concat());
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{command:?}");
        assert!(said.err.contains("`desne` is no kind of the catalogue"), "{}", said.err);
        assert!(said.err.contains("bad/rules/unknown-kind.yaml:2:27"), "{}", said.err);
    }
    let said = netweight(80, &["--rules", "nothing.yaml", "keras/ffnn-3-5-2.json"]);
    assert_eq!((said.code, said.err.as_str()), (2, "error: nothing.yaml: no such file\n"));
}

#[test]
fn lines_that_diagnostics_show_work_when_pasted() {
    let file = "rules/custom-layers.json";
    let open = model(&[file]);
    let helps = open["diagnostics"].as_array().unwrap().iter();
    let helps: Vec<&str> = helps.filter_map(|told| told["help"].as_str()).collect();
    assert_eq!(helps.len(), 7);
    let (mut pasted, mut rows) = (vec![file], String::new());
    for help in &helps {
        let (_, rest) = help.split_once("--assume ").unwrap();
        pasted.extend(["--assume", rest.split_once(',').unwrap().0]);
        let (_, row) = rest.split_once("classes: [").unwrap();
        let row = row.strip_suffix(']').unwrap();
        if !rows.contains(row) {
            rows.push_str(&format!("- {row}\n"));
        }
    }
    let assumed = model(&pasted);
    assert_eq!(assumed["totals"]["parameters"], 7 * 1000 + 8);
    assert_eq!(assumed["totals"]["complete"], true);
    assert_eq!(layer(&assumed, "each_step")["assumed"], true);
    assert_eq!(layer(&assumed, "head").get("assumed"), None);
    assert!(codes(&assumed).iter().all(|code| *code == "assume/count"), "{:?}", codes(&assumed));

    let rules = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("pasted.yaml");
    std::fs::write(&rules, format!("classes:\n{rows}")).unwrap();
    let ruled = model(&["--rules", rules.to_str().unwrap(), file]);
    assert_eq!(layer(&ruled, "gate")["parameters"], 1000);
}

#[test]
fn an_assumption_is_used_where_nothing_is_known_and_there_alone() {
    let file = "rules/custom-layers.json";
    let known = model(&["--assume", "head=5", file]);
    assert_eq!(layer(&known, "head")["parameters"], 8);
    assert!(codes(&known).contains(&"assume/known"));

    let nothing = model(&["--assume", "postions=5", file]);
    let told = &nothing["diagnostics"].as_array().unwrap()[0];
    assert_eq!((&told["code"], &told["severity"]), (&"assume/no-layer".into(), &"warning".into()));
    assert_eq!(told["help"], "did you mean `positions`?");

    // By class, the frozen one among them; the first of several assumptions holds.
    let by_class = model(&["--assume", "Wide=25", "--assume", "wide=3", file]);
    assert_eq!(layer(&by_class, "wide")["trainable"], 25);
    assert_eq!(layer(&by_class, "frozen")["non_trainable"], 25);
    assert!(codes(&by_class).contains(&"assume/known"));
    for wrong in ["gate", "=5", "gate=many"] {
        assert_eq!(netweight(80, &["--assume", wrong, file]).code, 2, "{wrong}");
    }
}

#[test]
fn assumed_counts_stay_in_exports_specs_and_sizes() {
    let arguments = ["--rules", "rules/layers.yaml", "--assume", "*=7", "rules/custom-layers.json"];
    assert_eq!(model(&arguments)["totals"]["parameters"], 292, "all are known");
    let arguments = ["--assume", "*=7", "rules/custom-layers.json"];
    let assumed = model(&arguments);
    assert_eq!(assumed["totals"]["parameters"], 7 * 7 + 8);
    assert_eq!(assumed["sizes"][0]["weights_bytes"], 4 * (7 * 7 + 8));
    for (command, file) in [("export", "assumed.netweight"), ("spec", "assumed.yaml")] {
        let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(file);
        std::fs::write(&file, netweight(80, &[&[command], &arguments[..]].concat()).out).unwrap();
        let back = model(&[file.to_str().unwrap()]);
        assert_eq!(back["totals"]["parameters"], 7 * 7 + 8, "{command}");
    }
}

#[test]
fn the_schema_of_rules_is_printed() {
    let schema: Value = serde_json::from_str(&netweight(80, &["schema", "rules"]).out).unwrap();
    assert_eq!(schema["title"], "netweight rules");
}

/// Without its plugin it is no model without parameters.
#[test]
fn an_index_of_safetensors_needs_its_plugin() {
    let index =
        std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("model.safetensors.index.json");
    let text = r#"{"metadata": {}, "weight_map": {"a": "model-00001-of-00001.safetensors"}}"#;
    std::fs::write(&index, text).unwrap();
    let renamed = index.with_file_name("renamed.json");
    std::fs::write(&renamed, text).unwrap();
    for file in [index, renamed] {
        let said = netweight(80, &[file.to_str().unwrap()]);
        assert_eq!(said.code, 2, "{}", said.out);
        assert!(said.err.contains("the index of safetensors files, which need a plugin"));
    }
}
