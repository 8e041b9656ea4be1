//! The tool that a command line speaks for: `--tool NAME` or `--catalog DIR`, and its catalogue as the client takes it.
//!
//! A catalogue that is installed for a tool lies in `aboveboard/catalogs/NAME` below one of the folders for data (XDG
//! Base Directory Specification), so that a package of a shell script brings a folder and nothing else.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgGroup, ArgMatches, Command, value_parser};

use aboveboard::environment::Environment;
use aboveboard::vocabulary::Vocabulary;
use aboveboard_catalog::{Catalog, Dialect};

use super::Failure;
use crate::catalogs;

/// Adds the flags that say which tool it is.
pub(super) fn flags(command: Command) -> Command {
    let flag = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help)
    };
    command
        .args([
            flag("tool", "NAME", "The tool, by the catalogue that is installed for it, or a built-in one"),
            flag("catalog", "DIR", "Folder of the tool's catalogue").value_parser(value_parser!(PathBuf)),
            flag("tool-version", "VERSION", "The version of the tool"),
            flag("command", "WORDS", "What its users type to see and change its telemetry, for texts that name it"),
        ])
        .group(ArgGroup::new("which").args(["tool", "catalog"]).multiple(true).required(true))
}

/// How the client opens telemetry of the tool that these arguments name, and what it may say.
pub(super) fn open(matches: &ArgMatches) -> Result<(aboveboard::Config, &'static Vocabulary), Failure> {
    let environment = Environment::read();
    let catalog = catalog(matches, &environment)?;
    let vocabulary = Vocabulary::lasting(&catalog);
    let version = matches.get_one::<String>("tool-version").cloned().unwrap_or_default();
    let (shown, child) = again(matches, &catalog.tool.name);
    let command = matches.get_one::<String>("command").cloned();
    let command = command.unwrap_or_else(|| format!("aboveboard telemetry {shown}"));
    let config = aboveboard::Config::new(vocabulary, version).environment(environment);
    Ok((config.command(command).child_arguments(child), vocabulary))
}

/// The arguments that name this tool again: for a person in this folder, and for a child in another.
fn again(matches: &ArgMatches, tool: &str) -> (String, [OsString; 2]) {
    match matches.get_one::<PathBuf>("catalog") {
        None => (format!("--tool {tool}"), ["--tool".into(), tool.into()]),
        Some(folder) => {
            let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.clone());
            (format!("--catalog {}", quoted(&folder)), ["--catalog".into(), folder.into()])
        }
    }
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "/._-+,:@%".contains(c));
    if plain { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

fn catalog(matches: &ArgMatches, environment: &Environment) -> Result<Catalog, Failure> {
    let name = matches.get_one::<String>("tool");
    let catalog = match (matches.get_one::<PathBuf>("catalog"), name) {
        (Some(folder), _) => catalogs::read(folder).map_err(Failure::Problems)?,
        (None, name) => of_tool(name.map_or("", String::as_str), environment)?,
    };
    let tool = &catalog.tool;
    if let Some(name) = name.filter(|name| **name != tool.name) {
        return Err(Failure::Usage(format!(
            "this is the catalogue of `{}`, not of `{name}`; leave out one",
            tool.name
        )));
    }
    match tool.dialect {
        Dialect::Native => Ok(catalog),
        foreign => Err(Failure::Usage(format!(
            "`{}` speaks the dialect of its own clients, `{}`; nothing else can speak for it",
            tool.name,
            foreign.name()
        ))),
    }
}

/// The catalogue that is installed for a tool, else the built-in one.
fn of_tool(name: &str, environment: &Environment) -> Result<Catalog, Failure> {
    let folders: Vec<PathBuf> = data(environment).iter().map(|data| data.join("aboveboard/catalogs")).collect();
    let installed = folders.iter().map(|folder| folder.join(name)).find(|folder| folder.join(catalogs::FILE).is_file());
    // A name is one part of a path.
    let found = match installed.filter(|folder| folder.file_name() == Some(name.as_ref())) {
        Some(folder) => Some(catalogs::read(&folder)),
        None => catalogs::built_in(name),
    };
    let missing = || {
        let folders: Vec<String> = folders.iter().map(|folder| format!("`{}`", folder.display())).collect();
        Failure::Usage(format!(
            "no catalogue of `{name}` is built in or installed in {}; `--catalog DIR` names one anywhere",
            folders.join(", ")
        ))
    };
    found.ok_or_else(missing)?.map_err(Failure::Problems)
}

/// The folders for data, the user's own first.
fn data(environment: &Environment) -> Vec<PathBuf> {
    let variable = |name: &str| environment.variable(name).filter(|text| !text.is_empty());
    let home = variable("HOME").map(|home| format!("{home}/.local/share"));
    let own = variable("XDG_DATA_HOME").map(str::to_owned).or(home);
    let shared = variable("XDG_DATA_DIRS").unwrap_or("/usr/local/share:/usr/share").split(':').map(str::to_owned);
    own.into_iter().chain(shared).map(PathBuf::from).filter(|path| path.is_absolute()).collect()
}
