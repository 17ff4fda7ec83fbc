//! What is kept of a file: the memory that it may take, and the names.

use netweight_core::{ImportError, limits};

use crate::{Name, Names};

/// What a name takes besides its letters: its end, its place in the table.
const NAME_COST: usize = 16;

/// There is room for one name in so many bytes of the file from the start: a table that grows is laid
/// out anew each time.
const BYTES_A_NAME: u64 = 512;
/// Names that there is room for from the start at most.
const EXPECTED: usize = 1 << 17;

/// The names kept so far and the memory that is left for more.
pub(crate) struct Kept {
    pub(crate) names: Names,
    /// Whether some name was not UTF-8.
    pub(crate) repaired: bool,
    left: u64,
}

impl Kept {
    /// Nothing yet, of a file of so many bytes.
    pub(crate) fn of(length: u64) -> Self {
        let texts = usize::try_from(length / BYTES_A_NAME).unwrap_or(usize::MAX).min(EXPECTED);
        Self { names: Names::with_room(texts), repaired: false, left: limits::onnx::MEMORY }
    }

    /// Takes so many bytes of memory.
    pub(crate) fn take(&mut self, bytes: usize) -> Result<(), ImportError> {
        self.left = self.left.checked_sub(bytes as u64).ok_or_else(|| {
            let most = limits::onnx::MEMORY >> 20;
            ImportError::limit(
                "onnx/too-large",
                format!("names, nodes and attributes take more than {most} MiB of memory"),
            )
        })?;
        Ok(())
    }

    /// The name of these bytes; what is not UTF-8 in them is replaced.
    pub(crate) fn name(&mut self, bytes: &[u8]) -> Result<Name, ImportError> {
        match str::from_utf8(bytes) {
            Ok(text) => self.intern(text),
            Err(_) => {
                self.repaired = true;
                self.intern(&String::from_utf8_lossy(bytes))
            }
        }
    }

    fn intern(&mut self, text: &str) -> Result<Name, ImportError> {
        let known = self.names.len();
        let name = self.names.intern(text);
        if self.names.len() > known {
            self.take(text.len() + NAME_COST)?;
        }
        Ok(name)
    }
}
