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
    flags(site).measure_all("normalized_shape", dims).state("axis", axes(site))
}

/// The normalized axes, counted from the end.
fn axes(site: &Site) -> Option<Vec<i64>> {
    let first = match site.int("axis").unwrap_or(-1) {
        axis if axis < 0 => axis,
        axis => axis.checked_sub(i64::try_from(site.rank(0)?).ok()?)?,
    };
    let bearable = i64::try_from(netweight_core::limits::onnx::DIMS).ok()?;
    (-bearable..0).contains(&first).then(|| (first..0).collect())
}

fn flags(site: &Site) -> Sizes {
    Sizes::default()
        .state("scale", Some(site.has(Role::Gamma)))
        .state("offset", Some(site.has(Role::Beta)))
}

/// Slopes align with the input's last dimensions; in files of old versions, a list of them with
/// its channels.
fn slopes(site: &Site) -> Sizes {
    let Some(dims) = site.dims(Role::Slope) else { return Sizes::misfit() };
    let Some(rank) = site.rank(0).filter(|rank| *rank > 1) else {
        return Sizes::default().measure_all("slope_shape", Some(dims));
    };
    let mut sizes = match dims {
        [channels] if *channels > 1 && site.wiring.opset().is_some_and(|opset| opset < 7) => {
            let ones = std::iter::repeat_n(1, rank.saturating_sub(2));
            std::iter::once(*channels).chain(ones).collect()
        }
        dims => {
            let missing = rank.saturating_sub(1).saturating_sub(dims.len());
            let mut sizes = vec![1; missing];
            sizes.extend(dims.iter().skip(dims.len().saturating_sub(rank - 1)));
            sizes
        }
    };
    sizes.truncate(rank - 1);
    let shared = sizes.iter().enumerate().filter(|(_, size)| **size == 1);
    let shared: Option<Vec<i64>> = shared.map(|(index, _)| i64::try_from(index + 1).ok()).collect();
    Sizes::default().measure_all("slope_shape", Some(&sizes)).state("shared_axes", shared)
}
