//! Limits that a model has to keep: one line for every breach, exit code 1.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use netweight::core::Check;
use netweight::report::quantity::{binary_bytes, change, counted, grouped};
use netweight::report::{Failure, ModelReport, Report};
use netweight::scheme::Request;

use crate::amount::{self, Percent};
use crate::args::Reading;
use crate::reports::{Wanted, models_of};

/// Limits. Each breach is a line on standard error, and the exit code is 1.
#[derive(Debug, Args)]
#[command(next_help_heading = "Gates")]
pub(crate) struct GateArgs {
    /// At most so many parameters: 25000000 or 25M
    #[arg(long, hide_short_help = true, value_name = "N", value_parser = amount::count)]
    max_parameters: Option<u64>,
    /// At most so many bytes of weights under a scheme, or as stored: int8=25MiB, stored=100MB
    #[arg(long, hide_short_help = true, value_name = "SCHEME=BYTES", value_parser = max_bytes)]
    max_bytes: Vec<MaxBytes>,
    /// Every layer's count is known, and agrees with the stored weights
    #[arg(long, hide_short_help = true)]
    check: bool,
    /// A report that --format json wrote, or a model: parameters and bytes must not grow
    #[arg(long, hide_short_help = true, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// How much they may grow over the baseline
    #[arg(long, hide_short_help = true, value_name = "PERCENT", value_parser = amount::percent, requires = "baseline")]
    max_growth: Option<Percent>,
}

/// A limit on the bytes under a scheme; none for what is stored.
#[derive(Debug, Clone)]
struct MaxBytes {
    scheme: Option<Request>,
    bytes: u64,
}

fn max_bytes(text: &str) -> Result<MaxBytes, String> {
    let (name, bytes) = text
        .rsplit_once('=')
        .ok_or_else(|| "write SCHEME=BYTES, such as int8=25MiB or stored=100MB".to_owned())?;
    let scheme = if name == "stored" { None } else { Some(crate::args::scheme(name)?) };
    Ok(MaxBytes { scheme, bytes: amount::bytes(bytes)? })
}

/// A limit that a model does not keep.
#[derive(Debug, PartialEq, Eq)]
struct Breach {
    source: String,
    message: String,
}

impl GateArgs {
    /// These schemes, and those that limits are about besides.
    pub(crate) fn added_to(&self, mut schemes: Vec<Request>) -> Vec<Request> {
        for gated in self.schemes() {
            if !schemes.contains(&gated) {
                schemes.push(gated);
            }
        }
        schemes
    }

    /// The schemes that the limits are about.
    fn schemes(&self) -> impl Iterator<Item = Request> {
        self.max_bytes.iter().filter_map(|limit| limit.scheme.clone())
    }

    /// Tells every breach; whether all limits are kept.
    ///
    /// # Errors
    /// The baseline cannot be read.
    pub(crate) fn keep(&self, report: &Report, reading: &Reading) -> Result<bool, Vec<Failure>> {
        let schemes: Vec<Request> = self.schemes().collect();
        let baseline = match &self.baseline {
            Some(path) => {
                let wanted = Wanted { schemes: &schemes, ..Wanted::default() };
                Some(models_of(path, reading, &wanted)?)
            }
            None => None,
        };
        let breaches: Vec<Breach> = report
            .models
            .iter()
            .flat_map(|model| self.breaches(model, baseline.as_deref()))
            .collect();
        tell(&breaches);
        Ok(breaches.is_empty())
    }

    fn breaches(&self, model: &ModelReport, baseline: Option<&[ModelReport]>) -> Vec<Breach> {
        let mut messages: Vec<String> = Vec::new();
        messages.extend(self.max_parameters.and_then(|most| too_many(model, most)));
        messages.extend(self.max_bytes.iter().filter_map(|limit| too_large(model, limit)));
        if self.check {
            messages.extend(unchecked(model));
        }
        if let Some(baseline) = baseline {
            messages.extend(grown(model, baseline, self.max_growth.unwrap_or_default()));
        }
        let breach = |message| Breach { source: model.source.clone(), message };
        messages.into_iter().map(breach).collect()
    }
}

