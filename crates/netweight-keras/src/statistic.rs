//! Which stored tensors are statistics of the data, and nothing that is learned.

use std::collections::HashMap;

use crate::evidence::kind_in;
use crate::hdf5::{Dataset, Tree};

/// Names of variables that only statistics have.
const NAMES: &[&str] = &[
    "moving_mean",
    "moving_variance",
    "moving_stddev",
    "renorm_mean",
    "renorm_stddev",
    "running_mean",
    "running_std",
    "vector_u",
];

/// Whether a tensor's name alone says that it is one.
pub(crate) fn is_name(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let name = name.split(':').next().unwrap_or(name);
    NAMES.iter().any(|statistic| name.ends_with(statistic))
}

/// Marks those among a layer's tensors. Where variables are numbered, a normalization at any
/// depth is told by what its group, or the layer in it, is called.
pub(crate) fn mark(tensors: &mut [Dataset], tree: &Tree) {
    let mut groups: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, tensor) in tensors.iter_mut().enumerate() {
        tensor.is_statistic = is_name(&tensor.path);
        if let Some((group, _)) = tensor.path.rsplit_once('/') {
            groups.entry(group.to_owned()).or_default().push(index);
        }
    }
    for (group, members) in groups {
        let shapes: Vec<&[u64]> = members
            .iter()
            .filter_map(|index| tensors.get(*index).map(|tensor| tensor.shape.as_slice()))
            .collect();
        let name = group.strip_suffix("/vars").unwrap_or(&group).rsplit('/').next();
        let own = tree.group(&group).and_then(|group| group.text("name"));
        let kind = own.into_iter().chain(name).find_map(kind_in);
        let learned = match (kind, shapes.as_slice()) {
            (Some("spectral_norm"), [[1, _]]) => 0,
            (Some("feature_norm"), [mean, variance, []]) if mean == variance => 0,
            (Some("batch_norm"), [first, others @ ..])
                if group.ends_with("/vars") && others.iter().all(|other| other == first) =>
            {
                // Scale and offset, where they are used, stand before two statistics, or five.
                if shapes.len() == 7 { 2 } else { shapes.len().saturating_sub(2) }
            }
            _ => continue,
        };
        for index in members.into_iter().skip(learned) {
            if let Some(tensor) = tensors.get_mut(index) {
                tensor.is_statistic = true;
            }
        }
    }
}
