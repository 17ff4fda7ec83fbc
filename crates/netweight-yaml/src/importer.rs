//! Specs as a format among others.

use netweight_core::{
    Class, Confidence, Diagnostic, ImportError, ImportOptions, Importer, ImporterInfo, Model,
    Source,
};
use netweight_markup::{Document, Limits, Problem, Problems, Text, parse_json, parse_yaml};

use crate::{probe, reader};

static INFO: ImporterInfo = ImporterInfo {
    id: "yaml",
    name: "YAML spec",
    summary: "networks written by hand, in YAML or JSON",
    extensions: &["yaml", "yml"],
};

/// Reads specs.
#[derive(Debug, Clone, Copy, Default)]
pub struct YamlImporter;

impl Importer for YamlImporter {
    fn info(&self) -> &ImporterInfo {
        &INFO
    }

    fn probe(&self, source: &dyn Source) -> Confidence {
        probe::probe(source, INFO.matches_name(source.name()))
    }

    fn import(&self, source: &dyn Source, options: &ImportOptions) -> Result<Model, ImportError> {
        read(source, |document| reader::read(document, options))
    }
}

/// What a reader finds in a file's tree.
pub(crate) fn read<T>(
    source: &dyn Source,
    reader: impl FnOnce(&Document) -> Result<T, Problems>,
) -> Result<T, ImportError> {
    let document = document(source)?;
    reader(&document)
        .map_err(|problems| told(&problems, &document.text, |problem| document.excerpt(problem)))
}

fn document(source: &dyn Source) -> Result<Document, ImportError> {
    let limits = Limits::SPEC;
    // One byte more than is read, so that a larger file is told as that.
    let bytes = source.read_vec(0, limits.bytes.saturating_add(1))?;
    let parse = if source.name().ends_with(".json") { parse_json } else { parse_yaml };
    parse(source.name(), &bytes, &limits).map_err(|failure| {
        told(&failure.problems, &failure.text, |problem| failure.excerpt(problem))
    })
}

/// Codes of problems that mean too much rather than wrong.
const LIMITS: [&str; 6] = [
    "markup/too-deep",
    "markup/too-large",
    "markup/too-many-values",
    "yaml/alias-growth",
    "spec/too-deep",
    "spec/too-many-layers",
];

fn told(problems: &Problems, text: &Text, excerpt: impl Fn(&Problem) -> String) -> ImportError {
    let limit = problems.iter().any(|problem| LIMITS.contains(&problem.code));
    let class = if limit { Class::Limit } else { Class::Malformed };
    let mut in_order: Vec<&Problem> = problems.iter().collect();
    in_order.sort_by_key(|problem| problem.span.start);
    let told = in_order.into_iter().map(|problem| Diagnostic {
        help: problem.help.clone(),
        excerpt: Some(excerpt(problem)),
        ..Diagnostic::error(problem.code, problem.message.clone())
            .at(text.position(problem.span.start).to_string())
    });
    let more = problems
        .is_full()
        .then(|| Diagnostic::note("spec/more-problems", "no more problems are told at once"));
    ImportError { class, problems: told.chain(more).collect() }
}
