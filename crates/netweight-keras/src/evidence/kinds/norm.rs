//! Normalizations.

use netweight_core::{Arg, Args, elements};

use crate::evidence::row::{Variables, sizes};

pub(super) fn batch_norm(found: &Variables) -> Option<Args> {
    // Those of several axes have a dimension for each.
    let mean = found.get("moving_mean")?;
    let channels = elements(mean)?;
    let all = ["gamma", "beta", "moving_variance", "moving_stddev", "renorm_mean", "renorm_stddev"];
    let fits = all.iter().all(|name| found.fits(name, mean));
    let args = sizes([("channels", channels)])?;
    let args = args.with("renorm", found.has("renorm_mean"));
    Some(scaled(found, args)).filter(|_| fits)
}

pub(super) fn layer_norm(found: &Variables) -> Option<Args> {
    let given = found.get("gamma").or_else(|| found.get("beta"))?;
    let args = Args::default().with("normalized_shape", Arg::sizes(given)?);
    Some(scaled(found, args)).filter(|_| found.fits("beta", given) && !given.is_empty())
}

pub(super) fn group_norm(found: &Variables) -> Option<Args> {
    let [channels] = found.get("gamma").or_else(|| found.get("beta"))? else { return None };
    let args = sizes([("channels", *channels)])?;
    Some(scaled(found, args)).filter(|_| found.fits("beta", &[*channels]))
}

fn scaled(found: &Variables, args: Args) -> Args {
    args.with("scale", found.has("gamma")).with("offset", found.has("beta"))
}
