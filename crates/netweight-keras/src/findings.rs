//! What makes a config unreadable, and what is only odd about it.

use netweight_core::{Class, Diagnostic, ImportError, Severity};
use netweight_markup::{Document, Failure, Problem, Problems, limits};

/// Problems in two heaps: those that refuse the file, and those that a model is given with.
pub(crate) struct Findings {
    pub(crate) errors: Problems,
    pub(crate) warnings: Problems,
}

impl Findings {
    pub(crate) fn new() -> Self {
        let none = || Problems::new(limits::PROBLEMS);
        Self { errors: none(), warnings: none() }
    }

    /// Nothing can be made of this.
    pub(crate) fn refuse(&mut self, problem: Problem) {
        self.errors.push(problem);
    }

    /// The model is given, and this is told with it.
    pub(crate) fn warn(&mut self, problem: Problem) {
        self.warnings.push(problem);
    }
}

/// A problem with its path, line and excerpt.
pub(crate) fn diagnostic(document: &Document, problem: &Problem, severity: Severity) -> Diagnostic {
    let path = document.path(problem.span);
    let position = document.text.position(problem.span.start).to_string();
    Diagnostic {
        place: Some(if path.is_empty() { position } else { path }),
        help: problem.help.clone(),
        excerpt: Some(document.excerpt(problem)),
        ..Diagnostic::new(severity, problem.code, &problem.message)
    }
}

/// A config that was read, and that says nothing that could be a model.
pub(crate) fn malformed(document: &Document, problems: &Problems) -> ImportError {
    let told = problems.iter().map(|problem| diagnostic(document, problem, Severity::Error));
    ImportError { class: Class::Malformed, problems: told.collect() }
}

/// A file that is neither JSON nor YAML, or beyond a limit of both.
pub(crate) fn unreadable(failure: &Failure) -> ImportError {
    let told = failure.problems.iter().map(|problem| Diagnostic {
        place: Some(failure.text.position(problem.span.start).to_string()),
        help: problem.help.clone(),
        excerpt: Some(failure.excerpt(problem)),
        ..Diagnostic::error(problem.code, &problem.message)
    });
    let is_limit = |problem: &Problem| problem.code.starts_with("markup/too-");
    let class = match failure.problems.iter().any(is_limit) {
        true => Class::Limit,
        false => Class::Malformed,
    };
    ImportError { class, problems: told.collect() }
}
