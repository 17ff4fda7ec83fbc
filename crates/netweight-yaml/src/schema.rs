//! The language as a JSON Schema, from the same table as the reader: editors complete and
//! check specs with it.

use serde_json::{Map, Value, json};

use crate::form::{self, Field, Form, Holds, Word, sorted_words};
use crate::key::{self, Key};
use crate::limits;
use crate::takes::{PADDINGS, Takes};

/// The JSON Schema (draft 2020-12) of a spec.
///
/// It says less than the reader does: names, values and circles are the reader's to check, and
/// where a spec defines blocks or kinds of its own, any word may begin a layer.
pub fn json_schema() -> Value {
    let own_words = json!({"anyOf": [{"required": ["blocks"]}, {"required": ["kinds"]}]});
    let layers = |layer: &str| json!({"properties": {"layers": list(&reference(layer))}});
    let mut schema = object(key::SPEC, |word| match word {
        "name" => text(),
        "convention" => {
            let names = netweight_core::Convention::ALL.map(netweight_core::Convention::name);
            json!({"enum": names})
        }
        "input" => any_of([
            reference("shape"),
            json!({
                "type": "object",
                "additionalProperties": reference("shape"),
                "minProperties": 1,
            }),
            json!({"type": "null"}),
        ]),
        "vars" => reference("values"),
        "kinds" => map_of(own_kind()),
        "blocks" => map_of(block()),
        "layers" => json!({"type": "array"}),
        _ => reference("expect"),
    });
    extend(
        &mut schema,
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "netweight spec",
            "description": "A network written by hand, for `netweight` to count.",
            "required": ["layers"],
            "if": own_words,
            "then": layers("any_layer"),
            "else": layers("layer"),
            "$defs": definitions(),
        }),
    );
    schema
}

fn definitions() -> Value {
    let mut definitions = Map::new();
    let mut define = |name: &str, schema: Value| definitions.insert(name.to_owned(), schema);
    define("layer", layer(false));
    define("any_layer", layer(true));
    define(
        "expression",
        json!({
            "description": "`$name`, or arithmetic: `${4 * name}`",
            "type": "string",
            "pattern": r"^\$(\{[^$]*\}|[A-Za-z_][A-Za-z0-9_]*)$",
        }),
    );
    define("size", or_expression([integer(1)]));
    define("sizes", or_expression([integer(1), non_empty(&reference("size"))]));
    let whole = any_of([reference("expression"), integer(-limits::SIZE)]);
    define("wholes", or_expression([integer(-limits::SIZE), list(&whole)]));
    let count = any_of([reference("expression"), integer(0)]);
    define(
        "counts",
        or_expression([integer(0), non_empty(&any_of([count, non_empty(&integer(0))]))]),
    );
    define("flag", or_expression([json!({"type": "boolean"})]));
    define(
        "dimension",
        any_of([
            reference("size"),
            json!({"type": "null"}),
            json!({"type": "string", "pattern": r"^[\p{L}\p{N}_]*$"}),
        ]),
    );
    define(
        "shape",
        any_of([
            reference("size"),
            json!({"type": "string", "pattern": r"^[\p{L}\p{N}_]+$"}),
            json!({"type": "array", "items": reference("dimension"), "maxItems": limits::DIMENSIONS}),
        ]),
    );
    define(
        "values",
        json!({
            "type": "object",
            "propertyNames": {"pattern": "^[A-Za-z_][A-Za-z0-9_]*$"},
            "additionalProperties": {"type": ["boolean", "integer", "string", "array", "null"]},
        }),
    );
    define("names", any_of([text(), list(&text())]));
    define(
        "expect",
        any_of([
            integer(0),
            object(key::EXPECT, |_| any_of([integer(0), reference("expression")])),
            reference("expression"),
        ]),
    );
    for form in form::all() {
        define(&format!("kind_{}", form.kind.name), kind(form));
    }
    Value::Object(definitions)
}

/// A layer; under `open`, one whose word may be a block's or an own kind's.
fn layer(open: bool) -> Value {
    let own = if open { "any_layer" } else { "layer" };
    let mut properties = Map::new();
    for word in sorted_words() {
        let Some(Word { form, .. }) = form::find(word) else { continue };
        properties.insert(word.to_owned(), reference(&format!("kind_{}", form.kind.name)));
    }
    for key in key::LAYER {
        properties.insert(key.word.to_owned(), described(layer_key(key.word), key));
    }
    for key in key::ITEM {
        let schema = if key.word == "layers" { list(&reference(own)) } else { text() };
        properties.insert(key.word.to_owned(), described(schema, key));
    }
    let bare = match open {
        true => text(),
        false => {
            let bare = sorted_words().into_iter().filter(|word| {
                form::find(word).is_some_and(|word| word.form.needed().next().is_none())
            });
            json!({"enum": bare.collect::<Vec<_>>()})
        }
    };
    let map = json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": open,
        "minProperties": 1,
    });
    any_of([bare, map])
}

fn layer_key(word: &str) -> Value {
    match word {
        "from" => reference("names"),
        "repeat" => reference("size"),
        "trainable" => reference("flag"),
        "expect" => reference("expect"),
        _ => text(),
    }
}

