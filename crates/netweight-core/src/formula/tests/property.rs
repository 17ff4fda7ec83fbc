//! Every face of a formula says the same number: worked out from the rendered text by an
//! evaluator that shares nothing with the module, and from the sizes in plain Rust.
use super::*;

/// Works out a rendered line; words are looked up.
struct Reader<'a> {
    rest: &'a str,
    lookup: &'a dyn Fn(&str) -> u64,
}

impl Reader<'_> {
    fn eat(&mut self, prefix: &str) -> bool {
        let stripped = self.rest.strip_prefix(prefix);
        self.rest = stripped.unwrap_or(self.rest);
        stripped.is_some()
    }

    fn sum(&mut self) -> u64 {
        let mut total = self.product();
        loop {
            if self.eat(" + ") {
                total += self.product();
            } else if self.eat(" - ") {
                total -= self.product();
            } else {
                return total;
            }
        }
    }

    fn product(&mut self) -> u64 {
        let mut total = self.atom();
        loop {
            if self.eat(" × ") || self.rest.starts_with(['(', '[']) {
                total *= self.atom();
            } else if self.eat(" ÷ ") {
                let divisor = self.atom();
                assert_eq!(total % divisor, 0);
                total /= divisor;
            } else {
                return total;
            }
        }
    }

    fn atom(&mut self) -> u64 {
        for (open, close) in [("(", ")"), ("[", "]")] {
            if self.eat(open) {
                let total = self.sum();
                assert!(self.eat(close), "{close} before {}", self.rest);
                return total;
            }
        }
        let end = self.rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word.parse().unwrap_or_else(|_| (self.lookup)(word))
    }
}

fn worked_out(line: &str, lookup: &dyn Fn(&str) -> u64) -> u64 {
    let mut reader = Reader { rest: line, lookup };
    let total = reader.sum();
    assert_eq!(reader.rest, "", "{line}");
    total
}

/// The value of `h` or `h₂` in an environment.
fn look_up(env: &dyn Env, word: &str) -> u64 {
    let name = word.trim_end_matches(|c| ('₀'..='₉').contains(&c));
    let digits = word.split_at(name.len()).1.chars().map(|c| u32::from(c) - u32::from('₀'));
    let index = digits.fold(0, |number, digit| 10 * number + digit as usize);
    match env.value(name) {
        Some(Int(value)) => value,
        Some(List(values)) => values[index.saturating_sub(1)],
        other => panic!("{word}: {other:?}"),
    }
}

fn check(text: &str, env: &dyn Env, by_hand: u64) {
    let tree = tree(text, env);
    assert_eq!(tree.value(), by_hand, "{text}: {}", tree.numbers());
    let symbols = tree.symbols();
    assert_eq!(worked_out(&symbols, &|word| look_up(env, word)), by_hand, "{symbols}");
    let steps = tree.steps();
    for line in &steps {
        assert_eq!(worked_out(line, &|word| panic!("{word} in {line}")), by_hand, "{line}");
    }
    assert_eq!(steps.last(), Some(&by_hand.to_string()));
    let distinct = steps.windows(2).all(|pair| pair[0] != pair[1]);
    assert!(distinct, "{steps:?}");
}

const SIZES: [u64; 4] = [1, 2, 3, 7];

#[test]
fn recurrent_says_one_number() {
    for (d, h, i) in triples() {
        for p in [0, 1, 5] {
            for choice in 0..8u64 {
                let [b, bias, peephole] = [choice & 1, choice >> 1 & 1, choice >> 2 & 1];
                let env = [
                    ("d", Int(d)),
                    ("g", Int(4)),
                    ("h", Int(h)),
                    ("i", Int(i)),
                    ("p", Int(p)),
                    ("b", Int(b + 1)),
                    ("bias", Flag(bias == 1)),
                    ("peephole", Int(peephole)),
                ];
                let state = if p > 0 { p } else { h };
                let cell = 4 * (h * (state + i) + bias * (b + 1) * h);
                check(RECURRENT, &env, d * (cell + 3 * h * peephole + p * h));
            }
        }
    }
}

#[test]
fn convolution_says_one_number() {
    let kernels: [&[u64]; 6] = [&[], &[1], &[3], &[2, 2], &[1, 5], &[3, 3, 2]];
    for (n, per_group, o) in triples() {
        for f in kernels {
            for bias in [false, true] {
                let mut env = conv(n * per_group, f, o, bias);
                env[3].1 = Int(n);
                let by_hand = per_group * f.iter().product::<u64>() * o + u64::from(bias) * o;
                check(CONV, &env, by_hand);
            }
        }
    }
}

#[test]
fn ffnn_says_one_number() {
    let hidden: [&[u64]; 5] = [&[], &[1], &[5, 5], &[5, 1, 4], &[6; 14]];
    for (i, o, _) in triples() {
        for h in hidden {
            for bias in [false, true] {
                let env = [("i", Int(i)), ("h", List(h)), ("o", Int(o)), ("bias", Flag(bias))];
                let (mut by_hand, mut before) = (0, i);
                for &next in h.iter().chain([&o]) {
                    by_hand += before * next + u64::from(bias) * next;
                    before = next;
                }
                check(FFNN, &env, by_hand);
            }
        }
    }
}

#[test]
fn odd_shapes_say_one_number() {
    for (a, b, c) in triples() {
        let env = [("a", Int(a)), ("b", Int(b)), ("c", Int(c)), ("x", Int(a % 2))];
        let x = a % 2;
        check("a?[b?(c? + b{x})]", &env, a * b * (c + x * b));
        check("a × b × c ÷ (b × c + a{no}) + 1", &env, a + 1);
        check(
            "(a + b{x}) × (b{x} + c{!x}) × [c]",
            &env,
            (a + x * b) * if x == 1 { b } else { c } * c,
        );
        check("a × b + c{x} - (a × b)", &env, x * c);
        check("a? ÷ a? + sum(b, c)(a)", &env, 1 + (b + c) * a);
        check("24 ÷ (a? × 4 ÷ 4) × a?", &[("a", Int([1, 2, 3][(a % 3) as usize]))], 24);
        check("2 × (prod(a, b)) × (a{x} + b × c)", &env, 2 * a * b * (x * a + b * c));
    }
}

fn triples() -> impl Iterator<Item = (u64, u64, u64)> {
    let pairs = SIZES.into_iter().flat_map(|a| SIZES.map(|b| (a, b)));
    pairs.flat_map(|(a, b)| SIZES.map(|c| (a, b, c)))
}
