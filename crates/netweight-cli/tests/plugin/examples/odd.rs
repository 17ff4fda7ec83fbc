//! A Rust plugin that does what the model's text says: panic, recurse, or tell many layers.
#![allow(clippy::panic, reason = "what this plugin is for")]

use netweight_plugin::Mark;
use netweight_plugin::core::{
    Args, Category, Confidence, DType, Diagnostic, ImportError, ImportOptions, Importer,
    ImporterInfo, Layer, Model, Role, Source, Weight,
};

struct Odd;

const INFO: ImporterInfo =
    ImporterInfo { id: "odd", name: "odd", summary: "odd things", extensions: &["odd"] };

impl Importer for Odd {
    fn info(&self) -> &ImporterInfo {
        &INFO
    }

    fn probe(&self, _: &dyn Source) -> Confidence {
        Confidence::No
    }

    fn import(&self, source: &dyn Source, options: &ImportOptions) -> Result<Model, ImportError> {
        let text = source.read_vec(0, 4096)?;
        let text = String::from_utf8_lossy(&text);
        match text.trim().strip_prefix("odd ").unwrap_or_default() {
            "panic" => panic!("index 7 is not in the table"),
            "overflow" => Ok(Model::new(overflow(0).to_string())),
            "error" => Err(ImportError::limit("odd/limit", "too odd").at("byte 4").help("be even")),
            "sibling" => source
                .sibling("beside.txt")?
                .sibling("other.txt")
                .map(|found| Model { name: Some(found.name().to_owned()), ..Model::new("odd") })
                .map_err(ImportError::from),
            "options" => Ok(Model { name: Some(format!("{options:?}")), ..Model::new("odd") }),
            "open" => {
                let mut model = layers(1);
                let unknown = Some(Box::new(Diagnostic::warning("odd/gate", "nobody knows")));
                model.push(Layer { unknown, ..Layer::new("gate", "Gate", "opaque") });
                Ok(model)
            }
            number => Ok(layers(number.parse().unwrap_or(0))),
        }
    }
}

#[expect(unconditional_recursion, reason = "what this plugin is for")]
fn overflow(level: u64) -> u64 {
    std::hint::black_box(overflow(std::hint::black_box(level + 1))) + 1
}

/// So many dense layers with two arguments and two tensors each.
fn layers(number: u64) -> Model {
    let mut model = Model { stores_weights: true, ..Model::new("odd") };
    for index in 0..number {
        let path = format!("model.layers.{index}.mlp.up_proj");
        let weight = |name, role, shape: &[u64]| Weight {
            name: format!("{path}.{name}"),
            role,
            category: Category::Trainable,
            shape: shape.to_vec(),
            dtype: DType::Float32,
            elements: None,
            stored_bytes: Some(24),
            place: None,
        };
        let weights =
            vec![weight("weight", Role::Kernel, &[3, 2]), weight("bias", Role::Bias, &[3])];
        let args = Args::default().with("input_size", 2).with("output_size", 3);
        let layer = Layer::new(path, "Linear", "dense").with_args(args);
        model.push(Layer { weights, ..layer });
    }
    model
}

netweight_plugin::export!(Odd, info: INFO, magic: [Mark::at(0, b"odd ")]);
