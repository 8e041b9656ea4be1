//! Where files are: settings in the folder for settings, everything else in the folder for state, nothing in the home
//! folder itself and nothing in the project. Only says where; [`crate::disk`] reads and writes.

use std::path::{Path, PathBuf};

use crate::environment::Environment;

/// The places of one tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Folders {
    /// What the user chose, `telemetry.toml`.
    pub(crate) choice: PathBuf,
    /// The folder of the queue and the ledger.
    pub(crate) state: PathBuf,
}

impl Folders {
    /// The places, or `None` when the user has no home. Relative paths in XDG variables are not followed (XDG Base
    /// Directory Specification, "All paths must be absolute").
    pub(crate) fn of(environment: &Environment, tool: &str) -> Option<Self> {
        let (settings, state) = bases(environment)?;
        Some(Self { choice: settings.join(tool).join("telemetry.toml"), state: state.join(tool).join("telemetry") })
    }
}

#[cfg(windows)]
fn bases(environment: &Environment) -> Option<(PathBuf, PathBuf)> {
    Some((absolute(environment, "APPDATA")?, absolute(environment, "LOCALAPPDATA")?))
}

#[cfg(target_os = "macos")]
fn bases(environment: &Environment) -> Option<(PathBuf, PathBuf)> {
    let library = absolute(environment, "HOME")?.join("Library/Application Support");
    Some((library.clone(), library))
}

#[cfg(not(any(windows, target_os = "macos")))]
fn bases(environment: &Environment) -> Option<(PathBuf, PathBuf)> {
    let home = absolute(environment, "HOME");
    let base = |name, below: &str| Some(absolute(environment, name).or_else(|| Some(home.as_ref()?.join(below))))?;
    Some((base("XDG_CONFIG_HOME", ".config")?, base("XDG_STATE_HOME", ".local/state")?))
}

/// A path that is not Unicode was not read as it is, and would lead elsewhere.
fn absolute(environment: &Environment, variable: &str) -> Option<PathBuf> {
    let text = environment.variable(variable).filter(|text| !text.contains(char::REPLACEMENT_CHARACTER));
    text.map(PathBuf::from).filter(|path| path.is_absolute())
}

/// The policy of the machine.
pub(crate) fn machine_policy(environment: &Environment, tool: &str) -> PathBuf {
    environment.policies.join(tool).join("telemetry.toml")
}

/// The files in which a project may say less: `.<tool>-telemetry.toml` in the working directory and above.
pub(crate) fn project_files<'e>(environment: &'e Environment, tool: &str) -> impl Iterator<Item = PathBuf> + use<'e> {
    let name = format!(".{tool}-telemetry.toml");
    let above = environment.folder.as_deref().map(Path::ancestors);
    above.into_iter().flatten().map(move |folder| folder.join(&name))
}

#[cfg(all(test, unix, not(target_os = "macos")))]
mod tests {
    use super::*;

    fn check(variables: &[(&str, &str)], expected: Option<(&str, &str)>) {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let environment = Environment { variables, ..Environment::default() };
        let expected = expected.map(|(choice, state)| Folders { choice: choice.into(), state: state.into() });
        assert_eq!(Folders::of(&environment, "acme"), expected);
    }

    #[test]
    fn settings_and_state_stand_apart() {
        let usual = ("/h/.config/acme/telemetry.toml", "/h/.local/state/acme/telemetry");
        check(&[("HOME", "/h")], Some(usual));
        check(&[("HOME", "/h"), ("XDG_CONFIG_HOME", "relative"), ("XDG_STATE_HOME", "")], Some(usual));
        let own = ("/c/acme/telemetry.toml", "/s/acme/telemetry");
        check(&[("XDG_CONFIG_HOME", "/c"), ("XDG_STATE_HOME", "/s")], Some(own));
        check(&[], None);
        check(&[("XDG_CONFIG_HOME", "/c")], None);
        check(&[("HOME", "/h\u{fffd}")], None);
    }
}
