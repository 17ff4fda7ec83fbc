//! What a person knows of operators and layer classes that no table has.

use crate::{Arg, OwnKind, Role};

/// Rows beside those of the importers' own tables, and before them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// Operators of graphs.
    pub operators: Vec<OperatorRule>,
    /// Layer classes of configs.
    pub classes: Vec<ClassRule>,
}

/// An operator: what its inputs hold, and which kind of layer it makes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OperatorRule {
    /// Empty for the standard.
    pub domain: String,
    /// Its name in the domain.
    pub operator: String,
    /// The kind in the catalogue; empty where its weights are to count by their shapes.
    pub kind: String,
    /// The inputs that hold weights.
    pub inputs: Vec<InputRule>,
    /// Arguments of the kind.
    pub args: Vec<ArgRule>,
    /// Whether training leaves its weights alone.
    pub frozen: bool,
}

/// A weight of an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputRule {
    /// Which input, from 0.
    pub index: usize,
    /// What it does in the layer.
    pub role: Role,
    /// The argument without which the kind does not have it.
    pub when: Option<String>,
    /// What its dimensions are, one by one; none where nothing is read off them.
    pub shape: Option<Vec<Place>>,
}

/// One dimension of a weight, or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// An argument of the kind, by the catalogue's name.
    Arg(String),
    /// What one group has of an argument: the argument divided by another.
    Share(String, String),
    /// All dimensions that the places beside it leave, as one argument.
    Rest(String),
    /// This size.
    Size(u64),
    /// Anything.
    Any,
}

/// A layer class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassRule {
    /// `Gate`, or `package>Gate` where only that package's is meant.
    pub class: String,
    /// How it counts.
    pub kind: ClassKind,
    /// Arguments of the kind.
    pub args: Vec<ArgRule>,
    /// Whether training leaves its weights alone.
    pub frozen: bool,
}

/// How the layers of a class count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClassKind {
    /// As a kind of the catalogue.
    Catalogue(String),
    /// By a formula of its own.
    Own(OwnKind),
}

/// An argument of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArgRule {
    /// Its name in the kind.
    pub arg: String,
    /// Where it comes from.
    pub given: Given,
    /// How many dimensions one number stands for.
    pub spread: Option<usize>,
}

/// Where an argument comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// The first of these attributes or keys that is there; `a.b` is the key `b` of the map `a`.
    Keys(Vec<String>),
    /// It is the same everywhere.
    Value(Arg),
}

impl Rules {
    /// The first rule for an operator.
    pub fn operator(&self, domain: &str, operator: &str) -> Option<&OperatorRule> {
        self.operators.iter().find(|rule| rule.domain == domain && rule.operator == operator)
    }

    /// The first rule for a class, by any of the names that a config has for it.
    pub fn class<'n>(&self, names: impl Iterator<Item = &'n str> + Clone) -> Option<&ClassRule> {
        self.classes.iter().find(|rule| names.clone().any(|name| rule.is_for(name)))
    }
}

impl ClassRule {
    /// Whether a class goes by the rule's name, in any package where the rule names none.
    fn is_for(&self, name: &str) -> bool {
        let bare = || name.rsplit_once('>').is_some_and(|(_, class)| class == self.class);
        self.class == name || bare()
    }
}
