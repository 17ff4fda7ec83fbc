//! The model, its graphs and its functions.

use netweight_core::{Diagnostic, ImportError, Source};

use super::fields::{Fields, Value};
use super::reader::Reader;
use super::truncation;
use super::window::Span;
use crate::file::{Function, Graph, OnnxFile, QuantizationAnnotation, Training};

/// Reads what an ONNX file says but for the weights' values, which are jumped over.
///
/// # Errors
/// `Malformed` for bytes that are no ONNX model or only a part of one, `Limit` for one beyond
/// [`netweight_core::limits`], `Io` for what the system said.
pub fn read(source: &dyn Source) -> Result<OnnxFile, ImportError> {
    if source.is_empty() {
        return Err(ImportError::malformed("onnx/empty", "the file is empty"));
    }
    let mut reader = Reader::new(source);
    let mut file = OnnxFile::default();
    let parts = reader.model(&mut file)?;
    reader.main_body(parts);
    while let Some(parts) = reader.next_body() {
        file.graphs.push(reader.graph(&parts)?);
    }
    (file.names, file.problems) = reader.finish();
    Ok(file)
}

impl Reader<'_> {
    /// Reads all but the graphs; gives the parts of the main one.
    fn model(&mut self, file: &mut OnnxFile) -> Result<Vec<Span>, ImportError> {
        let mut parts = Vec::new();
        let mut fields = Fields::new(self.window.whole());
        loop {
            let next = fields.next(&mut self.window);
            let field = match next.map_err(|fault| truncation::explain(fault, &mut self.window))? {
                Some(field) => field,
                None => break,
            };
            match field {
                (1, Value::Int(version)) => file.ir_version = Some(version.cast_signed()),
                (2, Value::Span(span)) => file.producer_name = self.name(span)?,
                (3, Value::Span(span)) => file.producer_version = self.name(span)?,
                (4, Value::Span(span)) => file.domain = self.name(span)?,
                (5, Value::Int(version)) => file.model_version = Some(version.cast_signed()),
                (7, Value::Span(span)) => self.part(&mut parts, span)?,
                (8, Value::Span(span)) => self.opset(&mut file.opsets, span)?,
                (14, Value::Span(span)) => self.entry(&mut file.metadata, span)?,
                (20, Value::Span(span)) => {
                    self.item(&mut file.training, "training info", span, Self::training)?;
                }
                (25, Value::Span(span)) => {
                    self.item(&mut file.functions, "function", span, Self::function)?;
                }
                _ => {}
            }
        }
        match parts.len() {
            0 => return Err(no_graph()),
            1 => {}
            written => self.problem(merged(written)),
        }
        Ok(parts)
    }

    fn graph(&mut self, parts: &[Span]) -> Result<Graph, ImportError> {
        let mut graph = Graph::default();
        for part in parts {
            self.graph_part(&mut graph, *part)?;
        }
        Ok(graph)
    }

    fn graph_part(&mut self, graph: &mut Graph, part: Span) -> Result<(), ImportError> {
        graph.length += part.len();
        let mut fields = Fields::new(part);
        while let Some((field, value)) = fields.next(&mut self.window)? {
            let Value::Span(span) = value else { continue };
            match field {
                1 => self.item(&mut graph.nodes, "node", span, Self::node)?,
                2 => graph.name = self.name(span)?,
                5 => self.item(&mut graph.initializers, "initializer", span, Self::tensor)?,
                11 => self.item(&mut graph.inputs, "input", span, Self::value_info)?,
                12 => self.item(&mut graph.outputs, "output", span, Self::value_info)?,
                13 => self.item(&mut graph.value_infos, "value info", span, Self::value_info)?,
                14 => {
                    let list = &mut graph.quantization_annotations;
                    self.item(list, "quantization annotation", span, Self::annotation)?;
                }
                15 => {
                    let list = &mut graph.sparse_initializers;
                    self.item(list, "sparse initializer", span, Self::sparse_tensor)?;
                }
                16 => self.entry(&mut graph.metadata, span)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn function(&mut self, span: Span) -> Result<Function, ImportError> {
        let mut function = Function::default();
        let mut fields = Fields::new(span);
        while let Some((field, value)) = fields.next(&mut self.window)? {
            let Value::Span(span) = value else { continue };
            match field {
                1 => function.name = self.name(span)?,
                4 => self.item(&mut function.inputs, "input", span, Self::name)?,
                5 => self.item(&mut function.outputs, "output", span, Self::name)?,
                6 => self.item(&mut function.attributes, "attribute", span, Self::name)?,
                7 => self.item(&mut function.nodes, "node", span, Self::node)?,
                9 => self.opset(&mut function.opsets, span)?,
                10 => function.domain = self.name(span)?,
                11 => {
                    let list = &mut function.attribute_defaults;
                    self.item(list, "attribute default", span, Self::attribute)?;
                }
                12 => self.item(&mut function.value_infos, "value info", span, Self::value_info)?,
                13 => function.overload = self.name(span)?,
                14 => self.entry(&mut function.metadata, span)?,
                _ => {}
            }
        }
        Ok(function)
    }

    fn training(&mut self, span: Span) -> Result<Training, ImportError> {
        let mut training = Training::default();
        let (mut initialization, mut algorithm) = (Vec::new(), Vec::new());
        let mut fields = Fields::new(span);
        while let Some((field, value)) = fields.next(&mut self.window)? {
            let Value::Span(span) = value else { continue };
            match field {
                1 => self.part(&mut initialization, span)?,
                2 => self.part(&mut algorithm, span)?,
                3 => self.entry(&mut training.initialization_bindings, span)?,
                4 => self.entry(&mut training.update_bindings, span)?,
                _ => {}
            }
        }
        training.initialization = self.body(initialization)?;
        training.algorithm = self.body(algorithm)?;
        Ok(training)
    }

    fn annotation(&mut self, span: Span) -> Result<QuantizationAnnotation, ImportError> {
        let mut annotation = QuantizationAnnotation::default();
        let mut fields = Fields::new(span);
        while let Some((field, value)) = fields.next(&mut self.window)? {
            match (field, value) {
                (1, Value::Span(span)) => annotation.tensor = self.name(span)?,
                (2, Value::Span(span)) => self.entry(&mut annotation.parameters, span)?,
                _ => {}
            }
        }
        Ok(annotation)
    }
}

fn no_graph() -> ImportError {
    ImportError::malformed("onnx/no-graph", "it holds no graph, so it is no ONNX model")
        .help("if it is one, it broke off before the graph: download or export it again")
}

fn merged(parts: usize) -> Diagnostic {
    let what = format!("the graph is written in {parts} parts, which count as one graph together");
    Diagnostic::warning("onnx/merged-graph", what).help("were two models joined into one file?")
}
