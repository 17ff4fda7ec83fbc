//! Graphs inside graphs: bodies of control flow, and functions at each of their calls.

use std::collections::HashMap;

use netweight_core::limits;

use super::build::Builder;
use super::{Origin, ValueId, Within};
use crate::{AttributeValue, Function, Graph, GraphId, Name, Node};

impl<'f> Builder<'f> {
    /// Counts the nodes inside functions; of more than are bearable the rest is left out.
    pub(super) fn is_beyond(&mut self) -> bool {
        self.inlined += usize::from(self.given.is_some());
        self.inlined > limits::onnx::INLINED
    }

    /// The function that a node calls.
    pub(super) fn function(&self, node: &Node) -> Option<&'f Function> {
        if self.functions.is_empty() {
            return None;
        }
        self.functions.get(&(self.domain(node.domain), node.op_type, node.overload)).copied()
    }

    pub(super) fn inline(
        &mut self,
        node: &'f Node,
        function: &'f Function,
        inputs: &[Option<ValueId>],
        outputs: &[Option<ValueId>],
    ) {
        if self.depth >= limits::onnx::DEPTH || self.inlined > limits::onnx::INLINED {
            let what = "functions call functions too often to be followed; what they hold beyond is not counted";
            self.problem("onnx/functions-too-deep", what);
            return;
        }
        let scope = self.open(None);
        for (formal, actual) in function.inputs.iter().zip(inputs) {
            if let Some(actual) = actual {
                self.bind(scope, *formal, *actual);
            }
        }
        for (formal, actual) in function.outputs.iter().zip(outputs) {
            let Some(actual) = *actual else { continue };
            // An output may be an input passed on.
            match self.find(scope, *formal) {
                Some(passed) => {
                    if let Some(value) = self.wiring.values.get_mut(actual.index()) {
                        value.origin = Origin::Same(passed);
                    }
                }
                None => self.bind(scope, *formal, actual),
            }
        }
        let given = self.given.replace(node);
        let within = self.within.replace(Within { name: node.name, body: Name::default() });
        self.depth += 1;
        self.nodes(scope, &function.nodes, function.value_infos.iter());
        self.depth -= 1;
        (self.given, self.within) = (given, within);
    }

    /// What the graphs in a node's attributes give.
    pub(super) fn bodies(
        &mut self,
        scope: usize,
        node: &'f Node,
        inputs: &[Option<ValueId>],
    ) -> Vec<Vec<Option<ValueId>>> {
        let mut bodies = Vec::new();
        for attribute in &node.attributes {
            let ids = match &attribute.value {
                AttributeValue::Graph(id) => std::slice::from_ref(id),
                AttributeValue::Graphs(ids) => ids,
                _ => continue,
            };
            let within = self.within.replace(Within { name: node.name, body: attribute.name });
            for id in ids {
                bodies.extend(self.body(scope, node, *id, inputs));
            }
            self.within = within;
        }
        bodies
    }

    fn body(
        &mut self,
        around: usize,
        node: &'f Node,
        id: GraphId,
        inputs: &[Option<ValueId>],
    ) -> Option<Vec<Option<ValueId>>> {
        let graph = self.wiring.file.graph(id)?;
        if self.depth >= limits::onnx::DEPTH {
            return None;
        }
        let scope = self.open(Some(around));
        self.tensors(scope, graph);
        let copies = self.copies(graph);
        for (index, input) in graph.inputs.iter().enumerate() {
            if self.scopes.get(scope).is_some_and(|scope| scope.values.contains_key(&input.name)) {
                continue;
            }
            match self.passed(node, graph, index, inputs, &copies) {
                Some(outer) => self.bind(scope, input.name, outer),
                None => {
                    self.declare(scope, input.name, Origin::Open);
                }
            }
        }
        self.depth += 1;
        let infos = graph.value_infos.iter().chain(&graph.inputs).chain(&graph.outputs);
        self.nodes(scope, &graph.nodes, infos);
        self.depth -= 1;
        Some(graph.outputs.iter().map(|output| self.find(scope, output.name)).collect())
    }

    /// What a graph's `Identity` nodes give, with what they take.
    fn copies(&self, graph: &Graph) -> HashMap<Name, Name> {
        let copies = graph.nodes.iter().filter(|node| self.wiring.text(node.op_type) == "Identity");
        copies.filter_map(|node| Some((*node.outputs.first()?, *node.inputs.first()?))).collect()
    }

    /// The outer value that a loop hands to its body unchanged at every step.
    fn passed(
        &self,
        node: &Node,
        body: &Graph,
        index: usize,
        inputs: &[Option<ValueId>],
        copies: &HashMap<Name, Name>,
    ) -> Option<ValueId> {
        if self.wiring.text(node.op_type) != "Loop" || index < 2 {
            return None;
        }
        let formal = body.inputs.get(index)?.name;
        let returned = body.outputs.get(index - 1)?.name;
        let source = copies.get(&returned).copied().unwrap_or(returned);
        if source == formal { *inputs.get(index)? } else { None }
    }
}
