//! Rules files: what a person knows of operators and layer classes that no table has.

use netweight_core::kind::Inner;
use netweight_core::{ImportError, Rules, Source};
use serde_json::{Value, json};

use crate::form::{self, sorted_words};
use crate::schema::{any_of, extend, list, map_of, non_empty, object, own_weights, text};
use crate::{importer, key, reader};

/// Reads a rules file, in YAML or JSON.
///
/// ```
/// use netweight_core::Bytes;
/// let text = "classes:\n  - {class: Gate, parameters: 2 × units, output: same}\n";
/// let rules = netweight_yaml::read_rules(&Bytes::new("rules.yaml", text))?;
/// assert_eq!(rules.classes[0].class, "Gate");
/// # Ok::<(), netweight_core::ImportError>(())
/// ```
///
/// # Errors
/// Everything that is wrong with it, each with its place.
pub fn read_rules(source: &dyn Source) -> Result<Rules, ImportError> {
    importer::read(source, reader::rules::read)
}

/// The JSON Schema (draft 2020-12) of a rules file; arguments and weights of kinds are the
/// reader's to check.
pub fn rules_schema() -> Value {
    let mut schema = object(key::RULES, |word| match word {
        "operators" => list(&operator()),
        _ => list(&class()),
    });
    extend(
        &mut schema,
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "netweight rules",
            "description": "Rows for operators and layer classes that netweight has none for.",
            "anyOf": [{"required": ["operators"]}, {"required": ["classes"]}],
        }),
    );
    schema
}

fn operator() -> Value {
    let input = || {
        let mut input = object(key::OPERATOR_INPUT, |word| match word {
            "weight" => text(),
            _ => json!({"type": "array", "items": {"type": ["string", "integer"]}}),
        });
        extend(&mut input, json!({"required": ["weight"]}));
        input
    };
    let mut schema = object(key::OPERATOR, |word| match word {
        "domain" => json!({"type": "string"}),
        "operator" => text(),
        "kind" => kinds(),
        "inputs" => json!({
            "type": "object",
            "propertyNames": {"pattern": "^[0-9]+$"},
            "additionalProperties": any_of([text(), input()]),
        }),
        "args" => args(),
        _ => json!({"type": "boolean"}),
    });
    extend(&mut schema, json!({"required": ["operator"], "dependentRequired": {"args": ["kind"]}}));
    schema
}

fn class() -> Value {
    let size = || any_of([text(), json!({"type": "integer", "minimum": 1})]);
    let formula = || any_of([text(), json!({"type": "integer", "minimum": 0})]);
    let mut schema = object(key::CLASS, |word| match word {
        "class" => text(),
        "kind" => kinds(),
        "args" => args(),
        "parameters" | "non_trainable" => formula(),
        "trainable" => any_of([formula(), json!({"type": "boolean"})]),
        "weights" => own_weights(),
        "input" => any_of([text(), list(&text())]),
        _ => any_of([text(), list(&size())]),
    });
    let ways = ["kind", "parameters", "non_trainable", "trainable"];
    extend(
        &mut schema,
        json!({
            "required": ["class"],
            "anyOf": ways.map(|word| json!({"required": [word]})),
            "not": {"required": ["kind", "parameters"]},
        }),
    );
    schema
}

fn kinds() -> Value {
    let wraps =
        |word: &&str| form::find(word).is_some_and(|word| word.form.kind.inner != Inner::None);
    let names: Vec<&str> = sorted_words().into_iter().filter(|word| !wraps(word)).collect();
    json!({"enum": names})
}

/// Names of attributes or keys, or values.
fn args() -> Value {
    let word =
        object(key::RULE_VALUE, |_| json!({"type": ["boolean", "integer", "string", "array"]}));
    let numbers = list(&json!({"type": "integer"}));
    let plain = json!({"type": ["boolean", "integer"]});
    map_of(any_of([text(), non_empty(&text()), plain, numbers, word]))
}
