//! Questions that people have, each answered by one command.

use crate::program::{netweight, netweight_in};

const RESNET: &str = "keras/resnet50.json";

#[test]
fn where_do_the_parameters_sit() {
    let said = netweight(80, &[RESNET, "--by", "kind"]);
    let first = said.out.lines().nth(3).unwrap();
    // By hand from the published network: all but 2048 × 1000 + 1000 of the head and four
    // vectors for each of 26,560 normalized channels are convolutions.
    assert!(first.starts_with("conv "), "{}", said.out);
    assert!(first.contains(" 23,481,472 "), "{}", said.out);
}

#[test]
fn what_is_not_trainable() {
    let said = netweight(80, &[RESNET, "--filter", "category:non_trainable", "--by", "kind"]);
    assert!(said.out.contains("batch_norm"), "{}", said.out);
    assert!(said.out.contains("shown                         106,240"), "{}", said.out);
}

#[test]
fn which_layers_are_the_largest() {
    let said = netweight(80, &[RESNET, "--top", "1"]);
    let row = said.out.lines().nth(3).unwrap();
    assert!(row.ends_with("[512 × (3 × 3) × 512] + 512"), "{}", said.out);
}

#[test]
fn wrong_names_say_what_was_meant() {
    for (arguments, meant) in [
        (["--filter", "kind:lsmt"], "did you mean `lstm`?"),
        (["--filter", "knid:lstm"], "did you mean `kind`?"),
        (["--sort", "paramters"], "'parameters'"),
        (["--scheme", "itn8"], "did you mean `int8`?"),
        (["--convention", "kears"], "did you mean `keras`?"),
        (["--fromat", "json"], "'--format'"),
    ] {
        let said = netweight(80, &[&[RESNET], &arguments[..]].concat());
        assert_eq!(said.code, 2);
        assert!(said.err.contains(meant), "{}", said.err);
    }
    let said = netweight(80, &["kinds", "lsmt"]);
    assert_eq!(
        (said.code, said.err.as_str()),
        (2, "error: no kind `lsmt`; did you mean `lstm`?\n")
    );
}

#[test]
fn nothing_but_text_goes_through_a_pipe() {
    for variables in [&[][..], &[("NO_COLOR", "1"), ("TERM", "xterm-256color")]] {
        let said = netweight_in(variables, &[RESNET, "--by", "module"]);
        assert!(!said.out.contains('\u{1b}'));
        assert!(said.out.lines().all(|line| line.chars().count() <= 80));
    }
}
