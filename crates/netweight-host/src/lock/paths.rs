//! Which paths may be opened (Landlock).

use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetError, RulesetStatus, Scope, path_beneath_rules,
};

/// The newest interface asked for; older kernels enforce what they know.
const INTERFACE: ABI = ABI::V6;

/// Where the loader finds the system's libraries.
const LIBRARIES: [&str; 5] = ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache"];

/// Where programs and their interpreters lie.
const PROGRAMS: [&str; 5] = ["/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache"];

/// Leaves a library plugin itself and the system's libraries, readable; false where the system
/// has no such thing.
pub(crate) fn allow_loading(plugin: &Path) -> Result<bool, RulesetError> {
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    let paths = LIBRARIES.iter().map(PathBuf::from).chain([plugin.to_owned()]);
    restrict(&[(paths.collect(), read)])
}

/// Leaves no path at all.
pub(crate) fn allow_nothing() -> Result<bool, RulesetError> {
    restrict(&[])
}

/// Leaves the system's programs and these (the plugin, its interpreter) to run, and the model's
/// files to read.
pub(crate) fn allow_program(
    programs: Vec<PathBuf>,
    files: Vec<PathBuf>,
) -> Result<bool, RulesetError> {
    let run = AccessFs::ReadFile | AccessFs::ReadDir | AccessFs::Execute;
    let programs = PROGRAMS.iter().map(PathBuf::from).chain(programs).collect();
    restrict(&[(programs, run), (files, AccessFs::ReadFile.into())])
}

/// Leaves these paths and nothing else: no other file, no network, no other process.
fn restrict(allowed: &[(Vec<PathBuf>, BitFlags<AccessFs>)]) -> Result<bool, RulesetError> {
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(INTERFACE))?
        .handle_access(AccessNet::from_all(INTERFACE))?
        .scope(Scope::from_all(INTERFACE))?
        .create()?;
    for (paths, access) in allowed {
        rules = rules.add_rules(path_beneath_rules(paths, *access))?;
    }
    Ok(rules.restrict_self()?.ruleset != RulesetStatus::NotEnforced)
}
