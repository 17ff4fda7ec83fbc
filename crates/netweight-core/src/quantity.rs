//! Numbers as people read them.

/// A number with a comma before every third digit from the end.
///
/// ```
/// assert_eq!(netweight_core::grouped(25_557_032), "25,557,032");
/// ```
pub fn grouped(n: u64) -> String {
    let mut text = n.to_string();
    let mut place = text.len();
    while place > 3 {
        place -= 3;
        text.insert(place, ',');
    }
    text
}
