//! One entry of a config as a layer: its class, its arguments, what it says of its shapes.

use netweight_core::{Arg, Diagnostic, Dim, Layer, Shape};
use netweight_markup::{Node, Problem, Span, nearest, quoted};

use crate::class::{self, Class};
use crate::config::{self, Read, argument};
use crate::graph::joined;
use crate::harmless::is_harmless;
use crate::limits;
use crate::reader::{Reader, Row};
use crate::version::Version;
use crate::weights::snake;

/// A layer being read: what a class' own function sees and fills in.
pub(crate) struct Draft<'a, 'r> {
    pub(crate) layer: Layer,
    pub(crate) config: &'a Node,
    pub(crate) reader: &'r mut Reader<'a>,
}

impl<'a> Draft<'a, '_> {
    pub(crate) fn version(&self) -> Version {
        self.reader.version
    }

    /// The first of these keys that holds a value.
    pub(crate) fn given(&self, names: &[&str]) -> Option<&'a Node> {
        names.iter().find_map(|name| self.config.get(name).filter(|node| !node.is_null()))
    }

    /// A value read as one of these; a wrong one refuses the file.
    pub(crate) fn read(&mut self, names: &[&str], read: Read) -> Option<Arg> {
        let node = self.given(names)?;
        argument(node, read, &mut self.reader.findings)
    }

    /// A size under one of these keys.
    pub(crate) fn size(&mut self, names: &[&str]) -> Option<i64> {
        match self.read(names, Read::Size) {
            Some(Arg::Int(size)) => Some(size),
            _ => None,
        }
    }

    /// Whether one of these keys is true.
    pub(crate) fn flag(&mut self, names: &[&str]) -> bool {
        self.read(names, Read::Flag) == Some(Arg::Flag(true))
    }

    /// A word under one of these keys.
    pub(crate) fn text(&self, names: &[&str]) -> Option<&'a str> {
        self.given(names)?.as_str()
    }

    pub(crate) fn set(&mut self, arg: &'static str, value: impl Into<Arg>) {
        self.layer.args.set(arg, value);
    }

    pub(crate) fn kind(&mut self, kind: &'static str) {
        self.layer.kind = Some(kind.into());
    }

    /// Keras refuses the layer, and so does this.
    pub(crate) fn refuse(&mut self, key: &str, message: impl Into<String>) {
        let span = self.config.get(key).unwrap_or(self.config).span;
        self.reader.findings.refuse(Problem::new("keras/argument", span, message));
    }

    /// Reads a wrapped layer, and adds it to those of this one.
    pub(crate) fn wrap(&mut self, entry: &'a Node) {
        let mut inner = self.reader.wrapped(entry, &self.layer.path);
        inner.outputs.clear();
        if self.layer.unknown.is_none() {
            self.layer.unknown = inner.unknown.clone();
        }
        self.layer.inner.push(inner);
    }

    /// The key `output_shape` as sizes without the batch, where it is no code.
    pub(crate) fn shape_without_batch(&self) -> Option<Vec<i64>> {
        let node = self.given(&["output_shape"])?;
        let sizes = node.as_seq()?.iter().map(|item| match item.is_null() {
            true => Some(-1),
            false => i64::try_from(item.as_int()?).ok(),
        });
        sizes.collect()
    }

    /// Output shapes that the config states without the batch.
    pub(crate) fn states_output(&mut self, dims: &[i64]) {
        let batch = [Dim::Unknown];
        let dims = dims.iter().map(|size| u64::try_from(*size).ok().into());
        self.layer.stated_outputs = vec![Some(batch.into_iter().chain(dims).collect())];
    }
}