fn too_many(model: &ModelReport, most: u64) -> Option<String> {
    let known = model.totals.parameters.unwrap_or(0);
    match model.totals.complete {
        _ if known > most => Some(format!(
            "{} parameters, {} more than the limit of {}",
            grouped(known),
            grouped(known - most),
            grouped(most)
        )),
        true => None,
        false => Some(format!(
            "not all parameters are known, so neither is whether they keep to the limit of {}",
            grouped(most)
        )),
    }
}

fn too_large(model: &ModelReport, limit: &MaxBytes) -> Option<String> {
    let size = match &limit.scheme {
        None => model.stored.as_ref(),
        Some(request) => model.sizes.iter().find(|size| size.scheme == request.text),
    };
    let name = limit.scheme.as_ref().map_or("stored", |request| &request.text);
    let Some(size) = size else {
        return Some(format!("nothing is known of its bytes under `{name}`"));
    };
    match model.totals.complete {
        _ if size.weights_bytes > limit.bytes => Some(format!(
            "{} bytes ({}) under `{name}`, the limit is {} ({})",
            grouped(size.weights_bytes),
            binary_bytes(size.weights_bytes),
            grouped(limit.bytes),
            binary_bytes(limit.bytes)
        )),
        true => None,
        false => {
            Some(format!("not all parameters are known, so neither are the bytes under `{name}`"))
        }
    }
}

/// Layers whose count is open or contradicts the file.
fn unchecked(model: &ModelReport) -> impl Iterator<Item = String> {
    model.layers.iter().filter_map(|layer| match (&layer.formula, layer.parameters) {
        _ if layer.shared_with.is_some() => None,
        (_, None) => Some(format!("{}: the count is not known", layer.path)),
        (Some(formula), Some(stored)) if formula.check == Check::Differ => Some(format!(
            "{}: {} = {}, but the file holds {}",
            layer.path,
            formula.numbers,
            grouped(formula.value),
            grouped(stored)
        )),
        _ => None,
    })
}

/// What grew over the same file in the baseline, or over its only model.
fn grown(model: &ModelReport, baseline: &[ModelReport], most: Percent) -> Vec<String> {
    let before = match baseline {
        [only] => Some(only),
        many => many.iter().find(|before| before.source == model.source),
    };
    let Some(before) = before else {
        return vec![format!(
            "the baseline has {}, none of them this file",
            counted(baseline.len() as u64, "model")
        )];
    };
    let bytes = |model: &ModelReport| model.stored.as_ref().map(|size| size.weights_bytes);
    let figures = [
        ("parameters", before.totals.parameters, model.totals.parameters),
        ("stored bytes", bytes(before), bytes(model)),
    ];
    let grown = |(name, before, now): (&str, Option<u64>, Option<u64>)| {
        let (before, now) = (before?, now?);
        most.is_exceeded(before, now).then(|| {
            let by = change(before, now).unwrap_or_else(|| "from nothing".to_owned());
            let (before, now) = (grouped(before), grouped(now));
            format!("{now} {name}, {by} over the baseline's {before}; at most {most} is allowed")
        })
    };
    figures.into_iter().filter_map(grown).collect()
}

/// Tells breaches, a line each; where GitHub runs it, as annotations of the files.
fn tell(breaches: &[Breach]) {
    let mut stderr = io::stderr().lock();
    let on_github = std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true");
    for Breach { source, message } in breaches {
        let line = match on_github {
            true => annotation(source, message),
            false => {
                let shown = |text| netweight::report::printable(text).into_owned();
                format!("breach: {}: {}", shown(source), shown(message))
            }
        };
        // Nobody is left to tell when standard error is closed.
        let _ = writeln!(stderr, "{line}");
    }
}

/// A workflow command that shows the message beside the file.
fn annotation(source: &str, message: &str) -> String {
    let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    format!(
        "::error file={},title=netweight::{}: {}",
        property(source),
        data(source),
        data(message)
    )
}

#[cfg(test)]
mod tests {
    use super::annotation;

    #[test]
    fn annotations_cannot_be_broken_out_of() {
        assert_eq!(
            annotation("a,b:c.onnx", "50%\n::warning::x"),
            "::error file=a%2Cb%3Ac.onnx,title=netweight::a,b:c.onnx: 50%25%0A::warning::x"
        );
    }
}
