//! What YAML keeps of Python: some dictionaries and all numbers of NumPy are written as the
//! calls that make them again. None is called; the values are read off what they are given.

use netweight_markup::{Node, Value};

/// Puts values in the place of the calls that make them.
pub(crate) fn plain(root: &mut Node) {
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        while unwrap_dictionary(node) {}
        if let Some(value) = numbers(node) {
            node.value = value;
            node.tag = None;
        }
        match &mut node.value {
            Value::Seq(items) => open.extend(items),
            Value::Map(entries) => open.extend(entries.iter_mut().map(|(_, value)| value)),
            _ => {}
        }
    }
}

/// The function that a node is a call of.
fn called(node: &Node) -> Option<&str> {
    let (before, function) = node.tag.as_deref()?.rsplit_once(':')?;
    before.ends_with("python/object/apply").then_some(function)
}

/// `dict` of one map is that map.
fn unwrap_dictionary(node: &mut Node) -> bool {
    if called(node) != Some("builtins.dict") {
        return false;
    }
    let inside = match &mut node.value {
        Value::Seq(items) if items.len() == 1 => items.pop(),
        _ => None,
    };
    let is_one = inside.is_some();
    if let Some(inside) = inside {
        *node = inside;
    }
    is_one
}

/// A number of NumPy, or an array of them, from their bytes.
fn numbers(node: &Node) -> Option<Value> {
    match called(node)? {
        "numpy.core.multiarray.scalar" => {
            let [dtype, bytes] = node.as_seq()? else { return None };
            elements(dtype, bytes)?.pop()
        }
        "numpy.core.multiarray._reconstruct" => {
            let [_, shape, dtype, _, bytes] = node.get("state")?.as_seq()? else { return None };
            let sizes = shape.as_seq()?.iter().map(|size| usize::try_from(size.as_int()?).ok());
            let sizes: Vec<usize> = sizes.collect::<Option<_>>()?;
            let element = |value| Node { value, span: node.span, tag: None };
            let mut level: Vec<Node> = elements(dtype, bytes)?.into_iter().map(element).collect();
            let Some((_, inner)) = sizes.split_first() else {
                return level.pop().map(|only| only.value);
            };
            for size in inner.iter().rev().filter(|size| **size > 0) {
                let rows = level.chunks(*size).map(|row| element(Value::Seq(row.to_vec())));
                level = rows.collect();
            }
            Some(Value::Seq(level))
        }
        _ => None,
    }
}

/// Bytes as elements of a type, the least significant byte first.
fn elements(dtype: &Node, bytes: &Node) -> Option<Vec<Value>> {
    let name = dtype.get("args")?.as_seq()?.first()?.as_str()?;
    let read: fn(&[u8]) -> Option<Value> = match name {
        "i4" => |bytes| Some(Value::Int(i32::from_le_bytes(bytes.try_into().ok()?).into())),
        "i8" => |bytes| Some(Value::Int(i64::from_le_bytes(bytes.try_into().ok()?).into())),
        "f4" => |bytes| Some(Value::Float(f32::from_le_bytes(bytes.try_into().ok()?).into())),
        "f8" => |bytes| Some(Value::Float(f64::from_le_bytes(bytes.try_into().ok()?))),
        "b1" => |bytes| Some(Value::Bool(*bytes.first()? != 0)),
        _ => return None,
    };
    let size = name.chars().last()?.to_digit(10)?;
    let bytes = from_base64(bytes.as_str()?)?;
    bytes.chunks(usize::try_from(size).ok()?).map(read).collect()
}

/// Bytes of a text that writes 6 bits in each letter.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let (mut held, mut bits) = (0u32, 0u32);
    let letters = text.bytes().filter(|byte| !byte.is_ascii_whitespace());
    for letter in letters.take_while(|letter| *letter != b'=') {
        let six = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        held = (held << 6 | u32::from(six)) & 0xffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).ok()?);
        }
    }
    Some(bytes)
}
