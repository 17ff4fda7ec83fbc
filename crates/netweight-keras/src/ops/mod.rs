//! Operations that stand in a graph between layers.

use netweight_markup::Node;

use crate::graph::{Call, Feed};
use crate::reader::{Reader, Row};

/// An operation's row and what feeds it; none for an entry that is a layer.
pub(crate) fn operation<'a>(
    _reader: &mut Reader<'a>,
    _entry: &'a Node,
    _path: String,
    _call: &Call<'a>,
) -> Option<(Row, Vec<Feed<'a>>)> {
    None
}
