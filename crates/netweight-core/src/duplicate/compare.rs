//! Two tensors side by side.

use std::io;

use super::Read;
use super::payload::{CHUNK, Payload};

/// Elements of a tile.
const TILE: u64 = 1 << 18;

/// Elements of a row of a tile, where the matrix is that wide.
const ROW: u64 = 512;

/// Whether two tensors of one length have the same bytes.
pub(super) fn is_equal(read: &mut Read<'_>, one: Payload, two: Payload) -> io::Result<bool> {
    let (mut left, mut right) = (vec![0; CHUNK], vec![0; CHUNK]);
    for ((first, length), (second, _)) in one.pieces().zip(two.pieces()) {
        let left = left.get_mut(..length).unwrap_or_default();
        let right = right.get_mut(..length).unwrap_or_default();
        read(first, left)?;
        read(second, right)?;
        if left != right {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a tensor of so many columns and rows is the other one, of so many rows and columns,
/// turned over: tile by tile.
pub(super) fn is_transposed(
    read: &mut Read<'_>,
    one: Payload,
    two: Payload,
    (rows, columns, width): (u64, u64, usize),
) -> io::Result<bool> {
    let wide = columns.min(ROW.max(TILE / rows.max(1)));
    let high = rows.min(TILE / wide.max(1)).max(1);
    let (mut row, mut column) = (0, 0);
    while row < rows {
        let (height, breadth) = (high.min(rows - row), wide.min(columns - column));
        let upright = Tile { row, column, height, breadth, columns };
        let turned =
            Tile { row: column, column: row, height: breadth, breadth: height, columns: rows };
        let (left, right) = (upright.read(read, one, width)?, turned.read(read, two, width)?);
        if !is_turned(&left, &right, breadth, height, width) {
            return Ok(false);
        }
        column += breadth;
        if column >= columns {
            (row, column) = (row + height, 0);
        }
    }
    Ok(true)
}

/// A part of a matrix of so many columns.
struct Tile {
    row: u64,
    column: u64,
    height: u64,
    breadth: u64,
    columns: u64,
}

impl Tile {
    /// Its bytes, row by row.
    fn read(&self, read: &mut Read<'_>, tensor: Payload, width: usize) -> io::Result<Vec<u8>> {
        let width = width as u64;
        let whole = self.breadth == self.columns;
        let (times, length) =
            if whole { (1, self.height * self.breadth) } else { (self.height, self.breadth) };
        let length = usize::try_from(length * width).unwrap_or(0).max(1);
        let mut bytes = vec![0; length * usize::try_from(times).unwrap_or(0)];
        for (row, part) in (self.row..).zip(bytes.chunks_exact_mut(length)) {
            let element = row.saturating_mul(self.columns).saturating_add(self.column);
            read(tensor.at(element.saturating_mul(width)), part)?;
        }
        Ok(bytes)
    }
}

fn is_turned(left: &[u8], right: &[u8], breadth: u64, height: u64, width: usize) -> bool {
    let at = |row: usize, column: usize| {
        let columns = usize::try_from(height).unwrap_or(0);
        let from = row.saturating_mul(columns).saturating_add(column).saturating_mul(width);
        right.get(from..from.saturating_add(width))
    };
    let row = usize::try_from(breadth).unwrap_or(0).saturating_mul(width).max(1);
    left.chunks_exact(row).enumerate().all(|(i, row)| {
        row.chunks_exact(width).enumerate().all(|(j, element)| at(j, i) == Some(element))
    })
}
