//! Recurrent layers.

use netweight_core::Role;

use super::{MICROSOFT, Op, Site, Sizes, Use, op};
use Use::{Fixed, Learned, Scale, State, ZeroPoint};

const CELL: &[(usize, Use)] = &[
    (1, Learned(Role::Kernel)),
    (2, Learned(Role::RecurrentKernel)),
    (3, Learned(Role::Bias)),
    (4, Fixed),
    (5, State),
];
const LSTM: &[(usize, Use)] = &[
    (1, Learned(Role::Kernel)),
    (2, Learned(Role::RecurrentKernel)),
    (3, Learned(Role::Bias)),
    (4, Fixed),
    (5, State),
    (6, State),
    (7, Learned(Role::Peephole)),
];
const QUANTIZED: &[(usize, Use)] = &[
    (1, Learned(Role::Kernel)),
    (2, Learned(Role::RecurrentKernel)),
    (3, Learned(Role::Bias)),
    (4, Fixed),
    (5, State),
    (6, State),
    (7, Learned(Role::Peephole)),
    (8, Scale),
    (9, ZeroPoint),
    (10, Scale),
    (11, ZeroPoint),
];

pub(super) const OPS: &[Op] = &[
    op("RNN", "simple_rnn", CELL, |site| sizes(site, 1)),
    op("GRU", "gru", CELL, |site| sizes(site, 3)),
    op("LSTM", "lstm", LSTM, |site| sizes(site, 4)),
    op("DynamicQuantizeLSTM", "lstm", QUANTIZED, |site| sizes(site, 4)).in_domain(MICROSOFT),
];

fn sizes(site: &Site, gates: u64) -> Sizes {
    let both = site.word("direction") == Some("bidirectional");
    let directions = if both { 2 } else { 1 };
    let hidden = site.size("hidden_size").or_else(|| recurrent(site, gates, directions));
    let rows = hidden.and_then(|hidden| hidden.checked_mul(gates)?.checked_mul(directions));
    let width = |role| site.elements(role)?.checked_div(rows?);
    let vectors = width(Role::Bias).filter(|vectors| *vectors > 0);
    Sizes::default()
        .state("hidden_size", site.int("hidden_size"))
        .state("directions", i64::try_from(directions).ok())
        .state("bias", Some(site.has(Role::Bias)))
        .state("peephole", Some(site.has(Role::Peephole)))
        .measure("input_size", width(Role::Kernel))
        .measure("hidden_size", recurrent(site, gates, directions))
        .measure("bias_vectors", vectors.filter(|vectors| *vectors != 2))
}

/// The hidden size by the recurrent matrix: gates × hidden × hidden in each direction.
fn recurrent(site: &Site, gates: u64, directions: u64) -> Option<u64> {
    let square =
        site.elements(Role::RecurrentKernel)?.checked_div(gates.checked_mul(directions)?)?;
    let hidden = square.isqrt();
    (hidden.checked_mul(hidden)? == square && hidden > 0).then_some(hidden)
}
