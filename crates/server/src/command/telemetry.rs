//! `aboveboard telemetry`: what `mytool telemetry` is for a tool that has the client built in, for the users of one that
//! is a shell script.

use std::io::{self, BufReader};

use clap::{Arg, ArgMatches, Command};

use super::{Failure, tool};

pub(super) fn word() -> Command {
    let arguments = Arg::new("arguments")
        .value_name("COMMAND")
        .num_args(0..)
        .trailing_var_arg(true)
        .allow_hyphen_values(true)
        .help("status, enable, disable, local, inspect, explain, forget, export, help");
    tool::flags(Command::new("telemetry"))
        .about("Show and change what a tool that is a shell script tells its makers")
        .arg(arguments)
}

pub(super) fn run(matches: &ArgMatches) -> Result<String, Failure> {
    let (config, _) = tool::open(matches)?;
    let arguments: Vec<String> = matches.get_many("arguments").unwrap_or_default().cloned().collect();
    match aboveboard::command::run(config, &arguments, &mut BufReader::new(io::stdin()), &mut io::stdout()) {
        0 => Ok(String::new()),
        code => Err(Failure::Told(code)),
    }
}
