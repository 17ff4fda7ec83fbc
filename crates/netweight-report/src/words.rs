//! A model in words: its headline, and the lines under its layers.

use netweight_core::Category;

use crate::quantity::{at_least, binary_bytes, counted, grouped};
use crate::report::{CategoryTotal, ModelReport};

/// What a file is: `ONNX opset 17, pytorch 2.9.1, 44.7 MiB`; empty where nothing is known.
pub(crate) fn about(model: &ModelReport) -> String {
    let file = model.file_bytes.map(binary_bytes).into_iter();
    let description = Some(model.description.clone()).filter(|text| !text.is_empty());
    let plugin =
        model.plugin.iter().map(|plugin| format!("by plugin {} {}", plugin.id, plugin.version));
    description.into_iter().chain(file).chain(plugin).collect::<Vec<_>>().join(", ")
}

/// `int8, float32`: each word once, in the order in which they come; none of no words.
pub(crate) fn each_once<'w>(words: impl Iterator<Item = &'w str>) -> Option<String> {
    let mut seen: Vec<&str> = Vec::new();
    for word in words {
        if !seen.contains(&word) {
            seen.push(word);
        }
    }
    (!seen.is_empty()).then(|| seen.join(", "))
}

/// The label of the line that sums all.
pub(crate) const TOTAL: &str = "total";

/// A line under the layers' table.
pub(crate) struct Total {
    pub(crate) label: &'static str,
    pub(crate) sum: String,
    pub(crate) note: String,
}

/// Total, trainable, non-trainable, then what is not counted, where there is any.
pub(crate) fn total_rows(model: &ModelReport) -> Vec<Total> {
    let totals = &model.totals;
    let sum = |n: u64| at_least(totals.complete, grouped(n));
    let total = totals.parameters.map_or("?".to_owned(), sum);
    let mut rows = vec![Total { label: TOTAL, sum: total, note: layers_in_words(model) }];
    if totals.non_trainable > 0 {
        let detail = category(model, Category::NonTrainable).and_then(|c| c.detail.clone());
        let non_trainable = detail.unwrap_or_default();
        rows.push(Total { label: "trainable", sum: sum(totals.trainable), note: String::new() });
        rows.push(Total {
            label: "non-trainable",
            sum: sum(totals.non_trainable),
            note: non_trainable,
        });
    }
    let apart = [
        ("not counted", totals.constants, Category::Constant),
        ("quantization", totals.quantization, Category::Quantization),
        ("unused", totals.unused, Category::Unused),
    ];
    for (label, elements, which) in apart.into_iter().filter(|(_, elements, _)| *elements > 0) {
        rows.push(Total { label, sum: grouped(elements), note: apart_in_words(model, which) });
    }
    rows
}

fn category(model: &ModelReport, which: Category) -> Option<&CategoryTotal> {
    model.categories.iter().find(|total| total.category == which)
}

/// `2 layers, all trainable`; `107 layers with parameters`.
fn layers_in_words(model: &ModelReport) -> String {
    let totals = &model.totals;
    let inputs = model.layers.iter().filter(|layer| layer.kind.as_deref() == Some("input")).count();
    let layers = totals.layers.saturating_sub(inputs as u64);
    let mut words = match totals.layers_with_parameters {
        _ if layers == 0 => return "no layers".to_owned(),
        0 => return format!("{}, none with parameters", counted(layers, "layer")),
        n => counted(n, "layer"),
    };
    if totals.layers_with_parameters < layers {
        words += " with parameters";
    }
    match (totals.trainable, totals.non_trainable) {
        (1.., 0) => words + ", all trainable",
        (0, 1..) => words + ", none trainable",
        _ => words,
    }
}

/// `constants (2 masks, 31 shape vectors), 48.1 KiB`; `3 tensors that nothing reads, 195.3 KiB`.
fn apart_in_words(model: &ModelReport, which: Category) -> String {
    let total = category(model, which);
    let mut words = match which {
        Category::Constant => "constants".to_owned(),
        _ => total.map_or("tensors".to_owned(), |total| counted(total.tensors, "tensor")),
    };
    if which == Category::Unused {
        words += " that nothing reads";
    }
    if let Some(detail) = total.and_then(|total| total.detail.as_deref()) {
        words += &format!(" ({detail})");
    }
    if let Some(bytes) = total.and_then(|total| total.stored_bytes) {
        words += &format!(", {}", binary_bytes(bytes));
    }
    words
}
