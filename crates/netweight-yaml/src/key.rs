//! The keys of a spec outside its layers' arguments, one row each.

/// A key and what it is for.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) word: &'static str,
    /// What it takes, in words.
    pub(crate) takes: &'static str,
    pub(crate) meaning: &'static str,
}

const fn key(word: &'static str, takes: &'static str, meaning: &'static str) -> Key {
    Key { word, takes, meaning }
}

/// Keys of the spec itself.
pub(crate) static SPEC: &[Key] = &[
    key("name", "text", "the model's name"),
    key(
        "convention",
        "`textbook`, `keras`, `pytorch` or `onnx`",
        "whose defaults hold for what is left out, and whether channels come first",
    ),
    key("input", "a shape, or a map of named shapes", "one example's shape, without the batch"),
    key("vars", "a map", "values by name, for `$name` and `${2 * name}`"),
    key("kinds", "a map", "kinds of layers by their formula"),
    key("blocks", "a map", "layers written once and used by name"),
    key("layers", "a list", "the layers, each fed by the one above it"),
    key("expect", "a map, or the number of parameters", "what the model must come to"),
];

/// Keys beside a layer's kind.
pub(crate) static LAYER: &[Key] = &[
    key("name", "text", "the layer's name; its kind and a number where there is none"),
    key(
        "from",
        "a name, or a list of names",
        "what feeds the layer: names above it, `input`, `previous`; `name:1` is a second output",
    ),
    key("repeat", "a whole number from 1", "how often; each is fed by the one before"),
    key("trainable", "`true` or `false`", "whether training changes its weights"),
    key("tied", "a name", "the layer above whose weights it uses"),
    key("expect", "a map, or the number of parameters", "what it must come to"),
];

/// What stands in the place of a kind.
pub(crate) static ITEM: &[Key] = &[
    key("layers", "a list", "a group of layers, with names of their own inside"),
    key("use", "a name", "a layer or group above once more, with the same weights"),
];

/// Keys of a block.
pub(crate) static BLOCK: &[Key] = &[
    key("vars", "a map", "its values by name; a use may give others, and must where there is none"),
    key("inputs", "a list of names", "its inputs, where there are several; else it is `input`"),
    key("layers", "a list", "its layers"),
];

/// Keys of a kind that a spec defines.
pub(crate) static KIND: &[Key] = &[
    key("summary", "text", "what it does, in one line"),
    key("args", "a map", "the formula's symbols and their meaning; or a map of the keys below"),
    key("formula", "text", "its parameters: `i × o + o{bias}`"),
    key(
        "weights",
        "a map",
        "its tensors: names and shapes, `[i, 2 × o]`; or a map of the keys below",
    ),
    key("input", "a symbol", "the argument that the input's last dimension gives"),
    key("output", "a symbol", "the argument that is the output's last dimension"),
];

/// Keys of an argument of such a kind.
pub(crate) static KIND_ARG: &[Key] = &[
    key("meaning", "text", "what it is"),
    key("default", "a value", "its value where a layer gives none"),
];

/// Keys of a tensor of such a kind.
pub(crate) static KIND_WEIGHT: &[Key] = &[
    key("shape", "a list", "its dimensions"),
    key("when", "a symbol", "the argument without which it is not there"),
    key("trainable", "`true` or `false`", "whether training changes it"),
];

/// Keys of an expectation.
pub(crate) static EXPECT: &[Key] = &[
    key("parameters", "a whole number", "all parameters"),
    key("trainable", "a whole number", "those that training changes"),
    key("non_trainable", "a whole number", "running statistics and frozen weights"),
];

/// The words of some keys.
pub(crate) fn words(keys: &'static [Key]) -> impl Iterator<Item = &'static str> {
    keys.iter().map(|key| key.word)
}
