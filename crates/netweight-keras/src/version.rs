//! Which Keras wrote a config: versions differ in layout, names and defaults.

use netweight_markup::Node;

/// A major version, and early ones of it that differ; `tf.keras` and `tf_keras` count as 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Version {
    One,
    /// Keras 2 before 2.1.4, whose wrappers leave it to the layer inside whether it is trained.
    EarlyTwo,
    Two,
    Three,
}

impl Version {
    /// The version that is written, else the one whose keys the config has.
    pub(crate) fn of(root: &Node, written: Option<&str>) -> Self {
        match written {
            Some(text) if text.starts_with('1') || text.starts_with('0') => Self::One,
            Some(text) if text.starts_with('3') => Self::Three,
            Some(text) if is_early(text) => Self::EarlyTwo,
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
            // The name of another program that writes Keras' configs: `tfjs-layers 4.22.0`.
            (Some(text), _) if text.starts_with(|c: char| c.is_ascii_alphabetic()) => {
                text.to_owned()
            }
            (Some(text), _) => format!("Keras {text}"),
            (None, Self::One) => "Keras 1".to_owned(),
            (None, Self::EarlyTwo | Self::Two) => "Keras 2".to_owned(),
            (None, Self::Three) => "Keras 3".to_owned(),
        }
    }
}

fn is_early(text: &str) -> bool {
    let early = ["2.0.", "2.1.0", "2.1.1", "2.1.2", "2.1.3"];
    early.iter().any(|version| text.starts_with(version))
}
