//! The `netweight` program.
fn main() {}
