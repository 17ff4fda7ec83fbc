//! A place in a file that moves on: numbers and texts of either byte order, through one window.

use netweight_core::{ImportError, Source};

use crate::limits;

/// Where a header is being read.
pub(crate) struct Cursor<'a> {
    source: &'a dyn Source,
    at: u64,
    window: Vec<u8>,
    /// Where the window begins.
    start: u64,
    /// Bytes read so far.
    read: u64,
    pub(crate) is_big_endian: bool,
}

/// A number of `$bytes` bytes in the file's order.
macro_rules! number {
    ($name:ident, $type:ty, $bytes:literal) => {
        pub(crate) fn $name(&mut self) -> Result<$type, ImportError> {
            let bytes = self.take::<$bytes>()?;
            Ok(if self.is_big_endian {
                <$type>::from_be_bytes(bytes)
            } else {
                <$type>::from_le_bytes(bytes)
            })
        }
    };
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(source: &'a dyn Source) -> Self {
        Self { source, at: 0, window: Vec::new(), start: 0, read: 0, is_big_endian: false }
    }

    number!(u16, u16, 2);
    number!(u32, u32, 4);
    number!(u64, u64, 8);

    /// The offset of the next byte.
    pub(crate) fn at(&self) -> u64 {
        self.at
    }

    /// The next bytes.
    pub(crate) fn take<const N: usize>(&mut self) -> Result<[u8; N], ImportError> {
        if let Some(bytes) = self.in_window() {
            self.at = self.at.saturating_add(N as u64);
            return Ok(bytes);
        }
        self.window = self.source.read_vec(self.at, limits::WINDOW)?;
        self.start = self.at;
        self.read = self.read.saturating_add(self.window.len() as u64);
        if self.read > limits::HEADER {
            let found = format!("more than {} bytes before the data", limits::HEADER);
            return Err(ImportError::limit("gguf/header-size", found).at(self.place()));
        }
        let bytes = self.in_window().ok_or_else(|| self.ended())?;
        self.at = self.at.saturating_add(N as u64);
        Ok(bytes)
    }

    fn in_window<const N: usize>(&self) -> Option<[u8; N]> {
        let offset = usize::try_from(self.at.checked_sub(self.start)?).ok()?;
        self.window.get(offset..)?.first_chunk::<N>().copied()
    }

    /// Moves on over bytes that nobody looks at.
    pub(crate) fn skip(&mut self, bytes: u64) -> Result<(), ImportError> {
        let end = self.at.checked_add(bytes).filter(|end| *end <= self.source.len());
        self.at = end.ok_or_else(|| self.ended())?;
        Ok(())
    }

    /// A text of at most so many bytes; of a longer one none, behind which the cursor then is.
    pub(crate) fn text(&mut self, longest: u64) -> Result<Option<String>, ImportError> {
        let length = self.u64()?;
        if length > longest {
            self.skip(length)?;
            return Ok(None);
        }
        let at = self.at;
        self.skip(length)?;
        let offset = at.checked_sub(self.start).and_then(|offset| usize::try_from(offset).ok());
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let inside = offset.and_then(|offset| self.window.get(offset..)?.get(..length));
        let bytes = match inside {
            Some(bytes) => bytes.to_vec(),
            None => self.source.read_vec(at, length)?,
        };
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// A key or a name, which must not be long.
    pub(crate) fn name(&mut self, of: &str) -> Result<String, ImportError> {
        let place = self.place();
        self.text(limits::NAME)?.ok_or_else(|| {
            let found = format!("{of} of more than {} bytes", limits::NAME);
            ImportError::malformed("gguf/name-length", found).at(place)
        })
    }

    /// The place as an error has it.
    pub(crate) fn place(&self) -> String {
        format!("byte {}", self.at)
    }

    fn ended(&self) -> ImportError {
        let length = self.source.len();
        let found = format!("the file ends at byte {length}, inside its header");
        ImportError::malformed("gguf/cut-off", found)
            .at(self.place())
            .help("the download may have failed; fetch the file again")
    }
}
