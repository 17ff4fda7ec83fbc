//! THE operations that stand in a graph between layers: `keras.ops` in Keras 3, TensorFlow's
//! functions and graph nodes in `tf.keras`. None has weights; what counts is their shape.

mod elementwise;
mod operation;
mod product;
mod reduce;
mod reshape;
mod slice;
mod tensorflow;

use std::collections::HashMap;
use std::sync::LazyLock;

use netweight_core::Layer;
use netweight_markup::Node;

use crate::class;
use crate::graph::{Call, Feed};
use crate::reader::{Reader, Row};
use crate::version::Version;
use operation::Operation;

/// An operation: one row for all the names that mean the same.
pub(crate) struct Op {
    /// Its names, as [`plain`] writes them.
    names: &'static [&'static str],
    /// Its kind in the core's catalogue.
    kind: &'static str,
    /// How its operands become inputs and arguments.
    read: fn(&mut Operation),
}

/// Every family; a new one is a file and a line here.
static FAMILIES: &[&[Op]] =
    &[elementwise::OPS, reduce::OPS, reshape::OPS, slice::OPS, product::OPS];

static BY_NAME: LazyLock<HashMap<&'static str, &'static Op>> = LazyLock::new(|| {
    let rows = FAMILIES.iter().copied().flatten();
    rows.flat_map(|op| op.names.iter().map(move |name| (*name, op))).collect()
});

/// An operation's row and what feeds it; none for an entry that is a layer. One without a row
/// in the table is kept, its shape as the graph states it.
pub(crate) fn operation<'a>(
    reader: &mut Reader<'a>,
    entry: &'a Node,
    path: String,
    call: &Call<'a>,
) -> Option<(Row, Vec<Feed<'a>>)> {
    let class_name = entry.get("class_name")?.as_str()?;
    let config = entry.get("config")?;
    let layer = Layer::new(path, class_name, "opaque");
    let (name, mut operation) = if reader.is_operation(entry, class_name, config) {
        (class_name, Operation::new(layer, config, call.clone()))
    } else {
        tensorflow::operation(class_name, config, layer, call)?
    };
    match BY_NAME.get(plain(name).as_str()) {
        Some(op) => {
            operation.layer.kind = Some(op.kind.into());
            (op.read)(&mut operation);
        }
        None => operation.feed_all(),
    }
    if operation.layer.kind.as_deref() == Some("opaque") {
        let built = reader.built(entry);
        operation.layer.stated_inputs = built.into();
    }
    let span = entry.get("class_name").unwrap_or(entry).span;
    Some((Row::new(operation.layer, None, span), operation.feeds))
}

impl Reader<'_> {
    /// Whether an entry is one of `keras.ops`. HDF5 files leave modules out; there an operation
    /// differs from a layer of its name in that it has nothing to train.
    fn is_operation(&self, entry: &Node, class_name: &str, config: &Node) -> bool {
        match entry.get("module") {
            Some(module) => module.as_str().is_some_and(|module| module.contains(".ops.")),
            None => {
                self.version == Version::Three
                    && config.get("trainable").is_none()
                    && (class::find(class_name).is_none()
                        || BY_NAME.contains_key(plain(class_name).as_str()))
            }
        }
    }
}

/// `tf.math.reduce_mean`, `ReduceMean` and `BatchMatMulV2` as `reducemean`, `batchmatmul`.
fn plain(name: &str) -> String {
    let last = name.rsplit('.').next().unwrap_or(name);
    let numbered = last.trim_end_matches(|c: char| c.is_ascii_digit());
    let last = match numbered.strip_suffix('V') {
        Some(unversioned) if numbered.len() < last.len() => unversioned,
        _ => last,
    };
    last.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}
