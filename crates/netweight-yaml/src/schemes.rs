//! Scheme files: size schemes of one's own.

use std::fmt::Write as _;

use netweight_core::scheme::{Request, Which};
use netweight_core::{ImportError, Source};

use crate::{importer, reader};

/// Reads a scheme file, in YAML or JSON.
///
/// ```
/// use netweight_core::Bytes;
/// let text = "schemes:\n  mine: {scheme: int4, rules: [{kind: embedding, as: float16}]}\n";
/// let schemes = netweight_yaml::read_schemes(&Bytes::new("mine.yaml", text))?;
/// assert_eq!((&*schemes[0].text, schemes[0].policies.len()), ("mine", 1));
/// # Ok::<(), netweight_core::ImportError>(())
/// ```
///
/// # Errors
/// Everything that is wrong with it, each with its place.
pub fn read_schemes(source: &dyn Source) -> Result<Vec<Request>, ImportError> {
    importer::read(source, reader::schemes::read)
}

/// A scheme as a scheme file that [`read_schemes`] reads back.
pub fn write_scheme(request: &Request) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let mut out = format!("schemes:\n  {}:\n    scheme: ", quoted(&request.text));
    let _ = writeln!(out, "{}", quoted(&request.spelled()));
    if !request.policies.is_empty() {
        out.push_str("    rules:\n");
    }
    for policy in &request.policies {
        let _ = writeln!(out, "      - as: {}", quoted(&policy.how.to_string()));
        for which in &policy.which {
            let (word, names) = match which {
                Which::Kind(name) => ("kind", vec![*name]),
                Which::Category(category) => ("category", vec![category.name()]),
                Which::Role(role) => ("role", vec![role.name()]),
                Which::Layers(paths) => {
                    ("layers", paths.texts().iter().map(String::as_str).collect())
                }
            };
            match names.as_slice() {
                [name] => {
                    let _ = writeln!(out, "        {word}: {}", quoted(name));
                }
                names => {
                    let _ = writeln!(out, "        {word}:");
                    for name in names {
                        let _ = writeln!(out, "          - {}", quoted(name));
                    }
                }
            }
        }
    }
    out
}
