//! Names that are not known, and those that were probably meant.

/// So many names are listed; more are for a catalogue.
const LISTED: usize = 12;

/// `no kind `lsmt`; did you mean `lstm`?`, or what there is where nothing is near.
pub(crate) fn told(what: &str, name: &str, known: &[&str]) -> String {
    let unknown = format!("no {what} `{name}`");
    match netweight_markup::nearest(name, known.iter().copied()) {
        Some(near) => format!("{unknown}; did you mean `{near}`?"),
        None if known.len() <= LISTED => format!("{unknown}; there are {}", known.join(", ")),
        None => format!("{unknown}; `netweight {what}s` lists all"),
    }
}
