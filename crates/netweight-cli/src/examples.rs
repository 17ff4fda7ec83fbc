//! Examples in help texts, one row each; a test runs every one of them.

/// A command line and what it answers.
type Example = (&'static str, &'static str);

const REPORT: &[Example] = &[
    ("netweight model.onnx", "layers, totals, sizes"),
    ("netweight model.onnx --by module --depth 2", "where the parameters sit"),
    ("netweight model.onnx --filter category:non_trainable", "what is not trained"),
    ("netweight model.onnx --top 10 --sort bytes", "the largest layers"),
    ("netweight config.json --input-shape '?,28,28,1'", "a config that leaves its input open"),
    ("netweight config.json --rules rules.yaml", "layer classes, operators of your own"),
    ("netweight config.json --assume gate=1000", "a layer whose count cannot be known"),
    ("netweight model.onnx --format html > report.html", "a page to look at and to pass on"),
    ("netweight model.onnx --max-parameters 30M --max-bytes int8=30MiB", "a gate for CI"),
];

const EXPLAIN: &[Example] = &[
    ("netweight explain spec.yaml", "every layer that has parameters"),
    ("netweight explain model.onnx 'layer1.*.conv1'", "some of them"),
];

const SIZES: &[Example] = &[
    ("netweight sizes model.onnx", "the default widths"),
    ("netweight sizes model.onnx --scheme int8 --scheme int4", "some schemes"),
];

const DIFF: &[Example] = &[
    ("netweight diff before.onnx after.onnx", "two exports of one model"),
    ("netweight diff before.onnx spec.yaml", "an export and what was planned"),
    ("netweight diff before.onnx after.onnx --exit-code --format markdown", "for a review"),
];

const COMPLETIONS: &[Example] = &[
    ("netweight completions bash > netweight.bash", "then source it, or put it where bash looks"),
    ("netweight completions zsh > _netweight", "into a folder of $fpath"),
];

/// The examples of a subcommand; of the main job without one.
const ALL: &[(&str, &[Example])] = &[
    ("", REPORT),
    ("explain", EXPLAIN),
    ("sizes", SIZES),
    ("diff", DIFF),
    ("completions", COMPLETIONS),
];

/// The command line with its examples behind the long help.
pub(crate) fn add(command: clap::Command) -> clap::Command {
    ALL.iter().fold(command, |command, (name, examples)| match *name {
        "" => {
            let end = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            command.after_long_help(format!("{}\n{end}", in_words(examples)))
        }
        name => command.mut_subcommand(name, |sub| sub.after_long_help(in_words(examples))),
    })
}

fn in_words(examples: &[Example]) -> String {
    let mut text = "Examples:\n".to_owned();
    for (line, answer) in examples {
        text += &format!("  {line}\n      {answer}\n");
    }
    text
}
