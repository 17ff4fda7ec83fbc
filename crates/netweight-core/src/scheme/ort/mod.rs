//! ONNX files as ONNX Runtime's quantizers write them.

mod blocks;
mod dynamic;
mod dynamic_file;
mod edit;
mod float16;
mod flow;
mod lower;
mod qdq_file;
mod qop_file;
mod rows;
mod shapes;
mod static_qdq;
mod static_qop;
mod weight_only;

use super::request::Request;
use super::size::Size;
use super::subject::Subject;

pub(super) use dynamic::size as dynamic;
pub(super) use float16::size as float16;
pub(super) use flow::Flow;
pub(super) use rows::{CONVERTED, Form, Layout, Static, WEIGHT_ONLY};
pub(super) use weight_only::size as weight_only;

/// A size with nothing in it yet but what had to be assumed for the operators.
fn begun(subject: &Subject<'_>, request: &Request) -> Size {
    let mut size = Size::new(request, subject);
    subject.flow().assumed.iter().for_each(|what| size.assume(what.clone()));
    size
}

/// A model whose activations are calibrated.
pub(super) fn calibrated(subject: &Subject<'_>, request: &Request, rule: Static) -> Size {
    let mut size = match rule.form {
        Form::Pairs => static_qdq::size(subject, request, rule),
        Form::Operators => static_qop::size(subject, request, rule),
    };
    if let Some(wrong) = subject.flow().wrong() {
        size.refused = Some(format!(
            "{wrong}, so the runtime does not load the file, and calibration runs it; export it anew"
        ));
    }
    size
}