impl<'a> Reader<'a> {
    /// The class name of an entry; anything else than a name refuses the file.
    pub(crate) fn class_name(&mut self, entry: &'a Node) -> Option<&'a str> {
        let node = match entry.as_map() {
            Some(_) => self.required(entry, "class_name")?,
            None => {
                self.findings.refuse(entry.mismatch("a layer: a map with `class_name`"));
                return None;
            }
        };
        let name = node.as_str().filter(|name| !name.is_empty());
        if name.is_none() {
            self.findings.refuse(node.mismatch("the name of a layer class"));
        }
        name
    }

    /// The name of an entry: its own, else that in its config.
    pub(crate) fn name(entry: &'a Node) -> Option<&'a str> {
        let own = entry.get("name").and_then(Node::as_str);
        own.or_else(|| entry.get("config")?.get("name")?.as_str())
    }

    /// The row of an entry's class. A class that a script defined itself has no module, or one
    /// of another package, and is not the built-in class that it may be named like.
    pub(crate) fn class(entry: &Node, name: &str) -> Option<&'static Class> {
        let own = match entry.get("module").map(Node::as_str) {
            None => true,
            Some(module) => module.is_some_and(|module| {
                let package = module.split('.').next().unwrap_or_default();
                matches!(package, "keras" | "tf_keras" | "keras_hub" | "keras_nlp" | "tensorflow")
            }),
        };
        class::find(name).filter(|_| own)
    }

    /// An entry as a row: any layer but a model.
    pub(crate) fn layer(&mut self, entry: &'a Node, path: String) -> Row {
        let Some(class_name) = self.class_name(entry) else {
            return Row::new(Layer { path, ..Layer::default() }, None, entry.span);
        };
        let rule = self.rule(entry);
        let class = Self::class(entry, class_name).filter(|_| rule.is_none());
        let config = match self.required(entry, "config") {
            Some(config) if config.as_map().is_some() => config,
            Some(config) => {
                self.findings.refuse(config.mismatch("the layer's arguments: a map"));
                entry
            }
            None => entry,
        };
        let kind = class.map_or("opaque", |class| class.kind);
        let mut draft = Draft { layer: Layer::new(path, class_name, kind), config, reader: self };
        draft.layer.frozen = draft.reader.frozen || draft.is_frozen();
        draft.layer.stated_inputs = draft.reader.built(entry).into();
        match (rule, class) {
            // The file is refused; to make more of it would only take time and memory.
            _ if draft.reader.is_full() => {}
            (Some(rule), _) => draft.follow(rule),
            (None, Some(class)) => draft.fill(class),
            (None, None) => draft.unknown(class_name),
        }
        let mut row = Row::new(draft.layer, class, head(entry));
        row.ruled = rule.is_some();
        self.tell_odd_name(&row);
        if !self.has_room(&row.layer, row.span) {
            row.layer.inner.clear();
        }
        row
    }

    /// Half a surrogate pair is no character; Python reads and writes it all the same.
    fn tell_odd_name(&mut self, row: &Row) {
        if row.layer.path.contains('\u{fffd}') {
            let message = "a layer's name has a character that is none: half a surrogate pair";
            self.findings.warn(Problem::new("keras/name", row.span, message));
        }
    }

    /// A layer inside another one, under its own name.
    pub(crate) fn wrapped(&mut self, entry: &'a Node, around: &str) -> Layer {
        let unnamed = || {
            let class = entry.get("class_name").and_then(Node::as_str);
            snake(class.unwrap_or("layer"))
        };
        let name = Self::name(entry).map_or_else(unnamed, str::to_owned);
        self.inside(entry, joined(around, &name))
    }

    /// A layer inside another one.
    pub(crate) fn inside(&mut self, entry: &'a Node, path: String) -> Layer {
        if self.wrappers >= limits::WRAPPERS {
            let message = format!("wrapped more than {} layers deep", limits::WRAPPERS);
            let unknown = Diagnostic::warning("keras/too-deep", message).at(path.clone());
            return Layer { path, unknown: Some(unknown.into()), ..Layer::default() };
        }
        self.wrappers += 1;
        let layer = match self.is_model(entry) {
            true => self.wrapped_model(entry, path),
            false => self.layer(entry, path).layer,
        };
        self.wrappers -= 1;
        layer
    }

    /// The input shapes that a layer was built for.
    pub(crate) fn built(&mut self, entry: &'a Node) -> Vec<Option<Shape>> {
        let Some(build) = entry.get("build_config") else { return Vec::new() };
        let stated = build.get("input_shape").or_else(|| build.get("shapes_dict"));
        match stated {
            Some(node) if !node.is_null() => {
                let shapes = config::shapes(node, &mut self.findings).into_iter();
                // The batch is that of whatever the layer happened to be built with.
                shapes.map(|shape| Some(shape?.with(0, Dim::Unknown))).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl Draft<'_, '_> {
    fn is_frozen(&mut self) -> bool {
        let trainable = self.config.get("trainable").filter(|node| !node.is_null());
        trainable.is_some_and(|node| config::truth(node, &mut self.reader.findings) == Some(false))
    }

    pub(crate) fn fill(&mut self, class: &'static Class) {
        for key in class.keys {
            let found = key.names.iter().find_map(|name| self.config.get(name));
            let Some(node) = found.filter(|node| !(key.nullable && node.is_null())) else {
                continue;
            };
            if let Some(value) = argument(node, key.read, &mut self.reader.findings) {
                self.layer.args.set(key.arg, value);
            }
        }
        self.default_layout(class);
        self.function(class.kind);
        (class.more)(self);
        // What a class is made of, its own function reads from the arguments.
        let is_made = class.kind != "model" && self.layer.kind.as_deref() == Some("model");
        if !is_made {
            self.tell_unknown_keys(class);
        }
    }

    /// Keras 1 had one setting for where channels stand, which some of its classes leave out of
    /// the file, and others keep; time stood before them in any case.
    fn default_layout(&mut self, class: &'static Class) {
        let spatial = class.rank.0 > 3 && class.keys.iter().any(|key| key.arg == "layout");
        if spatial && self.layer.args.get("layout").is_none() && self.reader.ordering == Some("th")
        {
            self.set("layout", "channels_first");
        }
    }

    /// The function that a layer ends in: it changes no count, but what converters can fold.
    fn function(&mut self, kind: &str) {
        let arg = match kind {
            "activation" => "function",
            "dense" | "einsum_dense" | "conv" | "depthwise_conv" | "separable_conv"
            | "conv_transpose" => "activation",
            _ => return,
        };
        let function = self.config.get("activation").and_then(Node::as_str);
        if let Some(function) = function.filter(|function| *function != "linear") {
            self.layer.args.set(arg, function.to_owned());
        }
    }

    /// Keras refuses arguments that it does not know. Here they are told: one of a later
    /// version may change what the layer is.
    fn tell_unknown_keys(&mut self, class: &'static Class) {
        if self.reader.findings.warnings.is_full() {
            return;
        }
        let own = || class.keys.iter().flat_map(|key| key.names.iter().copied());
        for (key, _) in self.config.as_map().unwrap_or_default() {
            let name = key.text.as_str();
            if own().any(|known| known == name) || is_harmless(name) {
                continue;
            }
            let message = format!("unknown argument {} of {}", quoted(name), self.layer.type_name);
            let mut problem = Problem::new("keras/unknown-argument", key.span, message);
            if let Some(near) = nearest(name, own()) {
                problem = problem.help(format!("did you mean `{near}`?"));
            }
            self.reader.findings.warn(problem);
        }
    }

    /// A class that the table does not have: kept, its count open.
    fn unknown(&mut self, class_name: &str) {
        let told = format!("{} is no layer class known here", quoted(class_name));
        self.reader.suggested += 1;
        let looks = self.reader.suggested <= limits::SUGGESTIONS;
        let near = if looks { nearest(class_name, class::names()) } else { None };
        let near = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
        let help = format!(
            "{near}state its parameters, as in --assume {}, or give the class a row in a --rules file: classes: [{{class: {class_name:?}, parameters: 1000}}]",
            shell_word(&format!("{}=1000", self.layer.path))
        );
        let unknown = Diagnostic::warning("keras/unknown-class", told).at(self.layer.path.clone());
        self.layer.unknown = Some(unknown.help(help).into());
    }
}

/// An entry's opening, where all of it would be too much to mark.
fn head(entry: &Node) -> Span {
    entry.get("class_name").unwrap_or(entry).span
}

/// A text as a shell takes it for one word.
fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-./=:".contains(c);
    match text.chars().all(plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}
