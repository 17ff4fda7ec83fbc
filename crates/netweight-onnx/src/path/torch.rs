//! PyTorch's module paths: `layer1.0.conv1`.

use std::borrow::Cow;

use super::Place;
use crate::Metadata;
use crate::graph::Wiring;
use crate::provenance::note;

/// The path of what a dotted name stands in.
pub(super) fn parent(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(parent, _)| parent)
}

/// The module that two modules have around them; nothing where there is none.
pub(crate) fn common<'f>(one: &'f str, other: &str) -> &'f str {
    let mut module = one;
    while !other.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')) {
        module = parent(module);
        if module.is_empty() {
            break;
        }
    }
    module
}

/// The module of a tensor with a dotted name.
pub(super) fn module(name: &str) -> Option<Cow<'_, str>> {
    let dotted = name.contains('.') && !name.contains(['/', ':']);
    dotted.then(|| {
        let module = parent(name);
        // ONNX Runtime's model builder names its operator too.
        let module =
            module.strip_suffix(".MatMul").or(module.strip_suffix(".Add")).unwrap_or(module);
        builder(module.into())
    })
}

/// The scopes that the exporter of exported programs writes down; the last is the call itself.
pub(super) fn scopes<'f>(wiring: &Wiring<'f>, metadata: &Metadata) -> Option<Place<'f>> {
    let scopes = note(wiring, metadata, "pkg.torch.onnx.name_scopes")?;
    let (module, own) = scopes
        .split('\'')
        .skip(1)
        .step_by(2)
        .fold((None, None), |(_, last), scope| (last, Some(scope)));
    Some(Place { module: module.unwrap_or_default().into(), own: own? })
}

/// The place of a node called `/layer1/layer1.0/conv1/Conv`; ONNX Runtime puts the name of a fusion
/// behind.
pub(super) fn place<'f>(name: &'f str) -> Place<'f> {
    let name = name.trim_end_matches('/');
    let split = |name: &'f str| name.rsplit_once('/').unwrap_or(("", name));
    let (modules, own) = match split(name) {
        (front, last) if last.ends_with("Fusion") => split(front),
        place => place,
    };
    let modules = modules.split('/').filter(|part| !part.is_empty());
    Place { module: builder(joined(modules)), own }
}

/// A container's name comes again with its child's: `layer1`, `layer1.0` are one path.
fn joined<'f>(mut parts: impl Iterator<Item = &'f str>) -> Cow<'f, str> {
    let mut last = parts.next().unwrap_or_default();
    let mut path = Cow::Borrowed(last);
    for part in parts {
        let repeats = part.strip_prefix(last).is_some_and(|rest| rest.starts_with('.'));
        let path = path.to_mut();
        if repeats {
            path.truncate(path.len() - last.len());
        } else {
            path.push('.');
        }
        path.push_str(part);
        last = part;
    }
    path
}

/// ONNX Runtime's model builder has its own words for two modules of decoders.
fn builder(module: Cow<'_, str>) -> Cow<'_, str> {
    if let Some(front) = module.strip_suffix(".final_norm_layernorm") {
        return match front.rsplit_once(".layers.") {
            Some((model, _)) => format!("{model}.norm").into(),
            None => module,
        };
    }
    // The end is looked at first: to look for words takes longer, and few modules end like this.
    match module.ends_with("_proj").then(|| module.split_once(".attn.")).flatten() {
        Some((front, rest)) if front.contains(".layers.") => {
            format!("{front}.self_attn.{rest}").into()
        }
        _ => module,
    }
}
