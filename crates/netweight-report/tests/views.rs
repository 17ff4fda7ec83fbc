//! Views of one model: what they show, and that they leave the totals alone.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]

mod blessed;
mod models;

use blessed::check;
use netweight_report::{
    By, ColumnName, Csv, Filter, Markdown, ModelReport, Renderer, Report, Text, View,
};

fn text(model: &ModelReport, view: &View, width: usize) -> String {
    let text = Text { width, view: view.clone(), ..Text::default() };
    rendered(&text, model)
}

fn rendered(renderer: &dyn Renderer, model: &ModelReport) -> String {
    let mut out = Vec::new();
    renderer.render(&Report::new(vec![model.clone()], vec![]), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn column(name: &str) -> ColumnName {
    ColumnName::parse(name).unwrap()
}

fn filter(text: &str) -> Filter {
    Filter::parse(text).unwrap()
}

fn views() -> Vec<(&'static str, View)> {
    let plain = View::default;
    vec![
        ("layers", plain()),
        ("tree", View { by: By::Module, ..plain() }),
        ("depth", View { depth: Some(2), by: By::Module, ..plain() }),
        ("type", View { by: By::Type, ..plain() }),
        ("dtype", View { by: By::Dtype, ..plain() }),
        ("top", View { top: Some(3), ..plain() }),
        ("filter", View { filters: vec![filter("is:frozen")], ..plain() }),
        (
            "columns",
            View {
                filters: vec![filter("kind:linear"), filter("!decoder.layers.3.*")],
                sort: Some(column("path")),
                top: Some(4),
                columns: ["path", "bytes", "dtype"].map(column).to_vec(),
                ..plain()
            },
        ),
    ]
}

#[test]
fn views_of_few_and_of_many_layers() {
    for (size, model) in
        [(5, models::unknown()), (66, models::decoder(66)), (3000, models::decoder(3000))]
    {
        for width in [80, 160] {
            let all = views().into_iter().map(|(name, view)| {
                let table = text(&model, &view, width);
                for line in table.lines() {
                    assert!(unicode_width::UnicodeWidthStr::width(line) <= width, "{line}");
                }
                format!("# {name}\n{table}\n")
            });
            check(&format!("views-{size}.{width}.txt"), &all.collect::<String>());
        }
    }
}

/// By hand: 512,000 + 187 blocks of 4 · 512², one of them twice as wide, + 512.
#[test]
fn totals_are_the_same_under_every_view() {
    let model = models::decoder(3000);
    let total = 512_000 + 188 * 4 * 512 * 512 + 512;
    assert_eq!(model.totals.parameters, Some(total));
    let lines = |text: &str| {
        let totals = ["total", "trainable", "non-trainable"];
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let is_total =
            |words: &Vec<String>| words.first().is_some_and(|w| totals.contains(&w.as_str()));
        text.lines().map(words).filter(is_total).collect::<Vec<_>>()
    };
    let expected = lines(&text(&model, &View::default(), 80));
    assert_eq!(expected[0][1], "197,644,800");
    for (name, view) in views().into_iter().filter(|(_, view)| view.columns.is_empty()) {
        assert_eq!(lines(&text(&model, &view, 80)), expected, "{name}");
    }
}

/// The rows of every grouping, and the first level of the tree, come to the total.
#[test]
fn groups_add_up() {
    let model = models::decoder(3000);
    for by in [By::Type, By::Kind, By::Dtype, By::Module] {
        let columns = vec![column("parameters")];
        let view = View { by, depth: Some(1), columns, ..View::default() };
        let csv = rendered(&Csv { view }, &model);
        let sum: u64 = csv.lines().skip(1).map(|line| line.parse::<u64>().unwrap()).sum();
        assert_eq!(Some(sum), model.totals.parameters, "{by:?}");
    }
}

#[test]
fn filters_tell_layers_apart() {
    let model = models::unknown();
    let passing = |text: &str| {
        let view =
            View { filters: vec![filter(text)], columns: vec![column("path")], ..View::default() };
        let csv = rendered(&Csv { view }, &model);
        csv.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(passing("is:unknown"), ["dense", "head"]);
    assert_eq!(passing("is:frozen"), ["dense_1"]);
    assert_eq!(passing("type:batch*"), ["bn"]);
    assert_eq!(passing("dense_*"), ["dense_1", "dense_2"]);
    assert_eq!(passing("NSE_"), ["dense_1", "dense_2"]);
    assert_eq!(passing("!dense"), ["bn", "head"]);
    assert_eq!(passing("name:bn,head"), ["bn", "head"]);
}

#[test]
fn unknown_names_say_what_there_is() {
    let unknown = Filter::parse("knid:conv").unwrap_err();
    assert_eq!(unknown.to_string(), "no filter `knid`");
    assert!(unknown.known.contains(&"kind"));
    let unknown = Filter::parse("kind:lsmt").unwrap_err();
    assert_eq!((unknown.what, unknown.name.as_str()), ("kind", "lsmt"));
    assert!(Filter::parse("kind:LSTM,Linear").is_ok(), "aliases are kinds too");
    assert!(Filter::parse("dtype:float*").is_ok());
    assert_eq!(ColumnName::parse("sahre").unwrap_err().what, "column");
}

#[test]
fn paths_of_any_depth_and_form_make_a_tree() {
    let deep = vec!["a"; 5_000].join(".");
    let paths = ["", "/", "..", "a//b", "a", &deep, &deep, "a.b.", ".x"];
    let layers = paths.map(|path| models::layer(path, "Mul", 1, "1")).to_vec();
    let model = models::model("odd.onnx", "", layers);
    for depth in [None, Some(1), Some(40)] {
        let view = View { by: By::Module, depth, ..View::default() };
        text(&model, &view, 80);
        rendered(&Markdown { view: view.clone() }, &model);
    }
    let view = View { by: By::Module, depth: Some(1), ..View::default() };
    let csv = rendered(&Csv { view: View { columns: vec![column("parameters")], ..view } }, &model);
    let sum: u64 = csv.lines().skip(1).map(|line| line.parse::<u64>().unwrap()).sum();
    assert_eq!(sum, 9);
}

#[test]
fn what_is_unknown_makes_sums_lower_bounds() {
    let mut model = models::decoder(66);
    model.layers[1].parameters = None;
    model.totals.complete = false;
    let view = View { by: By::Module, depth: Some(1), ..View::default() };
    let tree = text(&model, &view, 80);
    let decoder = tree.lines().find(|line| line.starts_with("decoder.layers ")).unwrap();
    assert!(decoder.contains("≥ 4,980,736"), "{tree}");
}

#[test]
fn notes_on_rows_that_are_not_shown_name_their_layers() {
    let model = models::unknown();
    assert!(text(&model, &View::default(), 80).contains("¹ warning: the input size is open"));
    let view = View { filters: vec![filter("dense_1")], ..View::default() };
    let table = text(&model, &view, 80);
    assert!(table.contains("¹ warning: dense, head: the input size is open"), "{table}");
}

#[test]
fn markdown_of_other_columns_keeps_the_totals() {
    let model = models::decoder(66);
    let view = View { by: By::Type, ..View::default() };
    check("views.md", &rendered(&Markdown { view }, &model));
    let view = View { columns: vec![column("path")], top: Some(2), ..View::default() };
    let table = rendered(&Markdown { view }, &model);
    assert!(table.contains("- total: 5,755,392, 18 layers with parameters"), "{table}");
}
