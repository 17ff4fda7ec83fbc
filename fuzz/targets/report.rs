//! Reports that were written before, read back to be printed and compared.
#![no_main]

use netweight::report::{Diff, Json, Renderer, Report, Text};

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Ok(report) = Report::from_json(input) else { return };
    let _ = Text::default().render(&report, &mut Vec::new());
    let _ = Json.render(&report, &mut Vec::new());
    if let [first, .., last] = report.models.as_slice() {
        let _ = Diff::new(first, last).to_json();
    }
});
