//! The page's questions and their answers.

use std::sync::Arc;

use netweight::report::{
    Diff, Explanation, Failure, Html, Json, ModelReport, Renderer, Report, Style, Text, View,
    render_failure,
};
use netweight::scheme::{self, Request};
use netweight::{Bytes, ImportError, ImportOptions, Importer, Model, Source, analyze, select};
use serde::{Deserialize, Serialize};

use crate::folder::{Entry, Folder, ReadAt};

/// Models of up to so many layers are compared with every change shown.
const ROWS: usize = 1_000;

/// A question of the page.
#[derive(Debug, Deserialize)]
struct Question {
    #[serde(flatten)]
    ask: Ask,
    #[serde(flatten)]
    wanted: Wanted,
}

/// What a page may ask.
#[derive(Debug, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
enum Ask {
    /// Reads the files that were dropped.
    Open { files: Vec<Entry> },
    /// Reads a YAML spec as it was typed.
    Spec { text: String },
    /// Reports once more, under other schemes.
    Report,
    /// The report as scripts take it.
    Json,
    /// The arithmetic of the layers of a path.
    Explain { path: String },
    /// The schemes that there are.
    Schemes,
}

/// How it is to be answered.
#[derive(Debug, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// The schemes that sizes are told under, the usual ones when none are named.
    pub schemes: Vec<String>,
    /// How many letters a line of text may have.
    pub columns: usize,
}

impl Default for Wanted {
    fn default() -> Self {
        Self { schemes: Vec::new(), columns: Text::default().width }
    }
}

impl Wanted {
    fn text(&self) -> Text {
        Text { width: self.columns, ..Text::default() }
    }
}

/// What is shown of the models that were read.
#[derive(Debug, Default, Serialize)]
pub struct Answer {
    /// The page of the report; none when no file could be read.
    pub html: Option<String>,
    /// What changed from the first of two models to the second.
    pub diff: Option<String>,
    /// What went wrong, as the program words it.
    pub failures: String,
}

/// The models that were read last, ready for questions.
pub struct Desk {
    importers: Vec<&'static dyn Importer>,
    models: Vec<Read>,
    failures: Vec<Failure>,
}

struct Read {
    name: String,
    model: Model,
    bytes: u64,
}

impl Desk {
    /// An empty desk with these importers.
    pub fn new(importers: Vec<&'static dyn Importer>) -> Self {
        Self { importers, models: Vec::new(), failures: Vec::new() }
    }

    /// Answers a question as the page writes it; `read` reads the files that it names.
    ///
    /// # Errors
    /// The question is none.
    pub fn answer(&mut self, question: &[u8], read: ReadAt) -> serde_json::Result<Vec<u8>> {
        let Question { ask, wanted } = serde_json::from_slice(question)?;
        match ask {
            Ask::Open { files } => {
                serde_json::to_vec(&self.open(&Folder::new(files, read), &wanted))
            }
            Ask::Spec { text } => serde_json::to_vec(&self.spec(&text, &wanted)),
            Ask::Report => serde_json::to_vec(&self.report(&wanted)),
            Ask::Json => Ok(rendered(&Json, &self.document(&wanted.schemes).0)),
            Ask::Explain { path } => serde_json::to_vec(&self.explain(&path, &wanted)),
            Ask::Schemes => {
                let rows = scheme::all().map(|row| [row.id, row.family.tool, row.summary]);
                serde_json::to_vec(&rows.collect::<Vec<_>>())
            }
        }
    }

    /// Reads files dropped together. One that another of them reads is no model of its own.
    pub fn open(&mut self, folder: &Arc<Folder>, wanted: &Wanted) -> Answer {
        let read: Vec<_> = folder.sources().map(|source| self.read(source.as_ref())).collect();
        let own = read.into_iter().enumerate().filter(|(index, _)| !folder.is_part(*index));
        self.keep(own.map(|(_, read)| read));
        self.report(wanted)
    }

    /// Reads a YAML spec.
    pub fn spec(&mut self, text: &str, wanted: &Wanted) -> Answer {
        let read = self.read(&Bytes::new("spec.yaml", text));
        self.keep([read]);
        self.report(wanted)
    }

