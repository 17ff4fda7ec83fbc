//! Expectations are worked by hand or come from the textbook's examples.
mod brackets;
mod examples;
mod limits;
mod lists;
mod mistakes;
mod optional;
mod property;
mod shape;
mod wrappers;

use super::Value::{self, Flag, Int, List};
use super::{Env, Formula, Tree, Unresolved};

const FFNN: &str = "(pairs(i, h, o)) + (sum(h, o){bias})";
const RECURRENT: &str =
    "d? × (g × [h(h{!p} + p{p} + i) + b? × h{bias}] + 3 × h{peephole} + p × h{p})";
const CONV: &str = "[(i ÷ n?) × (prod(f)) × o] + o{bias}";

fn tree(text: &str, env: &dyn Env) -> Tree {
    Formula::parse(text).expect(text).expand(env).expect(text)
}

fn unresolved(text: &str, env: &dyn Env) -> Unresolved {
    Formula::parse(text).expect(text).expand(env).expect_err(text)
}

/// Symbols and numbers of a formula, side by side.
fn both(text: &str, env: &dyn Env) -> [String; 2] {
    let tree = tree(text, env);
    [tree.symbols(), tree.numbers()]
}

fn recurrent(g: u64, h: u64, i: u64) -> [(&'static str, Value<'static>); 6] {
    [
        ("d", Int(1)),
        ("g", Int(g)),
        ("h", Int(h)),
        ("i", Int(i)),
        ("b", Int(1)),
        ("bias", Flag(true)),
    ]
}

fn conv<'a>(i: u64, f: &'a [u64], o: u64, bias: bool) -> [(&'static str, Value<'a>); 5] {
    [("i", Int(i)), ("f", List(f)), ("o", Int(o)), ("n", Int(1)), ("bias", Flag(bias))]
}
