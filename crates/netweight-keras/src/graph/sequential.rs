//! A model as a list of layers, each fed by the one before.

use netweight_core::{Diagnostic, Edge, Layer};
use netweight_markup::{Node, Problem, Value};

use super::{Ends, Use, joined};
use crate::config;
use crate::reader::{Reader, Row};

impl<'a> Reader<'a> {
    /// A sequence: its layers are its config, or a list in it.
    pub(super) fn sequential(&mut self, entry: &'a Node, config: &'a Node, prefix: &str) -> Ends {
        let layers = match &config.value {
            Value::Seq(layers) => layers.as_slice(),
            Value::Map(_) => match self.required_list(config, "layers") {
                Some(layers) => layers,
                None => return Ends::default(),
            },
            _ => {
                self.findings.refuse(config.mismatch("a map with `layers`"));
                return Ends::default();
            }
        };
        let mut ends = Ends::default();
        let mut current: Option<Use> = None;
        let stated = self.stated_input(entry, config);
        let is_open = stated.is_none() && !layers.first().is_some_and(has_input);
        if is_open && (self.models == 1 || self.wrappers > 0) {
            let open = self.open_input(prefix, entry);
            ends.entries.push(open.row);
            current = Some(open);
        }
        for layer in layers {
            let name = self.entry_name(layer);
            let next = self.sequence_entry(layer, &name, prefix);
            match &current {
                Some(before) => self.feed(next.row, &[before.output(0)]),
                None => {
                    ends.entries.push(next.row);
                    if let Some(shape) = first_shape(layer).or(stated) {
                        let shape = config::shape(shape, &mut self.findings);
                        if let Some(shape) = shape.filter(|_| !is_input(layer)) {
                            self.state_input(next.row, &shape);
                        }
                    }
                }
            }
            self.describe_from_next(current.as_ref(), next.row);
            current = Some(next);
        }
        if let [only] = layers
            && is_input(only)
        {
            self.tell_input_alone(only, &ends);
        }
        ends.outputs = current.iter().filter_map(|last| last.outputs()).flatten().collect();
        ends
    }

    /// The shape that the model as a whole was built for.
    fn stated_input(&self, entry: &'a Node, config: &'a Node) -> Option<&'a Node> {
        let own = config.get("build_input_shape");
        let built = || entry.get("build_config")?.get("input_shape");
        own.filter(|node| !node.is_null())
            .or_else(built)
            .filter(|node| config::is_shape(node) && !node.is_null())
    }

    /// A layer's name; models of Keras 1 have none, and get one as Keras would give it.
    fn entry_name(&mut self, entry: &'a Node) -> String {
        if let Some(name) = Self::name(entry) {
            return name.to_owned();
        }
        let class = entry.get("class_name").and_then(Node::as_str).unwrap_or("layer");
        // A class that was registered stands behind the name of its package.
        let class = class.rsplit('>').next().unwrap_or(class);
        self.unnamed += 1;
        format!("{}_{}", class.to_lowercase(), self.unnamed)
    }

    /// A layer of a sequence. Keras 1 may begin one with a merge of whole models.
    fn sequence_entry(&mut self, entry: &'a Node, name: &str, prefix: &str) -> Use {
        let merged = self.place(entry, name, prefix);
        let is_merge = entry.get("class_name").and_then(Node::as_str) == Some("Merge");
        let branches = entry.get("config").and_then(|config| config.get("layers")?.as_seq());
        let Some(branches) = branches.filter(|_| is_merge) else { return merged };
        let mut edges = Vec::with_capacity(branches.len());
        for branch in branches {
            let branch_name = self.entry_name(branch);
            let placed = self.place(branch, &branch_name, &joined(prefix, name));
            edges.push(placed.output(0));
        }
        self.feed(merged.row, &edges);
        merged
    }

    /// A layer without a rule for its output gives what the next one was built for.
    fn describe_from_next(&mut self, before: Option<&Use>, next: usize) {
        let edge = before.and_then(|before| before.output(0));
        let stated = self.rows.get(next).and_then(|row| row.layer.stated_inputs.first().cloned());
        if let (Some(edge), Some(shape)) = (edge, stated) {
            self.describe(edge, shape);
        }
    }

    /// Keras never builds a sequence that has an input and nothing else.
    fn tell_input_alone(&mut self, input: &'a Node, ends: &Ends) {
        let told = "a model of an input and no layers, which Keras does not build";
        let span = input.get("class_name").unwrap_or(input).span;
        self.findings.warn(Problem::new("keras/no-layers", span, told));
        let row = ends.entries.first().and_then(|row| self.rows.get_mut(*row));
        if let Some(row) = row.filter(|_| self.models == 1) {
            let unknown = Diagnostic::warning("keras/no-layers", told);
            row.layer.unknown = Some(unknown.at(row.layer.path.clone()).into());
        }
    }

    /// The input of a model that was never built: the shape given for it, or a row that says
    /// how to give one.
    fn open_input(&mut self, prefix: &str, entry: &'a Node) -> Use {
        let path = joined(prefix, "input_layer");
        let mut layer = Layer::new(path.clone(), "InputLayer", "input");
        if self.wrappers == 0 {
            match self.options.input_shape("input_layer") {
                Some(shape) => layer.stated_outputs = vec![Some(shape.clone())],
                None => {
                    let told = "the model was not built when it was saved: its input shape is open";
                    let unknown = Diagnostic::warning("keras/unbuilt", told).at(path);
                    layer.unknown = Some(unknown.help("give it: --input-shape '?,28,28,1'").into());
                }
            }
        }
        let span = entry.get("class_name").unwrap_or(entry).span;
        let row = self.push(Row::new(layer, None, span));
        Use { row, outputs: None }
    }
}

impl Use {
    /// All outputs of a model, the first one of a layer.
    fn outputs(&self) -> Option<Vec<Edge>> {
        match &self.outputs {
            Some(outputs) => Some(outputs.clone()),
            None => Some(vec![Edge::new(self.row, 0)]),
        }
    }
}

fn is_input(entry: &Node) -> bool {
    matches!(entry.get("class_name").and_then(Node::as_str), Some("InputLayer" | "Input"))
}

/// The input shape among a first layer's arguments.
fn first_shape(entry: &Node) -> Option<&Node> {
    let config = entry.get("config")?;
    let keys = ["batch_input_shape", "batch_shape"];
    keys.iter().find_map(|key| config.get(key).filter(|node| !node.is_null()))
}

/// Whether a first layer says what goes in: of its own, or as a model that does.
fn has_input(entry: &Node) -> bool {
    let mut entry = entry;
    loop {
        let built = || entry.get("build_config")?.get("input_shape").filter(|node| !node.is_null());
        if is_input(entry) || first_shape(entry).is_some() || built().is_some() {
            return true;
        }
        let Some(config) = entry.get("config") else { return false };
        let first = config.as_seq().or_else(|| config.get("layers")?.as_seq());
        match first.and_then(|layers| layers.first()) {
            Some(first) if config.get("input_layers").is_none() => entry = first,
            Some(_) => return true,
            None => return false,
        }
    }
}