    /// Reports on the models.
    pub fn report(&self, wanted: &Wanted) -> Answer {
        let (document, refused) = self.document(&wanted.schemes);
        let diff = match document.models.as_slice() {
            [before, after] => Some(changes(before, after, wanted)),
            _ => None,
        };
        let told = document.failures.iter().map(|failure| render_failure(failure, &Style::plain()));
        let html = || String::from_utf8_lossy(&rendered(&Html, &document)).into_owned();
        Answer {
            html: (!document.models.is_empty()).then(html),
            diff,
            failures: refused.into_iter().chain(told).collect(),
        }
    }

    /// The arithmetic of the layers of a path, of their bytes under schemes where any are named.
    pub fn explain(&self, path: &str, wanted: &Wanted) -> String {
        let (requests, _) = requests(&wanted.schemes);
        let mut found = Vec::new();
        for Read { model, .. } in &self.models {
            let analysis = analyze(model);
            let of_path = (0..model.layers.len())
                .filter(|index| model.layers.get(*index).is_some_and(|layer| layer.path == path));
            let sizes: Vec<scheme::Size> = scheme::sizes(&analysis, &requests).collect();
            for index in of_path {
                found.extend(Explanation::new(&analysis, index));
                let of = |size| Explanation::of_bytes(&analysis, size, index);
                found.extend(sizes.iter().filter_map(of));
            }
        }
        match found.as_slice() {
            [] => format!("{path} has no parameters to explain\n"),
            found => written(|out| wanted.text().explain(found, out)),
        }
    }

    fn read(&self, source: &dyn Source) -> Result<Read, Vec<Failure>> {
        // Operators are what some schemes go by; without them these would need a second import.
        let options = ImportOptions { operators: true, ..ImportOptions::default() };
        let model = select(&self.importers, source, None)
            .and_then(|importer| importer.import(source, &options));
        let failed = |error: ImportError| Failure::from_error(source.name(), &error);
        let model = model.map_err(failed)?;
        Ok(Read { name: source.name().to_owned(), model, bytes: source.len() })
    }

    fn keep(&mut self, read: impl IntoIterator<Item = Result<Read, Vec<Failure>>>) {
        self.models.clear();
        self.failures.clear();
        for read in read {
            match read {
                Ok(read) => self.models.push(read),
                Err(failures) => self.failures.extend(failures),
            }
        }
    }

    fn document(&self, schemes: &[String]) -> (Report, Vec<String>) {
        let (mut requests, refused) = requests(schemes);
        if requests.is_empty() {
            requests = scheme::by_default();
        }
        let reports = self.models.iter().map(|Read { name, model, bytes }| {
            let mut report = ModelReport::new(name, &analyze(model), &requests);
            report.file_bytes = model.stores_weights.then_some(*bytes);
            report
        });
        (Report::new(reports.collect(), self.failures.clone()), refused)
    }
}

/// What changed between two models.
fn changes(before: &ModelReport, after: &ModelReport, wanted: &Wanted) -> String {
    let all = before.layers.len().max(after.layers.len()) <= ROWS;
    let text = Text { view: View { all, ..View::default() }, ..wanted.text() };
    written(|out| text.diff(&Diff::new(before, after), out))
}

/// The schemes that are known, and what to say of the others.
fn requests(schemes: &[String]) -> (Vec<Request>, Vec<String>) {
    let (mut known, mut refused) = (Vec::new(), Vec::new());
    for text in schemes {
        match Request::parse(text) {
            Ok(request) => known.push(request),
            Err(problem) => refused.push(format!("error: {problem}\n")),
        }
    }
    (known, refused)
}

fn rendered(renderer: &dyn Renderer, report: &Report) -> Vec<u8> {
    let mut out = Vec::new();
    // Writing into memory does not fail.
    let _ = renderer.render(report, &mut out);
    out
}

fn written(write: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    // Writing into memory does not fail.
    let _ = write(&mut out);
    String::from_utf8_lossy(&out).into_owned()
}
