//! Which Keras wrote a config: versions differ in layout, names and defaults.

use netweight_markup::Node;

/// A major version; `tf.keras` and `tf_keras` count as 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Version {
    One,
    Two,
    Three,
}

impl Version {
    /// The version that is written, else the one whose keys the config has.
    pub(crate) fn of(root: &Node, written: Option<&str>) -> Self {
        match written {
            Some(text) if text.starts_with('1') || text.starts_with('0') => Self::One,
            Some(text) if text.starts_with('3') => Self::Three,
            Some(_) => Self::Two,
            None => {
                let modern = ["module", "registered_name", "build_config"];
                let has = |key: &&str| root.get(key).is_some();
                if modern.iter().any(has) { Self::Three } else { Self::Two }
            }
        }
    }

    /// The version as a report names it.
    pub(crate) fn describe(self, written: Option<&str>) -> String {
        match (written, self) {
            (Some(text), _) => format!("Keras {text}"),
            (None, Self::One) => "Keras 1".to_owned(),
            (None, Self::Two) => "Keras 2".to_owned(),
            (None, Self::Three) => "Keras 3".to_owned(),
        }
    }
}
