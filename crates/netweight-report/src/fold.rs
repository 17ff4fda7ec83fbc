//! Repeats in deep models: the blocks of a transformer are shown once, with their number.

use crate::quantity::grouped;
use crate::report::Layer;
use crate::row::Row;
use crate::sum::Sum;

/// Fewer blocks than this are shown one by one.
pub(crate) const TIMES: usize = 3;

/// Levels of numbered segments in a path at which repeats are looked for: a stack within a stack.
const LEVELS: usize = 4;

/// The layers as rows, three or more equal blocks in a row folded into one.
///
/// `alike` says whether two layers say the same but for their paths.
pub(crate) fn fold<'a>(
    layers: &[&'a Layer],
    alike: impl Fn(&Layer, &Layer) -> bool,
) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    let mut rest = layers;
    let mut before: Option<&Layer> = None;
    while let Some(&layer) = rest.first() {
        let repeat = numbered(&layer.path)
            .filter(|level| before.is_none_or(|b| !level.holds(&b.path)))
            .find_map(|level| Repeat::find(rest, level, &alike));
        let taken = match repeat {
            Some(repeat) => repeat.push_rows(rest, &mut rows),
            None => {
                rows.push(Row::layer(layer));
                1
            }
        };
        before = taken.checked_sub(1).and_then(|last| rest.get(last)).copied();
        rest = rest.get(taken..).unwrap_or_default();
    }
    rows
}

/// A path cut at one of its numbered segments: `layers.`, 0, `.attn.q_proj`.
#[derive(Debug, Clone, Copy)]
struct Level<'a> {
    prefix: &'a str,
    index: u64,
}

/// The numbered segments of a path, outermost first.
fn numbered(path: &str) -> impl Iterator<Item = Level<'_>> {
    let mut start = 0;
    path.split_inclusive(['.', '/'])
        .filter_map(move |segment| {
            let prefix = path.get(..start)?;
            start += segment.len();
            Some(Level { prefix, index: number(segment.trim_end_matches(['.', '/']))? })
        })
        .take(LEVELS)
}

/// The number that a segment of a path is, written as numbers are.
pub(crate) fn number(segment: &str) -> Option<u64> {
    let number: u32 = segment.parse().ok()?;
    (segment == number.to_string()).then_some(number.into())
}

impl<'a> Level<'a> {
    /// What follows the number in a path of the block with this one: `.attn.q_proj`, or nothing.
    fn inner<'p>(&self, index: u64, path: &'p str) -> Option<&'p str> {
        let rest = path.strip_prefix(self.prefix)?.strip_prefix(index.to_string().as_str())?;
        (rest.is_empty() || rest.starts_with(['.', '/'])).then_some(rest)
    }

    fn holds(&self, path: &str) -> bool {
        self.inner(self.index, path).is_some()
    }
}

/// Equal blocks, one behind the other.
struct Repeat<'a> {
    level: Level<'a>,
    /// Layers of one block.
    length: usize,
    times: usize,
}

