//! An item of a list → rows of the model, as often as it stands for them.

use std::ops::Range;

use netweight_core::{Edge, kind};
use netweight_markup::{Node, Problem, Span};

use super::Reader;
use super::block::named;
use super::graph::{Placed, Scope, Source};
use super::item::{Item, What};
use crate::limits;

impl<'d> Reader<'d> {
    /// An item and its copies, each fed by the one before; the last one's output.
    pub(super) fn copies(
        &mut self,
        item: &Item<'d>,
        mut sources: Vec<Source>,
        path: &str,
    ) -> Source {
        let mut output = None;
        let problems = self.problems.iter().len();
        for copy in 0..item.repeat.unwrap_or(1) {
            self.place(&item.key);
            if self.stopped {
                break;
            }
            let path = match item.repeat {
                Some(_) => format!("{path}.{copy}"),
                None => path.to_owned(),
            };
            output = self.copy(item, &sources, path);
            if self.problems.iter().len() > problems {
                break;
            }
            match sources.first_mut() {
                Some(first) => *first = output,
                None => sources.push(output),
            }
        }
        output
    }

    fn copy(&mut self, item: &Item<'d>, sources: &[Source], path: String) -> Source {
        match &item.what {
            What::Layer(layer) => {
                let mut layer = layer.as_ref().clone();
                layer.path = path;
                layer.inputs = sources.to_vec();
                Some(Edge::new(self.model.push(layer), 0))
            }
            What::Group(layers) => {
                let scope = Scope { inputs: named(&[], sources), ..Scope::default() };
                self.inside(item, scope, path, layers)
            }
            What::Block(block, given) => {
                let scope = self.block(item, block, *given, sources)?;
                self.inside(item, scope, path, block.layers)
            }
            What::Use(name) => {
                let placed = self.placed(name)?.clone();
                self.again(&placed, sources, path)
            }
        }
    }

    /// The layers of a group or block, in a scope of their own.
    fn inside(
        &mut self,
        item: &Item<'d>,
        scope: Scope<'d>,
        path: String,
        layers: &'d Node,
    ) -> Source {
        if self.too_deep(item) {
            return None;
        }
        self.depth = self.depth.saturating_add(1);
        self.scopes.push(Scope { prefix: format!("{path}."), ..scope });
        self.layers(layers);
        self.depth = self.depth.saturating_sub(1);
        let scope = self.scopes.pop()?;
        scope.previous.unwrap_or_else(|| scope.inputs.first().and_then(|(_, source)| *source))
    }

    /// What is placed already, once more: the same layers, their weights those of the first time.
    fn again(&mut self, placed: &Placed<'d>, sources: &[Source], path: String) -> Source {
        let first = self.model.layers.len();
        self.depth = self.depth.saturating_add(1);
        let output = match self.too_deep(&placed.item) {
            true => None,
            false => self.copies(&placed.item, sources.to_vec(), &path),
        };
        self.depth = self.depth.saturating_sub(1);
        let copies = self.model.layers.len().saturating_sub(first);
        let owners: Vec<usize> = placed
            .rows
            .clone()
            .take(copies)
            .filter_map(|row| {
                let owner = self.model.layers.get(row)?;
                Some(owner.shared_with.unwrap_or(row))
            })
            .collect();
        for (layer, owner) in self.model.layers.iter_mut().skip(first).zip(owners) {
            let kind = layer.kind.as_deref().and_then(kind::find);
            layer.shared_with = kind.filter(|kind| kind.has_parameters()).map(|_| owner);
        }
        output
    }

    /// What holds for all rows of an item once they are there.
    pub(super) fn finish(&mut self, item: &Item<'d>, rows: Range<usize>, path: String) {
        if let Some((name, span)) = &item.tied {
            self.tie(item, name, *span, rows.clone());
        }
        if !item.trainable {
            for layer in self.model.layers.get_mut(rows.clone()).into_iter().flatten() {
                layer.frozen = true;
            }
        }
        if let Some(expect) = item.expect {
            self.expect(expect, Some(path), rows);
        }
    }

    /// Gives a layer, or its copies, the weights of a layer above.
    fn tie(&mut self, item: &Item<'d>, name: &str, span: Span, rows: Range<usize>) {
        let Some(owner) = self.placed(name).map(|placed| placed.rows.clone()) else {
            return self.unknown_source(name, span);
        };
        if owner.len() != 1 || !matches!(item.what, What::Layer(_)) {
            let message = "`tied` joins one layer to one layer, not groups";
            let problem = Problem::new("spec/tied-group", span, message);
            return self.problem(problem.help("a whole group once more: `- use: …`"));
        }
        for layer in self.model.layers.get_mut(rows).into_iter().flatten() {
            layer.shared_with = Some(owner.start);
        }
    }

    /// Whether an item is inside too many others, which is told.
    fn too_deep(&mut self, item: &Item<'d>) -> bool {
        if self.depth < limits::NESTING {
            return false;
        }
        let message = format!("more than {} groups and blocks inside each other", limits::NESTING);
        let problem = Problem::new("spec/too-deep", item.key.span, message);
        self.stop(match item.what {
            What::Block(..) => problem.help("does a block use itself?"),
            _ => problem,
        });
        true
    }
}
