//! `model.json` of TensorFlow.js: a Keras config, and beside it a list of the weights.

use netweight_core::{DType, ImportError};
use netweight_markup::Node;

use crate::hdf5::Dataset;
use crate::statistic;

/// What such a file holds of a model.
pub(crate) struct Parts<'a> {
    /// The config: `class_name` and `config`.
    pub(crate) config: &'a Node,
    pub(crate) version: Option<&'a str>,
    /// The weights that the file names; their values lie in files of their own.
    pub(crate) weights: Vec<Dataset>,
}

/// The parts of a file of that layout; none of any other file.
pub(crate) fn parts(root: &Node) -> Result<Option<Parts<'_>>, ImportError> {
    let (topology, manifest) = (root.get("modelTopology"), root.get("weightsManifest"));
    if root.get("class_name").is_some() || (topology.is_none() && manifest.is_none()) {
        return Ok(None);
    }
    // Converted files keep Keras' config under a key, its own ones are it.
    let config = topology.and_then(|topology| topology.get("model_config").or(Some(topology)));
    match config.filter(|config| config.get("class_name").is_some()) {
        Some(config) => Ok(Some(Parts {
            config,
            version: topology.and_then(|topology| topology.get("keras_version")?.as_str()),
            weights: manifest.map(weights).unwrap_or_default(),
        })),
        None => Err(without_config(root)),
    }
}

/// A graph of TensorFlow, or nothing that is known.
fn without_config(root: &Node) -> ImportError {
    let format = root.get("format").and_then(Node::as_str);
    let graph = root.get("modelTopology").and_then(|topology| topology.get("node"));
    let told = match graph.is_some() || format == Some("graph-model") {
        true => "a graph model of TensorFlow.js: operations of TensorFlow, and no Keras config",
        false => "a model of TensorFlow.js without a Keras config in its `modelTopology`",
    };
    ImportError::malformed("keras/tensorflow-js", told).help(
        "pass the model that it was made from, or convert that with --output_format=tfjs_layers_model",
    )
}

fn weights(manifest: &Node) -> Vec<Dataset> {
    let groups = manifest.as_seq().unwrap_or_default().iter();
    groups.flat_map(|group| group.get("weights")?.as_seq()).flatten().filter_map(weight).collect()
}

/// One weight. A quantized one is stored in the type of its `quantization`.
fn weight(node: &Node) -> Option<Dataset> {
    let size = |item: &Node| u64::try_from(item.as_int()?).ok();
    let shape = node.get("shape")?.as_seq()?.iter().map(size).collect::<Option<Vec<u64>>>()?;
    let quantized = node.get("quantization").and_then(|node| node.get("dtype"));
    let name = node.get("name")?.as_str()?;
    let dtype = quantized.or_else(|| node.get("dtype"))?.as_str()?;
    Some(Dataset {
        path: name.to_owned(),
        shape,
        dtype: DType::from_name(dtype)?,
        is_plain: true,
        is_statistic: statistic::is_name(name),
    })
}
