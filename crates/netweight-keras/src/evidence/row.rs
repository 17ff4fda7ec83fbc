//! The row type of kinds that stored variables tell, and what a row's function sees.

use netweight_core::{Arg, Args, DType};

use super::part::Variable;

/// A kind, by its variables.
pub(super) struct Row {
    pub(super) kind: &'static str,
    /// Which variables there may be, in order.
    pub(super) names: &'static [&'static [&'static str]],
    /// The sizes by the variables' shapes; none where these do not fit each other.
    pub(super) measure: fn(&Variables) -> Option<Args>,
    /// Whether numbered variables of such shapes can hardly be of another kind.
    pub(super) is_plain: fn(&Variables) -> bool,
}

/// The variables of one layer, named.
pub(super) struct Variables<'v>(Vec<(&'static str, &'v Variable<'v>)>);

impl<'v> Variables<'v> {
    /// Variables under the names of a row's choice: their own, else by their numbers.
    pub(super) fn named(variables: &'v [Variable<'v>], names: &[&'static str]) -> Option<Self> {
        if variables.len() != names.len() {
            return None;
        }
        let of = |(name, numbered): (&'static str, &'v Variable<'v>)| match numbered.name {
            Some(_) => {
                let own = variables.iter().find(|variable| variable.name == Some(name))?;
                Some((name, own))
            }
            None => Some((name, numbered)),
        };
        names.iter().copied().zip(variables).map(of).collect::<Option<_>>().map(Self)
    }

    pub(super) fn get(&self, name: &str) -> Option<&'v [u64]> {
        self.find(name).map(|variable| variable.shape)
    }

    fn find(&self, name: &str) -> Option<&'v Variable<'v>> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, variable)| *variable)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// Whether a variable is not there, or of that shape.
    pub(super) fn fits(&self, name: &str, shape: &[u64]) -> bool {
        self.get(name).is_none_or(|found| found == shape)
    }

    pub(super) fn rank(&self, name: &str) -> usize {
        self.get(name).map_or(0, <[u64]>::len)
    }

    /// Whether a variable holds whole numbers, as quantized ones do.
    pub(super) fn is_whole(&self, name: &str) -> bool {
        let whole = |dtype| matches!(dtype, DType::Int8 | DType::UInt8 | DType::Int4);
        self.find(name).is_some_and(|variable| whole(variable.dtype))
    }
}

/// Sizes under the names of arguments.
pub(super) fn sizes<const N: usize>(sizes: [(&'static str, u64); N]) -> Option<Args> {
    sizes
        .into_iter()
        .try_fold(Args::default(), |args, (name, size)| Some(args.with(name, Arg::size(size)?)))
}

const NEVER: fn(&Variables) -> bool = |_| false;

pub(super) const fn row(
    kind: &'static str,
    names: &'static [&'static [&'static str]],
    measure: fn(&Variables) -> Option<Args>,
) -> Row {
    Row { kind, names, measure, is_plain: NEVER }
}

pub(super) fn biased(found: &Variables, args: Args) -> Option<Args> {
    Some(args.with("bias", found.has("bias")))
}

/// A whole shape as one argument.
pub(super) fn shape(found: &Variables, variable: &str, arg: &'static str) -> Option<Args> {
    Some(Args::default().with(arg, Arg::sizes(found.get(variable)?)?))
}
