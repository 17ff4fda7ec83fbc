//! The ONNX importer.

use netweight_core::{
    Confidence, Convention, ImportError, ImportOptions, Importer, ImporterInfo, Model, Source,
};

use crate::beside::Beside;
use crate::category::Categories;
use crate::check;
use crate::claim::claims;
use crate::copies::Copies;
use crate::graph::Wiring;
use crate::hint;
use crate::layers::{Builder, guesses};
use crate::operators::operators;
use crate::ops::Rows;
use crate::peek::Peek;
use crate::plan::{Context, Plan};
use crate::ruled;
use crate::{OnnxFile, looks_like_onnx, read};

/// Reads ONNX files.
#[derive(Debug, Clone, Copy, Default)]
pub struct OnnxImporter;

const INFO: ImporterInfo = ImporterInfo {
    id: "onnx",
    name: "ONNX",
    summary: "ONNX models of every version, with or without their external data",
    extensions: &["onnx"],
};

impl Importer for OnnxImporter {
    fn info(&self) -> &ImporterInfo {
        &INFO
    }

    fn probe(&self, source: &dyn Source) -> Confidence {
        match looks_like_onnx(source) {
            Ok(true) => Confidence::Certain,
            _ if INFO.matches_name(source.name()) => Confidence::Name,
            _ => Confidence::No,
        }
    }

    fn import(&self, source: &dyn Source, options: &ImportOptions) -> Result<Model, ImportError> {
        let file = read(source)?;
        let mut model = model(&file, source, options);
        model.graph = options.operators.then(|| operators(&file, source.len()));
        Ok(model)
    }
}

/// The layers of a file.
fn model(file: &OnnxFile, source: &dyn Source, options: &ImportOptions) -> Model {
    let mut wiring = Wiring::of(file);
    let mut diagnostics = file.problems.clone();
    diagnostics.append(&mut wiring.problems);
    diagnostics.extend(check::tensors(&wiring));
    let beside = Beside::of(&wiring, source);
    diagnostics.extend(beside.problems(&wiring));
    let rows = Rows::of(&options.rules);
    let context = Context::of(wiring, options, beside, &rows);
    let plan = Plan::of(&context);
    let mut peek = Peek::new(source);
    let claims = claims(&context, &plan);
    let categories = Categories::of(&context, &claims, &mut peek);
    let copies = Copies::of(&context, &claims, &mut peek);
    diagnostics.extend(guesses(&context, &categories));
    diagnostics.extend(ruled::findings(&context, &plan, &categories));
    diagnostics.extend(hint::cut(&context, &claims));
    diagnostics.extend(hint::folded_batch_norm(&context, &claims));
    diagnostics.extend(copies.note(&context));
    let files = context.beside.files.clone();
    let head = Model { diagnostics, files, ..head(&context.wiring) };
    Builder::new(&context, &plan, &categories, &copies, &claims, head).build()
}

fn head(wiring: &Wiring) -> Model {
    let (file, names) = (wiring.file, wiring.names());
    let description = match wiring.opset() {
        Some(version) => format!("ONNX opset {version}"),
        None => "ONNX".to_owned(),
    };
    let producer = [names.text(file.producer_name), names.text(file.producer_version)];
    let producer = producer.join(" ").trim().to_owned();
    let name = file.graph(file.graph).map(|graph| names.text(graph.name).to_owned());
    Model {
        description,
        name: name.filter(|name| !name.is_empty()),
        producer: Some(producer).filter(|producer| !producer.is_empty()),
        convention: Convention::Onnx,
        stores_weights: true,
        ..Model::new(INFO.id)
    }
}
