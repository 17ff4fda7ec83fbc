//! Normalizations, and slopes.

use netweight_core::Role;

use super::{MICROSOFT, Op, Site, Sizes, Use, op, plain};
use Use::{Beside, Fixed, Learned, Statistic};

const GAMMA: Use = Learned(Role::Gamma);
const BETA: Use = Learned(Role::Beta);
const BATCH: &[(usize, Use)] =
    &[(1, GAMMA), (2, BETA), (3, Statistic(Role::Mean)), (4, Statistic(Role::Variance))];
const SCALED: &[(usize, Use)] = &[(1, GAMMA), (2, BETA)];
const SKIP: &[(usize, Use)] = &[(2, GAMMA), (3, BETA), (4, Beside(Role::Bias))];
const SKIP_RMS: &[(usize, Use)] = &[(2, GAMMA), (3, Beside(Role::Bias))];
const EMBED: &[(usize, Use)] = &[
    (2, Beside(Role::Embedding)),
    (3, Beside(Role::Embedding)),
    (4, Beside(Role::Embedding)),
    (5, GAMMA),
    (6, BETA),
    (7, Fixed),
    (8, Fixed),
];

pub(super) const OPS: &[Op] = &[
    op("BatchNormalization", "batch_norm", BATCH, batch),
    op("LayerNormalization", "layer_norm", SCALED, shaped),
    op("InstanceNormalization", "instance_norm", SCALED, channels),
    op("GroupNormalization", "group_norm", SCALED, grouped),
    op("RMSNormalization", "rms_norm", SCALED, shaped),
    // ONNX Runtime leaves its own names in the standard domain.
    op("SimplifiedLayerNormalization", "rms_norm", SCALED, shaped),
    op("SimplifiedLayerNormalization", "rms_norm", SCALED, shaped).in_domain(MICROSOFT),
    op("LayerNormalization", "layer_norm", SCALED, shaped).in_domain(MICROSOFT),
    op("SkipLayerNormalization", "layer_norm", SKIP, shaped).in_domain(MICROSOFT),
    op("SkipSimplifiedLayerNormalization", "rms_norm", SKIP_RMS, shaped).in_domain(MICROSOFT),
    op("EmbedLayerNormalization", "layer_norm", EMBED, shaped).in_domain(MICROSOFT),
    op("GroupNorm", "group_norm", SCALED, grouped).in_domain(MICROSOFT),
    op("SkipGroupNorm", "group_norm", SCALED, grouped).in_domain(MICROSOFT),
    op("PRelu", "prelu", &[(1, Learned(Role::Slope))], slopes),
    plain("LpNormalization", "unit_norm"),
    plain("MeanVarianceNormalization", "unit_norm"),
    plain("LRN", "unit_norm"),
];

fn batch(site: &Site) -> Sizes {
    let (mean, variance) = (site.has(Role::Mean), site.has(Role::Variance));
    if mean != variance {
        return Sizes::misfit();
    }
    channels(site).state("statistics", Some(mean))
}

fn grouped(site: &Site) -> Sizes {
    channels(site).state("groups", site.int("num_groups").or(site.int("groups")))
}

fn channels(site: &Site) -> Sizes {
    let roles = [Role::Gamma, Role::Beta, Role::Mean, Role::Variance];
    let counts: Vec<u64> = roles
        .into_iter()
        .filter(|role| site.has(*role))
        .filter_map(|role| site.elements(role))
        .collect();
    if counts.iter().any(|count| Some(count) != counts.first()) {
        return Sizes::misfit();
    }
    flags(site).measure("channels", counts.first().copied())
}

pub(crate) fn shaped(site: &Site) -> Sizes {
    let dims = site.dims(Role::Gamma).or(site.dims(Role::Beta));
    if site.has(Role::Gamma)
        && site.has(Role::Beta)
        && site.elements(Role::Gamma) != site.elements(Role::Beta)
    {
        return Sizes::misfit();
    }
    flags(site).measure_all("normalized_shape", dims)
}

fn flags(site: &Site) -> Sizes {
    Sizes::default()
        .state("scale", Some(site.has(Role::Gamma)))
        .state("offset", Some(site.has(Role::Beta)))
}

fn slopes(site: &Site) -> Sizes {
    Sizes::default().measure_all("slope_shape", site.dims(Role::Slope))
}
