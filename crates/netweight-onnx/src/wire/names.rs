//! Every name once, and the budget that everything kept is taken from.

use std::collections::HashSet;

use netweight_core::{ImportError, limits};

use crate::Name;

/// What a name takes besides its letters: two counts before them, the slot in the set.
const NAME_COST: usize = 48;

/// The names of a file.
#[derive(Default)]
pub(crate) struct Names {
    known: HashSet<Name>,
    /// Whether some name was not UTF-8.
    pub(crate) repaired: bool,
}

impl Names {
    /// The name of these bytes; what is not UTF-8 in them is replaced.
    pub(crate) fn name(&mut self, bytes: &[u8], budget: &mut Budget) -> Result<Name, ImportError> {
        let text = String::from_utf8_lossy(bytes);
        if let Some(name) = self.known.get(&*text) {
            return Ok(Name::clone(name));
        }
        budget.take(text.len() + NAME_COST)?;
        self.repaired |= matches!(text, std::borrow::Cow::Owned(_));
        let name = Name::from(text);
        self.known.insert(Name::clone(&name));
        Ok(name)
    }
}

/// Memory that may still be taken, in bytes.
pub(crate) struct Budget {
    left: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self { left: limits::ONNX_MEMORY }
    }
}

impl Budget {
    /// Takes so many bytes.
    pub(crate) fn take(&mut self, bytes: usize) -> Result<(), ImportError> {
        self.left = self.left.checked_sub(bytes as u64).ok_or_else(|| {
            let most = limits::ONNX_MEMORY >> 20;
            ImportError::limit(
                "onnx/too-large",
                format!("names, nodes and attributes take more than {most} MiB of memory"),
            )
        })?;
        Ok(())
    }
}
