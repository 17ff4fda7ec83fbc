//! A scheme file: schemes of one's own, each a scheme of the catalogue with rules for some tensors.

use netweight_core::kind;
use netweight_core::scheme::{self, How, Paths, Policy, Request, Which};
use netweight_core::{Category, Role};
use netweight_markup::{Document, Node, Problem, Problems, Value, quoted};

use super::{Reader, all_of, start};
use crate::key;
use crate::limits;

/// The code of a key that is not there.
const MISSING: &str = "schemes/missing-key";

/// Reads a scheme file; or all that is wrong with it.
pub(crate) fn read(document: &Document) -> Result<Vec<Request>, Problems> {
    all_of(document, |reader| reader.schemes(&document.root))
}

impl<'d> Reader<'d> {
    fn schemes(&mut self, root: &'d Node) -> Vec<Request> {
        let entries = self.map(root, "a map with `schemes`");
        self.known_keys(entries, " of a scheme file", key::SCHEMES);
        let Some(schemes) = root.get("schemes") else {
            if root.as_map().is_some() {
                let problem = Problem::new(MISSING, start(root), "no `schemes` in this file");
                self.problem(problem.help("write `schemes:` and below it `NAME: {scheme: …}`"));
            }
            return Vec::new();
        };
        let mut requests = Vec::new();
        let entries = self.map(schemes, "a map from names to schemes");
        for (name, node) in self.few(entries, limits::RULES, schemes) {
            if scheme::find(&name.text).is_some() {
                let message = format!("{} is a scheme of the catalogue", quoted(&name.text));
                let problem = Problem::new("schemes/taken-name", name.span, message);
                self.problem(problem.help("give it a name of its own"));
            }
            requests.extend(self.scheme(&name.text, node));
        }
        requests
    }

    fn scheme(&mut self, name: &str, node: &'d Node) -> Option<Request> {
        let entries = self.map(node, "a map with `scheme` and `rules`");
        self.known_keys(entries, " of a scheme", key::SCHEME);
        let rules = node.get("rules").map(|rules| self.policies(rules)).unwrap_or_default();
        let text = self.required(node, "scheme", "a scheme of the catalogue", MISSING)?;
        match Request::parse(&text.1) {
            Ok(mut request) => {
                (request.text, request.policies) = (name.to_owned(), rules);
                Some(request)
            }
            Err(problem) => {
                self.no_scheme(text.0, &text.1, problem);
                None
            }
        }
    }

    fn policies(&mut self, node: &'d Node) -> Vec<Policy> {
        self.listed(node).iter().filter_map(|rule| self.policy(rule)).collect()
    }

    fn policy(&mut self, rule: &'d Node) -> Option<Policy> {
        let entries = self.map(rule, "a rule: a map");
        self.known_keys(entries, " of a rule", key::POLICY);
        let mut which = Vec::new();
        for (word, node) in entries {
            which.extend(match &*word.text {
                "layers" => self.paths(node).map(Which::Layers),
                property @ ("kind" | "category" | "role") => self.which(property, node),
                _ => None,
            });
        }
        if which.is_empty() && !entries.is_empty() && self.problems.is_empty() {
            let message = "this rule does not say which tensors it is for";
            let problem = Problem::new(MISSING, start(rule), message);
            self.problem(problem.help("add `layers`, `kind`, `category` or `role`"));
        }
        let (node, text) = self.required(rule, "as", "`stored`, a width or a scheme", MISSING)?;
        match How::parse(&text) {
            Ok(how) => Some(Policy { which, how }),
            Err(problem) => {
                self.no_scheme(node, &text, problem);
                None
            }
        }
    }

    /// A path or pattern, or several.
    fn paths(&mut self, node: &'d Node) -> Option<Paths> {
        const EXPECTED: &str = "a path or pattern, or a list of them";
        let texts: Option<Vec<String>> = match &node.value {
            Value::Seq(items) => items.iter().map(|item| self.text(item, EXPECTED)).collect(),
            _ => self.text(node, EXPECTED).map(|text| vec![text]),
        };
        texts.map(Paths::new)
    }

    fn which(&mut self, property: &str, node: &'d Node) -> Option<Which> {
        let name = self.text(node, &format!("the name of a {property}"))?;
        let problem = match Which::parse(property, &name) {
            Ok(which) => return Some(which),
            Err(message) => Problem::new("schemes/unknown-name", node.span, message),
        };
        let names: Vec<&'static str> = match property {
            "kind" => kind::all().map(|kind| kind.name).collect(),
            "category" => Category::ALL.iter().map(|one| one.name()).collect(),
            _ => Role::ALL.iter().map(|one| one.name()).collect(),
        };
        self.problem_nearest(problem, node, names);
        None
    }

    fn no_scheme(&mut self, node: &'d Node, text: &str, message: String) {
        let problem = Problem::new("schemes/unknown-scheme", node.span, message);
        let is_known = text.split(',').next().is_some_and(|id| scheme::find(id).is_some());
        let ids: Vec<&str> = scheme::all().map(|scheme| scheme.id).collect();
        match is_known {
            true => self.problem(problem),
            false => self.problem_nearest(problem, node, ids),
        }
    }
}
