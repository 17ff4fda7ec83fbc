//! What a person asks for: a scheme's id with options, as in `gguf-Q4_K_M,imatrix`.

use super::{How, Policy, Scheme, find};

/// A scheme with its options.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// As it was asked for, or the name of one's own.
    pub text: String,
    /// The scheme of all that no policy is for.
    pub scheme: &'static Scheme,
    /// What becomes of some tensors instead; the first that matches counts.
    pub policies: Vec<Policy>,
    options: Vec<(&'static OptionRow, Option<u64>)>,
}

/// An option that the schemes of a family take.
#[derive(Debug, PartialEq, Eq)]
pub struct OptionRow {
    /// Its name.
    pub name: &'static str,
    /// Whether a number follows it, as in `group=128`.
    pub takes_number: bool,
    /// What it does, in one line.
    pub summary: &'static str,
}

impl OptionRow {
    /// An option that is there or not.
    pub(super) const fn flag(name: &'static str, summary: &'static str) -> Self {
        Self { name, takes_number: false, summary }
    }
}

impl Request {
    /// Reads an id with options by comma.
    ///
    /// ```
    /// use netweight_core::scheme::Request;
    /// let request = Request::parse("int4,group=128,asym")?;
    /// assert_eq!(request.scheme.id, "int4");
    /// assert_eq!(request.number("group"), Some(128));
    /// # Ok::<(), String>(())
    /// ```
    ///
    /// # Errors
    /// No scheme of that id, or no option of that name, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = text.split(',');
        let id = parts.next().unwrap_or_default();
        let scheme =
            find(id).ok_or_else(|| format!("no scheme `{id}`; `netweight schemes` lists them"))?;
        let mut request =
            Self { text: text.to_owned(), scheme, policies: Vec::new(), options: Vec::new() };
        for part in parts {
            request.options.push(option(scheme, part)?);
        }
        Ok(request)
    }

    /// A scheme without options.
    pub fn plain(scheme: &'static Scheme) -> Self {
        Self { text: scheme.id.to_owned(), scheme, policies: Vec::new(), options: Vec::new() }
    }

    /// The scheme and its options as they are read back, whatever it is called.
    pub fn spelled(&self) -> String {
        let options = self.options.iter().map(|(row, number)| match number {
            Some(number) => format!(",{}={number}", row.name),
            None => format!(",{}", row.name),
        });
        std::iter::once(self.scheme.id.to_owned()).chain(options).collect()
    }

    /// Whether a plain width: every parameter takes its bits, and nothing else is stored.
    pub fn is_width(&self) -> bool {
        self.scheme.is_width() && self.policies.is_empty()
    }

    /// Whether a rule looks at a file's own operators, so that an importer should hand them over.
    pub fn reads_graph(&self) -> bool {
        let others = self.policies.iter().any(|policy| match &policy.how {
            How::Scheme(request) => request.reads_graph(),
            How::Stored | How::Cast(_) => false,
        });
        others || self.scheme.reads_graph()
    }

    /// Whether an option is given.
    pub fn has(&self, name: &str) -> bool {
        self.options.iter().any(|(row, _)| row.name == name)
    }

    /// The number of an option.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.options.iter().find(|(row, _)| row.name == name).and_then(|(_, number)| *number)
    }
}

fn option(scheme: &Scheme, part: &str) -> Result<(&'static OptionRow, Option<u64>), String> {
    let (name, number) = match part.split_once('=') {
        Some((name, number)) => (name.trim(), Some(number.trim())),
        None => (part.trim(), None),
    };
    let rows = scheme.family.options;
    let Some(row) = rows.iter().find(|row| row.name == name) else {
        let known: Vec<&str> = rows.iter().map(|row| row.name).collect();
        return Err(match known.as_slice() {
            [] => format!("`{}` takes no options, so no `{name}`", scheme.id),
            known => format!("`{}` takes no option `{name}`, only {}", scheme.id, known.join(", ")),
        });
    };
    match (row.takes_number, number) {
        (false, None) => Ok((row, None)),
        (false, Some(_)) => Err(format!("`{name}` takes no value")),
        (true, number) => match number.and_then(|number| number.parse::<u64>().ok()) {
            Some(number) if number > 0 => Ok((row, Some(number))),
            _ => Err(format!("`{name}` takes a number above zero, as in `{name}=128`")),
        },
    }
}
