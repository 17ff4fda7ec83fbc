//! Rows of system calls as a seccomp filter.

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};

/// A system call, and when its row holds: always, or when all conditions of one list do.
pub(crate) struct Call {
    pub(crate) name: &'static str,
    pub(crate) number: i64,
    when: Vec<Vec<Condition>>,
}

/// A condition on one argument.
#[derive(Clone, Copy)]
pub(crate) struct Condition {
    argument: u8,
    length: Length,
    compare: Compare,
    value: u64,
}

#[derive(Clone, Copy)]
enum Length {
    /// An `int`: the upper half of the register means nothing.
    Int,
    /// A pointer, where the whole register counts.
    Pointer,
}

#[derive(Clone, Copy)]
enum Compare {
    Equal,
    Unequal,
    /// These bits of the argument, compared with the value.
    Bits(u64),
}

/// A row without conditions. Names come as `SYS_read`.
pub(crate) fn always(name: &'static str, number: i64) -> Call {
    when(name, number, Vec::new())
}

/// A row that holds when all conditions of one of the lists do.
pub(crate) fn when(name: &'static str, number: i64, when: Vec<Vec<Condition>>) -> Call {
    Call { name: name.strip_prefix("SYS_").unwrap_or(name), number, when }
}

/// An argument is this number.
pub(crate) fn equal(argument: u8, value: u32) -> Condition {
    let value = u64::from(value);
    Condition { argument, length: Length::Int, compare: Compare::Equal, value }
}

/// An argument is another number.
pub(crate) fn unequal(argument: u8, value: u32) -> Condition {
    Condition { compare: Compare::Unequal, ..equal(argument, value) }
}

/// An argument's bits under a mask are these.
pub(crate) fn bits(argument: u8, mask: i32, value: i32) -> Condition {
    let compare = Compare::Bits(u64::from(mask.cast_unsigned()));
    Condition { compare, ..equal(argument, value.cast_unsigned()) }
}

/// A pointer is null.
pub(crate) fn null(argument: u8) -> Condition {
    Condition { length: Length::Pointer, ..equal(argument, 0) }
}

/// A pointer is not null.
pub(crate) fn not_null(argument: u8) -> Condition {
    Condition { length: Length::Pointer, ..unequal(argument, 0) }
}

/// What happens to a call.
pub(crate) enum Then {
    /// It is made.
    Allow,
    /// It fails with this error.
    Fail(i32),
    /// The process gets SIGSYS.
    Trap,
}

impl From<Then> for SeccompAction {
    fn from(then: Then) -> Self {
        match then {
            Then::Allow => Self::Allow,
            Then::Fail(error) => Self::Errno(error.unsigned_abs()),
            Then::Trap => Self::Trap,
        }
    }
}

/// Puts a filter on this thread, for good: what happens to the rows, and to every other call.
pub(crate) fn apply(rows: Vec<Call>, listed: Then, unlisted: Then) -> Result<(), String> {
    let told = |error: &dyn std::fmt::Display| format!("no filter for system calls: {error}");
    let rules: Result<BTreeMap<i64, Vec<SeccompRule>>, _> =
        rows.into_iter().map(|row| Ok((row.number, row.rules()?))).collect();
    let rules = rules.map_err(|error: seccompiler::BackendError| told(&error))?;
    let system = std::env::consts::ARCH.try_into().map_err(|error| told(&error))?;
    let filter = SeccompFilter::new(rules, unlisted.into(), listed.into(), system)
        .map_err(|error| told(&error))?;
    let program: BpfProgram = filter.try_into().map_err(|error| told(&error))?;
    seccompiler::apply_filter(&program).map_err(|error| told(&error))
}

impl Call {
    fn rules(self) -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
        let rule = |all: Vec<Condition>| {
            let conditions: Result<_, _> = all.into_iter().map(Condition::compiled).collect();
            SeccompRule::new(conditions?)
        };
        self.when.into_iter().map(rule).collect()
    }
}

impl Condition {
    fn compiled(self) -> Result<SeccompCondition, seccompiler::BackendError> {
        let length = match self.length {
            Length::Int => SeccompCmpArgLen::Dword,
            Length::Pointer => SeccompCmpArgLen::Qword,
        };
        let compare = match self.compare {
            Compare::Equal => SeccompCmpOp::Eq,
            Compare::Unequal => SeccompCmpOp::Ne,
            Compare::Bits(mask) => SeccompCmpOp::MaskedEq(mask),
        };
        SeccompCondition::new(self.argument, length, compare, self.value)
    }
}
