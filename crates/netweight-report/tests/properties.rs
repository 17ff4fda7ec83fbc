//! What holds of the report on any model, and of any view of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]

#[path = "../../netweight-core/tests/generated/mod.rs"]
mod generated;

use generated::{cases, models};
use netweight_core::{analyze, scheme};
use netweight_report::{
    By, ColumnName, Csv, Filter, Json, Markdown, ModelReport, Renderer, Report, SizeKind, Text,
    View,
};
use proptest::prelude::*;
use proptest::sample::select;

fn rendered(renderer: &dyn Renderer, report: &Report) -> String {
    let mut out = Vec::new();
    renderer.render(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Views of which every part is drawn, but for the columns: a table without numbers has no totals.
fn views() -> impl Strategy<Value = View> {
    let filters =
        select(vec!["is:frozen", "!kind:dense", "name:*1*", "type:LSTM", "category:trainable"]);
    let sorts: Vec<ColumnName> =
        ColumnName::all().filter_map(|(name, _)| ColumnName::parse(name).ok()).collect();
    let by = select(vec![By::Layer, By::Module, By::Type, By::Kind, By::Dtype]);
    let rows = (prop::option::of(select(sorts)), prop::option::of(0usize..9));
    let parts = (
        any::<bool>(),
        prop::collection::vec(filters, 0..3),
        rows,
        by,
        prop::option::of(0usize..4),
    );
    parts.prop_map(|(all, filters, (sort, top), by, depth)| View {
        all,
        filters: filters.into_iter().map(|text| Filter::parse(text).unwrap()).collect(),
        sort,
        top,
        columns: Vec::new(),
        by,
        depth,
    })
}

/// Lines that tell totals, by their first word and the number behind it.
fn totals(text: &str) -> Vec<(String, String)> {
    let words = |line: &str| {
        let bare = line.split_whitespace().map(|word| word.trim_matches(['|', '*', '-', ':', ',']));
        let mut words = bare.filter(|word| !word.is_empty());
        let (first, second) = (words.next()?, words.next()?);
        let told = ["total", "trainable", "non-trainable"].contains(&first);
        told.then(|| (first.to_owned(), second.to_owned()))
    };
    text.lines().filter_map(words).collect()
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn rows_add_up_to_the_totals(model in models()) {
        let analysis = analyze(&model);
        let report = ModelReport::new("sketch", &analysis, &scheme::by_default());
        let sum = |part: fn(&netweight_report::Layer) -> Option<u64>| {
            report.layers.iter().filter_map(part).sum::<u64>()
        };
        let totals = &report.totals;
        prop_assert_eq!(totals.parameters.unwrap_or(0), sum(|layer| layer.parameters));
        prop_assert_eq!(totals.trainable, sum(|layer| layer.trainable));
        prop_assert_eq!(totals.non_trainable, sum(|layer| layer.non_trainable));
        prop_assert_eq!(totals.complete, report.layers.iter().all(|layer| layer.parameters.is_some()));
        for size in &report.sizes {
            // Half bytes of plain widths are rounded in each layer, and once in the whole.
            let rounding = match size.kind {
                SizeKind::Width => report.layers.len() as u64,
                _ => 0,
            };
            let bytes = size.layer_bytes.iter().sum::<u64>();
            prop_assert!(bytes.abs_diff(size.weights_bytes) <= rounding, "{}", size.scheme);
        }
    }

    #[test]
    fn views_leave_the_totals_alone(model in models(), view in views(), width in 80usize..200) {
        let report = Report::new(vec![ModelReport::new("sketch", &analyze(&model), &[])], vec![]);
        let text = |view| rendered(&Text { view, width, ..Text::default() }, &report);
        prop_assert_eq!(totals(&text(view.clone())), totals(&text(View::default())));
        let markdown = |view| rendered(&Markdown { view }, &report);
        prop_assert_eq!(totals(&markdown(view.clone())), totals(&markdown(View::default())));
        rendered(&Csv { view }, &report);
    }

    #[test]
    fn a_report_comes_back_from_its_document(model in models()) {
        let report = Report::new(vec![ModelReport::new("sketch", &analyze(&model), &scheme::by_default())], vec![]);
        let document = rendered(&Json, &report);
        prop_assert_eq!(Report::from_json(document.as_bytes()).unwrap(), report);
    }
}
