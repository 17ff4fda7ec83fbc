//! The name that was probably meant.

/// Names longer than this are compared with nothing; no name of the field comes near it.
const LONGEST: usize = 64;

/// The nearest of `names` to what was written, if one is near enough: one slip (a letter too
/// many, missing, wrong, or two swapped) for every three letters, case aside.
///
/// ```
/// assert_eq!(netweight_markup::nearest("lsmt", ["gru", "lstm", "rnn"]), Some("lstm"));
/// assert_eq!(netweight_markup::nearest("transformer", ["gru", "lstm"]), None);
/// ```
pub fn nearest<'n>(written: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    if written.len() > LONGEST {
        return None;
    }
    let written = written.to_lowercase();
    let length = written.chars().count();
    let near = |name: &&str| name.chars().count().abs_diff(length) <= slips(length);
    names
        .into_iter()
        .filter(near)
        .map(|name| (strsim::osa_distance(&written, &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= slips(length))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

fn slips(length: usize) -> usize {
    length.div_ceil(3).min(3)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    const KINDS: [&str; 7] = ["conv", "dense", "gru", "layer_norm", "lstm", "rnn", "embedding"];

    #[test]
    fn typing_slips_find_their_name() {
        for (written, meant) in [
            ("desne", "dense"),
            ("lsmt", "lstm"),
            ("LSTM", "lstm"),
            ("con", "conv"),
            ("layernorm", "layer_norm"),
            ("embeding", "embedding"),
            ("embbedding", "embedding"),
        ] {
            assert_eq!(nearest(written, KINDS), Some(meant), "{written}");
        }
    }

    #[test]
    fn other_words_find_nothing() {
        for written in ["attention", "x", "", "dropout", "identity", &"l".repeat(100_000)] {
            assert_eq!(nearest(written, KINDS), None, "{written}");
        }
    }

    #[test]
    fn first_of_equally_near_names_wins() {
        assert_eq!(nearest("gri", ["gru", "grid"]), Some("gru"));
    }
}
