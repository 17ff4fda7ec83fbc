//! Every bound on what is read, in one place, each with its reason.

/// Layers of one model. Larger than any real graph; keeps memory near a gigabyte at worst.
pub const LAYERS: usize = 1_000_000;

/// Wrappers and nested models inside each other. Frameworks write two or three; evaluation
/// recurses once a level, so this bounds the stack.
pub const WRAPPERS: usize = 64;

/// Directions of a recurrent layer whose weights are listed one by one. There are two.
pub const DIRECTIONS: u64 = 2;

/// Brackets inside one another in a formula. A textbook stops at three; bounds recursion.
pub const FORMULA_NESTING: usize = 16;

/// Bytes of a formula's text. It is read again for every layer that uses it.
pub const FORMULA_LENGTH: usize = 4_096;

/// Terms of a list that a formula writes out; of a longer list it shows both ends and `…`.
pub const FORMULA_TERMS: usize = 16;

/// Nodes of a wrapped layer's arithmetic that its wrapper still shows in full; of more it
/// shows the value. Bounds the text and the recursion of wrappers inside wrappers.
pub const FORMULA_NODES: usize = 256;
