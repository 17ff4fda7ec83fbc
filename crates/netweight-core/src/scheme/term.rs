//! Bytes as one would work them out by hand: `256 × ⌈512 / 32⌉ × 16`.

use super::items::Item;

/// A product that comes to bytes of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// What they hold.
    pub item: Item,
    /// What they are to the tool: `codes`, `scales`, `g_idx`.
    pub what: &'static str,
    factors: Vec<Factor>,
}

/// A factor: a product, divided and rounded up.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Factor {
    product: Vec<u64>,
    divisor: u64,
}

impl Factor {
    fn value(&self) -> u128 {
        let product = self.product.iter().fold(1u128, |all, n| all.saturating_mul((*n).into()));
        product.div_ceil(self.divisor.max(1).into())
    }
}

impl Term {
    pub(super) fn new(item: Item, what: &'static str) -> Self {
        Self { item, what, factors: Vec::new() }
    }

    /// Times a number.
    pub(super) fn times(mut self, number: u64) -> Self {
        self.factors.push(Factor { product: vec![number], divisor: 1 });
        self
    }

    /// Times a product that is divided and rounded up.
    pub(super) fn ceil(mut self, product: &[u64], divisor: u64) -> Self {
        self.factors.push(Factor { product: product.to_vec(), divisor });
        self
    }

    /// What it comes to.
    pub fn bytes(&self) -> u64 {
        let product = self.factors.iter().fold(1u128, |all, f| all.saturating_mul(f.value()));
        u64::try_from(product).unwrap_or(u64::MAX)
    }

    /// With its numbers; a division that leaves nothing over needs no rounding.
    pub fn numbers(&self) -> String {
        let factors = self.factors.iter().filter(|f| f.value() != 1 || self.factors.len() == 1);
        let texts: Vec<String> = factors.map(Factor::text).collect();
        if texts.is_empty() { "1".to_owned() } else { texts.join(" × ") }
    }
}

impl Factor {
    fn text(&self) -> String {
        let product = self.product.iter().map(u64::to_string).collect::<Vec<_>>().join(" × ");
        let whole = self.product.iter().fold(1u128, |all, n| all.saturating_mul((*n).into()));
        match self.divisor {
            0 | 1 => product,
            divisor if whole.is_multiple_of(divisor.into()) && self.product.len() == 1 => {
                format!("({product} / {divisor})")
            }
            divisor => format!("⌈{product} / {divisor}⌉"),
        }
    }
}
