//! Areas in proportion to figures: rectangles within rectangles, as square as can be.

/// A rectangle, in the units of a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Area {
    /// What is left inside a margin, and below a title.
    pub(crate) fn inside(self, margin: f64, title: f64) -> Self {
        Self {
            x: self.x + margin,
            y: self.y + title + margin,
            width: (self.width - 2.0 * margin).max(0.0),
            height: (self.height - title - 2.0 * margin).max(0.0),
        }
    }

    fn shorter_side(&self) -> f64 {
        self.width.min(self.height)
    }
}

/// An area for every value, larger ones first in place; the order of the values is that of the
/// answer. Bruls, Huizing and van Wijk, "Squarified treemaps", 2000.
pub(crate) fn squarified(values: &[f64], whole: Area) -> Vec<Area> {
    let total: f64 = values.iter().sum();
    let mut areas = vec![Area { width: 0.0, height: 0.0, ..whole }; values.len()];
    if total <= 0.0 || whole.shorter_side() <= 0.0 {
        return areas;
    }
    let scale = whole.width * whole.height / total;
    let mut order: Vec<(usize, f64)> = values
        .iter()
        .enumerate()
        .filter(|(_, value)| **value > 0.0)
        .map(|(index, value)| (index, value * scale))
        .collect();
    order.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    let mut left = whole;
    let mut rest = order.as_slice();
    // Beside something huge there may be no width left for what is tiny.
    while !rest.is_empty() && left.shorter_side() > 0.0 {
        let (row, after) = rest.split_at(best_row(rest, left.shorter_side()));
        left = place(row, left, &mut areas);
        rest = after;
    }
    areas
}

/// How many of the values, from the first, make the row whose worst rectangle is the squarest.
fn best_row(values: &[(usize, f64)], side: f64) -> usize {
    let (mut sum, mut best) = (0.0, f64::INFINITY);
    let first = values.first().map_or(0.0, |(_, value)| *value);
    for (count, (_, value)) in values.iter().enumerate() {
        sum += value;
        let square = sum * sum;
        let worst = (side * side * first / square).max(square / (side * side * value));
        if worst > best {
            return count.max(1);
        }
        best = worst;
    }
    values.len()
}

/// Places a row along the shorter side; returns what is left beside it.
fn place(row: &[(usize, f64)], left: Area, areas: &mut [Area]) -> Area {
    let sum: f64 = row.iter().map(|(_, value)| value).sum();
    let upright = left.width >= left.height;
    let depth = sum / left.shorter_side();
    let mut along = 0.0;
    for (index, value) in row {
        let length = value / depth;
        let area = match upright {
            true => Area { x: left.x, y: left.y + along, width: depth, height: length },
            false => Area { x: left.x + along, y: left.y, width: length, height: depth },
        };
        if let Some(place) = areas.get_mut(*index) {
            *place = area;
        }
        along += length;
    }
    match upright {
        true => Area { x: left.x + depth, width: (left.width - depth).max(0.0), ..left },
        false => Area { y: left.y + depth, height: (left.height - depth).max(0.0), ..left },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: Area = Area { x: 0.0, y: 0.0, width: 6.0, height: 4.0 };

    /// The example of the paper: areas 6 6 4 3 2 2 1 in a rectangle of 6 by 4.
    #[test]
    fn the_published_example() {
        let areas = squarified(&[6.0, 6.0, 4.0, 3.0, 2.0, 2.0, 1.0], WHOLE);
        assert_eq!(areas[0], Area { x: 0.0, y: 0.0, width: 3.0, height: 2.0 });
        assert_eq!(areas[1], Area { x: 0.0, y: 2.0, width: 3.0, height: 2.0 });
        let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
        assert!(near(areas[2].width, 12.0 / 7.0) && near(areas[2].height, 7.0 / 3.0));
    }

    #[test]
    fn areas_are_in_proportion_and_inside() {
        let values: Vec<f64> = (0..200).map(|i| f64::from(i * i % 97)).collect();
        let areas = squarified(&values, WHOLE);
        let total: f64 = values.iter().sum();
        for (value, area) in values.iter().zip(&areas) {
            assert!((area.width * area.height - value / total * 24.0).abs() < 1e-6);
            assert!(area.x >= 0.0 && area.x + area.width <= 6.0 + 1e-6);
            assert!(area.y >= 0.0 && area.y + area.height <= 4.0 + 1e-6);
        }
    }

    #[test]
    fn nothing_has_no_area() {
        assert!(squarified(&[], WHOLE).is_empty());
        assert!(squarified(&[0.0, 0.0], WHOLE).iter().all(|area| area.width == 0.0));
        let flat = Area { height: 0.0, ..WHOLE };
        assert!(squarified(&[1.0], flat).iter().all(|area| area.height == 0.0));
        let huge = squarified(&[u64::MAX as f64, 1.0], WHOLE);
        assert!(huge.iter().all(|area| area.width.is_finite() && area.height.is_finite()));
    }
}
