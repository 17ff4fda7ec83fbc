//! Recurrent layers and their cells.

use netweight_markup::Node;

use crate::class::{self, BIAS, Class, Key, key};
use crate::config::Read;
use crate::layer::Draft;
use crate::version::Version;

const UNITS: Key = key(&["units", "output_dim"], "hidden_size", Read::Size);
const SEQUENCES: Key = key(&["return_sequences"], "return_sequences", Read::Flag);
const STATE: Key = key(&["return_state"], "return_state", Read::Flag);
const TIME: Key = key(&["time_major"], "time_first", Read::Flag);
const RESET: Key = key(&["reset_after"], "reset_after", Read::Flag);
const KEYS: &[Key] = &[UNITS, BIAS, SEQUENCES, STATE, TIME];

const fn layer(names: &'static [&'static str], kind: &'static str, more: fn(&mut Draft)) -> Class {
    Class { names, kind, keys: KEYS, rank: (3, 3), call: &["sequences", "initial_state"], more }
}

const fn cell(names: &'static [&'static str], kind: &'static str) -> Class {
    Class { names, kind, keys: &[UNITS, BIAS, RESET], rank: (2, 2), ..Class::PLAIN }
}

pub(super) static CLASSES: &[Class] = &[
    layer(&["SimpleRNN"], "simple_rnn", |_| {}),
    layer(&["LSTM"], "lstm", |_| {}),
    layer(&["CuDNNLSTM"], "lstm", |draft| draft.set("bias_vectors", 2)),
    Class {
        keys: &[UNITS, BIAS, SEQUENCES, STATE, TIME, RESET],
        ..layer(&["GRU"], "gru", reset_after)
    },
    layer(&["CuDNNGRU"], "gru", |draft| draft.set("reset_after", true)),
    cell(&["SimpleRNNCell"], "simple_rnn"),
    cell(&["LSTMCell"], "lstm"),
    Class { more: |draft| draft.set("peephole", true), ..cell(&["PeepholeLSTMCell"], "lstm") },
    Class { more: reset_after, ..cell(&["GRUCell"], "gru") },
    Class {
        keys: &[SEQUENCES, STATE, TIME],
        rank: (3, usize::MAX),
        ..layer(&["RNN"], "recurrent_cells", cells)
    },
    Class {
        names: &["ConvRNN2D"],
        kind: "conv_lstm",
        keys: &[SEQUENCES, STATE],
        rank: (5, 5),
        more: conv_cell,
        ..Class::PLAIN
    },
];

/// The cell is a `ConvLSTM2D` in all but what it returns.
fn conv_cell(draft: &mut Draft) {
    let cell = draft.given(&["cell"]).and_then(|cell| cell.get("config"));
    if let Some((cell, layer)) = cell.zip(class::find("ConvLSTM2D")) {
        draft.config = cell;
        draft.fill(layer);
    }
}

/// Keras 1 and the first releases of Keras 2 had no `reset_after`, which is to say false.
fn reset_after(draft: &mut Draft) {
    if draft.layer.args.get("reset_after").is_none() && draft.version() < Version::Three {
        draft.set("reset_after", false);
    }
}

/// One cell, a list of them, or a layer that stacks them.
fn cells(draft: &mut Draft) {
    if draft.version() == Version::Three {
        draft.leave_frozen_to_inner();
    }
    // TensorFlow.js writes the cells that it stacks as the layer's own.
    let Some(cell) = draft.given(&["cell", "cells"]) else {
        draft.refuse("cell", "an RNN without a cell");
        return;
    };
    let stacked = cell.get("config").and_then(|config| config.get("cells")?.as_seq());
    let cells = stacked.or(cell.as_seq()).unwrap_or(std::slice::from_ref(cell));
    cells.iter().for_each(|cell| draft.wrap(unwrapped(cell)));
}

/// What `tf.nn` wraps around a cell, for dropout, a residual or a device, has no weights.
fn unwrapped(mut cell: &Node) -> &Node {
    while let Some(inside) = cell.get("config").and_then(|config| config.get("cell")) {
        cell = inside;
    }
    cell
}
