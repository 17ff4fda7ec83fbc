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
    key(
        "input",
        "a symbol, or a list of them",
        "the argument that the input's last dimension gives, or those that its last ones give; `_` \
         for one without a name",
    ),
    key(
        "output",
        "a size, or a list of them",
        "what stands in the output in their place; `?` for a shape that is not known, and the \
         input's shape where it is left out",
    ),
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

/// Keys of a rules file.
pub(crate) static RULES: &[Key] = &[
    key("operators", "a list", "rows for operators of ONNX graphs"),
    key("classes", "a list", "rows for layer classes of Keras configs"),
];

/// Keys of a scheme file.
pub(crate) static SCHEMES: &[Key] = &[key("schemes", "a map", "schemes by name")];

/// Keys of a scheme.
pub(crate) static SCHEME: &[Key] = &[
    key("scheme", "a scheme with its options", "what becomes of all that no rule is for"),
    key("rules", "a list", "what becomes of some tensors instead; the first that fits counts"),
];

/// Keys of a rule for some tensors: those that fit all that it says.
pub(crate) static POLICY: &[Key] = &[
    key("layers", "a path, or a list of them", "by the layer's path, `*` standing for anything"),
    key("kind", "a kind of the catalogue", "by the layer's kind"),
    key("category", "a category", "by what a parameter is: `trainable`, `non_trainable`"),
    key("role", "a role", "by what the tensor does in its layer: `bias`"),
    key("as", "`stored`, a width or a scheme", "what becomes of them"),
];

/// Keys of an operator's row.
pub(crate) static OPERATOR: &[Key] = &[
    key("domain", "text", "the operator's domain; the standard's where it is left out"),
    key("operator", "text", "its name"),
    key(
        "kind",
        "a kind of the catalogue",
        "what layer it makes; its weights count by their shapes where it is left out",
    ),
    key("inputs", "a map", "which weight each input is, by the input's number from 0"),
    key("args", "a map", "arguments of the kind: attributes by name, or values"),
    key("trainable", "`true` or `false`", "whether training changes its weights"),
];

/// Keys of an input of such a row, in place of the weight's name alone.
pub(crate) static OPERATOR_INPUT: &[Key] = &[
    key("weight", "a name", "a weight of the kind, else a role"),
    key(
        "shape",
        "a list",
        "what its dimensions are, where they are not in the kind's order: `[o, i]`, `_` for any",
    ),
];

/// Keys of a class' row.
pub(crate) static CLASS: &[Key] = &[
    key("class", "text", "the class' name, with its package where that matters: `package>Name`"),
    key("kind", "a kind of the catalogue", "what layer it is"),
    key("args", "a map", "arguments of the kind or the formula: keys of the config, or values"),
    key("parameters", "a formula", "its parameters, over keys of the config: `2 × units × d`"),
    key(
        "trainable",
        "a formula; beside `kind` and `parameters` `true` or `false`",
        "those that training changes, where others are",
    ),
    key("non_trainable", "a formula", "the others"),
    key("weights", "a map", "its tensors, as those of a kind in a spec"),
    key("input", "a name, or a list of them", "what the input's last dimensions are called"),
    key(
        "output",
        "a size, or a list of them, or `same`",
        "what stands in the output in their place; not known where it is left out",
    ),
];

/// Keys of a value that is a word.
pub(crate) static RULE_VALUE: &[Key] =
    &[key("value", "a value", "the same in every layer, where a bare word would be a name")];

/// Whether a word is one of some keys.
pub(crate) fn holds(keys: &[Key], word: &str) -> bool {
    keys.iter().any(|key| key.word == word)
}

/// The words of some keys.
pub(crate) fn words(keys: &'static [Key]) -> impl Iterator<Item = &'static str> {
    keys.iter().map(|key| key.word)
}
