//! PyTorch's module paths: `layer1.0.conv1`.

use super::Place;
use crate::Metadata;
use crate::graph::Wiring;
use crate::provenance::note;

/// The path of what a dotted name stands in.
pub(super) fn parent(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(parent, _)| parent)
}

/// The module of a tensor with a dotted name.
pub(super) fn module(name: &str) -> Option<String> {
    let dotted = name.contains('.') && !name.contains(['/', ':']);
    dotted.then(|| {
        let module = parent(name);
        // ONNX Runtime's model builder names its operator too.
        let module =
            module.strip_suffix(".MatMul").or(module.strip_suffix(".Add")).unwrap_or(module);
        builder(module)
    })
}

/// The scopes that the exporter of exported programs writes down; the last is the call itself.
pub(super) fn scopes(wiring: &Wiring, metadata: &Metadata) -> Option<Place> {
    let scopes = note(wiring, metadata, "pkg.torch.onnx.name_scopes")?;
    let mut scopes: Vec<&str> = scopes.split('\'').skip(1).step_by(2).collect();
    let own = scopes.pop()?.to_owned();
    Some(Place { module: scopes.pop().unwrap_or_default().to_owned(), own })
}

/// The place of a node called `/layer1/layer1.0/conv1/Conv`.
pub(super) fn place(name: &str) -> Place {
    let parts: Vec<&str> = name.split('/').filter(|part| !part.is_empty()).collect();
    let Some((own, modules)) = parts.split_last() else { return Place::default() };
    Place { module: builder(&joined(modules)), own: (*own).to_owned() }
}

/// A container's name comes again with its child's: `layer1`, `layer1.0` are one path.
fn joined(parts: &[&str]) -> String {
    let mut path = String::new();
    let mut last = "";
    for part in parts {
        let repeats = part.strip_prefix(last).is_some_and(|rest| rest.starts_with('.'));
        if repeats && !last.is_empty() {
            path.truncate(path.len() - last.len());
        } else if !path.is_empty() {
            path.push('.');
        }
        path.push_str(part);
        last = part;
    }
    path
}

/// ONNX Runtime's model builder has its own words for two modules of decoders.
fn builder(module: &str) -> String {
    if let Some(front) = module.strip_suffix(".final_norm_layernorm") {
        return match front.rsplit_once(".layers.") {
            Some((model, _)) => format!("{model}.norm"),
            None => module.to_owned(),
        };
    }
    match module.split_once(".attn.") {
        Some((front, rest)) if front.contains(".layers.") && rest.ends_with("_proj") => {
            format!("{front}.self_attn.{rest}")
        }
        _ => module.to_owned(),
    }
}