/// What may stand under a word for a kind: nothing, a short form, or its keys.
fn kind(form: &Form) -> Value {
    let mut properties = Map::new();
    for field in &form.fields {
        properties.insert(field.word.to_owned(), field_schema(field));
    }
    for key in key::LAYER {
        properties.insert(key.word.to_owned(), described(layer_key(key.word), key));
    }
    let given = |arg: &str| -> Value {
        let words = form.fields.iter().filter(|field| field.args.contains(&arg));
        any_of(words.map(|field| json!({"required": [field.word]})))
    };
    let needed: Vec<Value> = form.needed().map(|row| given(row.name)).collect();
    let mut long = json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": form.holds == Holds::Layers,
    });
    if !needed.is_empty() {
        extend(&mut long, json!({"allOf": needed}));
    }
    let nothing = needed.is_empty() && form.holds != Holds::Layers;
    let forms = nothing.then(|| json!({"type": "null"})).into_iter();
    let mut schema = any_of(forms.chain(short(form)).chain([long]));
    extend(
        &mut schema,
        json!({"description": format!("{}: {}", form.kind.title, form.kind.summary)}),
    );
    schema
}

fn short(form: &Form) -> Vec<Value> {
    let fields: Vec<&Field> = form.short.iter().filter_map(|word| form.field(word)).collect();
    let needed = form.needed().count();
    match (form.holds, fields.as_slice()) {
        (Holds::Layers, _) => vec![text(), list(&reference("any_layer"))],
        (Holds::Sources, _) => vec![reference("names")],
        (Holds::Chain, _) => {
            vec![json!({"type": "array", "items": reference("size"), "minItems": 2})]
        }
        (Holds::Args, []) => Vec::new(),
        (Holds::Args, [field]) => vec![takes(field.takes)],
        (Holds::Args, [first, ..]) => {
            let in_turn: Vec<Value> = fields.iter().map(|field| takes(field.takes)).collect();
            let in_turn = json!({
                "type": "array",
                "prefixItems": in_turn,
                "items": false,
                "minItems": needed,
            });
            let alone = (needed <= 1).then(|| takes(first.takes));
            alone.into_iter().chain([in_turn]).collect()
        }
    }
}

fn field_schema(field: &Field) -> Value {
    let mut schema = takes(field.takes);
    extend(&mut schema, json!({"description": field.meaning}));
    schema
}

fn takes(takes: Takes) -> Value {
    match takes {
        Takes::Flag => reference("flag"),
        Takes::Size => reference("size"),
        Takes::Sizes | Takes::Kernel | Takes::PerAxis => reference("sizes"),
        Takes::Wholes => reference("wholes"),
        Takes::Padding => any_of([reference("counts"), json!({"enum": PADDINGS})]),
        Takes::Amounts => reference("counts"),
        Takes::Text => text(),
        Takes::Scalar => json!({"type": ["boolean", "number", "string"]}),
        Takes::OneOf(words) => or_expression([json!({"enum": words})]),
        Takes::Any => json!({"type": ["boolean", "integer", "string", "array"]}),
    }
}

fn block() -> Value {
    let mut schema = object(key::BLOCK, |word| match word {
        "vars" => reference("values"),
        "inputs" => non_empty(&text()),
        _ => list(&reference("any_layer")),
    });
    extend(&mut schema, json!({"required": ["layers"]}));
    schema
}

/// Tensors by name: their shapes, and what else there is to say.
pub(crate) fn own_weights() -> Value {
    let places = json!({"type": "array", "items": {"type": ["string", "integer"]}});
    let mut weight = object(key::KIND_WEIGHT, |word| match word {
        "shape" => places.clone(),
        "when" => text(),
        _ => json!({"type": ["boolean", "string"]}),
    });
    extend(&mut weight, json!({"required": ["shape"]}));
    map_of(any_of([places, weight]))
}

fn own_kind() -> Value {
    let arg = object(key::KIND_ARG, |word| match word {
        "meaning" => text(),
        _ => json!({"type": ["boolean", "integer", "string", "array"]}),
    });
    let mut schema = object(key::KIND, |word| match word {
        "args" => map_of(any_of([text(), json!({"type": "null"}), arg.clone()])),
        "weights" => own_weights(),
        "input" => any_of([text(), non_empty(&text())]),
        "output" => any_of([text(), list(&json!({"type": ["string", "integer"]}))]),
        _ => text(),
    });
    extend(&mut schema, json!({"required": ["formula"]}));
    schema
}

/// A map with these keys only.
pub(crate) fn object(keys: &'static [Key], of: impl Fn(&str) -> Value) -> Value {
    let properties: Map<String, Value> =
        keys.iter().map(|key| (key.word.to_owned(), described(of(key.word), key))).collect();
    json!({"type": "object", "properties": properties, "additionalProperties": false})
}

fn described(mut schema: Value, key: &Key) -> Value {
    extend(&mut schema, json!({"description": key.meaning}));
    schema
}

/// A schema with more said of it.
pub(crate) fn extend(schema: &mut Value, more: Value) {
    if let (Value::Object(schema), Value::Object(more)) = (schema, more) {
        schema.extend(more);
    }
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/$defs/{name}")})
}

pub(crate) fn any_of(schemas: impl IntoIterator<Item = Value>) -> Value {
    json!({"anyOf": schemas.into_iter().collect::<Vec<_>>()})
}

fn or_expression(schemas: impl IntoIterator<Item = Value>) -> Value {
    any_of(schemas.into_iter().chain([reference("expression")]))
}

pub(crate) fn map_of(schema: Value) -> Value {
    json!({"type": "object", "additionalProperties": schema})
}

pub(crate) fn list(items: &Value) -> Value {
    json!({"type": "array", "items": items})
}

pub(crate) fn non_empty(items: &Value) -> Value {
    json!({"type": "array", "items": items, "minItems": 1})
}

pub(crate) fn text() -> Value {
    json!({"type": "string", "minLength": 1})
}

fn integer(least: i128) -> Value {
    json!({"type": "integer", "minimum": least, "maximum": limits::SIZE})
}