impl<'a> Repeat<'a> {
    fn find(
        layers: &[&'a Layer],
        level: Level<'a>,
        alike: &impl Fn(&Layer, &Layer) -> bool,
    ) -> Option<Self> {
        let length = layers.iter().take_while(|layer| level.holds(&layer.path)).count();
        let block = layers.get(..length)?;
        let same = |index: u64, layers: &[&Layer]| {
            layers.len() == length
                && block.iter().zip(layers).all(|(a, b)| {
                    let inner = level.inner(index, &b.path);
                    inner.is_some() && inner == level.inner(level.index, &a.path) && alike(a, b)
                })
        };
        let mut indices = level.index..;
        let times = layers
            .chunks(length.max(1))
            .take_while(|layers| indices.next().is_some_and(|index| same(index, layers)))
            .count();
        // A last block that goes on differently is no repeat of the others.
        let last = level.index + (times as u64).saturating_sub(1);
        let next = layers.get(length * times);
        let goes_on = next.is_some_and(|next| level.inner(last, &next.path).is_some());
        let times = times.saturating_sub(usize::from(goes_on));
        (times >= TIMES).then_some(Self { level, length, times })
    }

    /// Adds the line with the number of blocks and the layers of one; returns how many layers
    /// that covers.
    fn push_rows(&self, layers: &[&'a Layer], rows: &mut Vec<Row<'a>>) -> usize {
        let Level { prefix, index } = self.level;
        let length = self.length * self.times;
        let all = layers.get(..length).unwrap_or_default();
        let block = layers.get(..self.length).unwrap_or_default();
        let sum = |layers: &[&Layer]| layers.iter().map(|layer| Sum::of(layer)).collect::<Sum>();
        let path = format!("{prefix}{index} … {}", index + self.times as u64 - 1);
        rows.push(Row::together(path, sum(all), times(self.times, sum(block))));
        for layer in block {
            let inner = self.level.inner(index, &layer.path).unwrap_or_default();
            let inner = if inner.is_empty() { "(each)" } else { inner };
            rows.push(Row::labelled(layer, format!("  {inner}")));
        }
        length
    }
}

/// `32 × 61,865,984`.
pub(crate) fn times(times: usize, each: Sum) -> String {
    match each.complete {
        true => format!("{times} × {}", grouped(each.parameters)),
        false => format!("{times} × ?"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layers(paths: &[&str]) -> Vec<Layer> {
        let layer = |path: &&str| Layer {
            path: (*path).into(),
            parameters: Some(path.len() as u64 % 2 + 1),
            ..Layer::default()
        };
        paths.iter().map(layer).collect()
    }

    /// The rows' paths, the layers being alike when their counts are.
    fn folded(layers: &[Layer]) -> Vec<String> {
        let alike = |a: &Layer, b: &Layer| a.parameters == b.parameters;
        let rows = fold(&layers.iter().collect::<Vec<_>>(), alike);
        rows.iter().map(|row| row.label.clone().into_owned()).collect()
    }

    #[test]
    fn three_equal_blocks_are_one() {
        let layers = layers(&["in", "h.0.a", "h.0.b", "h.1.a", "h.1.b", "h.2.a", "h.2.b", "out"]);
        assert_eq!(folded(&layers), ["in", "h.0 … 2", "  .a", "  .b", "out"]);
    }

    #[test]
    fn two_are_shown() {
        let paths = ["h.0.a", "h.1.a", "i.0", "i.1"];
        assert_eq!(folded(&layers(&paths)), paths);
    }

    #[test]
    fn a_different_block_stands_alone() {
        let mut layers = layers(&["h.0.a", "h.1.a", "h.2.a", "h.3.a", "h.4.a"]);
        layers[0].parameters = Some(7);
        assert_eq!(folded(&layers), ["h.0.a", "h.1 … 4", "  .a"]);
        layers[2].parameters = Some(7);
        assert_eq!(folded(&layers), ["h.0.a", "h.1.a", "h.2.a", "h.3.a", "h.4.a"]);
    }

    #[test]
    fn a_longer_last_block_is_no_repeat() {
        let paths = ["h.0.a", "h.1.a", "h.2.a", "h.3.a", "h.3.b"];
        assert_eq!(folded(&layers(&paths)), ["h.0 … 2", "  .a", "h.3.a", "h.3.b"]);
    }

    #[test]
    fn a_stack_within_a_stack_and_bare_numbers() {
        let paths = ["a.0.b.0", "a.0.b.1", "a.0.b.2", "x/8", "x/9", "x/10"];
        let mut layers = layers(&paths);
        layers[5].parameters = layers[4].parameters;
        assert_eq!(folded(&layers), ["a.0.b.0 … 2", "  (each)", "x/8 … 10", "  (each)"]);
    }

    #[test]
    fn numbers_must_follow_each_other() {
        let paths = ["h.0", "h.2", "h.4", "h.01", "h.02", "h.03", "h.18446744073709551615", "h.x"];
        assert_eq!(folded(&layers(&paths)), paths);
    }

    #[test]
    fn the_line_above_sums_what_the_blocks_hold() {
        let layers = layers(&["h.0.a", "h.0.bb", "h.1.a", "h.1.bb", "h.2.a", "h.2.bb"]);
        let rows = fold(&layers.iter().collect::<Vec<_>>(), |a, b| a.parameters == b.parameters);
        assert_eq!(rows[0].sum.parameters, 3 * (2 + 1));
        assert_eq!(rows[0].note, "3 × 3");
    }
}
