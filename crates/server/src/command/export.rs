//! `aboveboard export`: raw rows out of a running collector, for those who may. The collector writes down each use.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgGroup, ArgMatches, Command, value_parser};

use super::Failure;
use super::remote::{self, Asking};
use crate::config::export_token_to_show;
use crate::files::new_file;

const FORMATS: [(&str, &str); 3] =
    [("parquet", "Write Parquet"), ("csv", "Write CSV"), ("json", "Write JSON, an object a line")];
/// What is handed on as a parameter, when it is given.
const PARAMETERS: [(&str, &str, &str); 4] = [
    ("tool", "NAME", "The tool"),
    ("table", "NAME", "The table: the name of an event"),
    ("from", "DAY", "The first day [30 days ago]"),
    ("to", "DAY", "The last day [today]"),
];

pub(super) fn word() -> Command {
    let parameters = PARAMETERS.map(|(name, value, help)| {
        Arg::new(name).long(name).value_name(value).help(help).required(matches!(name, "tool" | "table"))
    });
    let formats = FORMATS.map(|(name, help)| Arg::new(name).long(name).action(ArgAction::SetTrue).help(help));
    let out = Arg::new("OUT").value_name("OUT").value_parser(value_parser!(PathBuf)).required(true);
    Command::new("export")
        .about("Take raw rows out of a running collector, which writes down who did")
        .args(parameters)
        .args(formats)
        .group(ArgGroup::new("format").args(FORMATS.map(|(name, _)| name)).required(true))
        .arg(out.help("The file to write; it must not exist yet"))
        .arg(remote::flag("The collector; the token is read from ABOVEBOARD_EXPORT_TOKEN"))
        .after_help("An export token is not the operator's; `--export-token-file` of the collector names who has one.")
}

pub(super) fn run(matches: &ArgMatches) -> Result<String, Failure> {
    let path = matches.get_one::<PathBuf>("OUT").expect("clap requires it");
    let given = |name: &'static str| matches.get_one::<String>(name).map(|value| (name, value.clone()));
    let mut parameters: Vec<_> = PARAMETERS.iter().filter_map(|(name, ..)| given(name)).collect();
    let format = FORMATS.iter().find(|(name, _)| matches.get_flag(name));
    parameters.extend(format.map(|(name, _)| ("format", (*name).to_owned())));
    let asking = Asking {
        url: matches.get_one::<String>("url").expect("it has a default"),
        path: "/v1/export",
        parameters,
        token: export_token_to_show(),
        variable: "ABOVEBOARD_EXPORT_TOKEN",
    };
    let bytes = new_file(path, |file| asking.pour(file))?;
    Ok(format!("wrote {bytes} bytes to {}", path.display()))
}
