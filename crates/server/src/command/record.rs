//! `aboveboard record`: with which a shell script says what happened. Everything that holds for a tool with the client
//! built in holds here: consent, notice, queue, ledger, the child that sends.
//!
//! Bad input is an error for the script's author to see, whatever the user chose. A bad environment (no home, a full
//! disk, no network) is silence and exit code 0.

use clap::{Arg, ArgMatches, Command};

use aboveboard::{SEND, Telemetry, Words};

use super::{Failure, tool};

pub(super) fn word() -> Command {
    let event = Arg::new("event").value_name("EVENT").required(true).help("A declared event");
    let fields = Arg::new("fields").value_name("FIELD=VALUE").num_args(0..).help("Its declared fields");
    tool::flags(Command::new("record"))
        .about("Record that something happened, for a tool that is a shell script")
        .args([event, fields])
        .after_help(
            "Exit codes: 0 recorded, or silently not (off, not yet told, nowhere to keep it); 1 the catalogue has \
             problems; 2 the event, a field or a value is not declared.",
        )
}

/// The child that sends is this program again.
pub(super) fn hidden_word() -> Command {
    tool::flags(Command::new(SEND)).hide(true)
}

pub(super) fn run(matches: &ArgMatches) -> Result<String, Failure> {
    let (config, vocabulary) = tool::open(matches)?;
    let event = matches.get_one::<String>("event").expect("clap requires it");
    let fields = matches.get_many::<String>("fields").unwrap_or_default().map(String::as_str);
    let words = Words::parse(vocabulary, event, fields).map_err(|wrong| Failure::Usage(wrong.to_string()))?;
    let telemetry = Telemetry::open(config);
    telemetry.record(words);
    telemetry.close();
    Ok(String::new())
}

/// Sends what waits. Does not come back when this process was started to send.
pub(super) fn send(matches: &ArgMatches) -> Result<String, Failure> {
    let (config, _) = tool::open(matches)?;
    Telemetry::open(config).close();
    Ok(String::new())
}
