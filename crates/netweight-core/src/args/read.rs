//! Arguments from and to JSON: an object of flags, whole numbers, lists of them, and words.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::sync::LazyLock;

use serde::de::{Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Arg, Args};
use crate::{kind, limits};

impl Serialize for Args {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Args {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ArgsVisitor)
    }
}

impl<'de> Deserialize<'de> for Arg {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ArgVisitor)
    }
}

/// Names of arguments that the catalogue knows: kept once, not once a layer.
static NAMES: LazyLock<HashSet<&str>> =
    LazyLock::new(|| kind::all().flat_map(|kind| kind.args).map(|row| row.name).collect());

struct ArgsVisitor;

impl<'de> Visitor<'de> for ArgsVisitor {
    type Value = Args;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of arguments by name")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Args, M::Error> {
        let mut args = Args::default();
        while let Some(name) = map.next_key::<String>()? {
            let name = match NAMES.get(name.as_str()) {
                Some(known) => Cow::Borrowed(*known),
                None => Cow::Owned(name),
            };
            args.set(name, map.next_value::<Arg>()?);
            if args.len() > limits::ARGS {
                return Err(M::Error::custom(format!("more than {} arguments", limits::ARGS)));
            }
        }
        args.0.shrink_to_fit();
        Ok(args)
    }
}

struct ArgVisitor;

impl<'de> Visitor<'de> for ArgVisitor {
    type Value = Arg;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a flag, a whole number, a list of whole numbers, or a word")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Arg, E> {
        Ok(Arg::Flag(flag))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Arg, E> {
        Ok(Arg::Int(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Arg, E> {
        Arg::size(value).ok_or_else(|| E::invalid_value(Unexpected::Unsigned(value), &self))
    }

    fn visit_str<E>(self, text: &str) -> Result<Arg, E> {
        Ok(Arg::from(text.to_owned()))
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut seq: S) -> Result<Arg, S::Error> {
        let mut list: Vec<i64> = Vec::new();
        while let Some(value) = seq.next_element()? {
            list.push(value);
        }
        Ok(Arg::from(list))
    }
}
