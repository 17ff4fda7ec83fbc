//! Every bound on what is read, in one place, each with its reason.

/// Bytes of one file. Twenty times the largest config met; its tree then stays near 200 MB.
pub const BYTES: usize = 32 << 20;

/// Keys and values of one file. A full tree of them takes about 100 MB.
pub const VALUES: usize = 1_000_000;

/// Levels of a spec. People write five; every reader behind may recurse this far.
pub const SPEC_DEPTH: usize = 128;

/// Levels of a Keras config. Models nested 100 deep load in Keras and take four levels each,
/// 500 wrappers two; reading, cloning and dropping this many fits a stack of 640 KB.
pub const KERAS_DEPTH: usize = 1_100;

/// Values that aliases may add to a YAML file, 64 bytes of text counting as one more. Old Keras
/// configs share small tuples and stay below a hundred; an alias bomb is refused at once.
pub const ALIAS_GROWTH: usize = 100_000;

/// Problems kept of one file. More than anyone repairs in one go, and a file that is wrong
/// everywhere stays cheap.
pub const PROBLEMS: usize = 20;

/// What one reading may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub bytes: usize,
    /// Keys and values.
    pub values: usize,
    /// Levels of lists and maps inside each other.
    pub depth: usize,
    /// Values that aliases add.
    pub alias_growth: usize,
    /// Problems kept.
    pub problems: usize,
}

impl Limits {
    /// For specs that people write.
    pub const SPEC: Self = Self {
        bytes: BYTES,
        values: VALUES,
        depth: SPEC_DEPTH,
        alias_growth: ALIAS_GROWTH,
        problems: PROBLEMS,
    };

    /// For configs that Keras wrote.
    pub const KERAS: Self = Self { depth: KERAS_DEPTH, ..Self::SPEC };
}
