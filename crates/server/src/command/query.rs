//! `aboveboard query`: a question to a running collector, its answer drawn in the terminal.

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::Failure;
use super::answered::Answered;
use super::remote::{self, Asking};
use crate::chart::terminal;
use crate::config::token_to_show;

/// What a question says by one flag each.
const PARAMETERS: [(&str, &str, &str); 7] = [
    ("tool", "NAME", "The tool"),
    ("measure", "MEASURE", "`events`, `reports`, `machines`, `share`, or `p75:EVENT.FIELD`"),
    ("by", "FIELD", "What to split by; at most two, repeated or with a comma"),
    ("where", "FIELD:VALUE", "What must hold, as `ci:false` or `os:linux|macos`; repeat it for more"),
    ("from", "DAY", "The first day, as `2026-11-01` [90 days ago]"),
    ("to", "DAY", "The last day [today]"),
    ("bucket", "SPAN", "One value for each `day`, `week` or `month`"),
];

pub(super) fn word() -> Command {
    let parameters = PARAMETERS.map(|(name, value, help)| {
        Arg::new(name).long(name).value_name(value).help(help).action(ArgAction::Append).required(name == "tool")
    });
    let form = |name: &'static str, other: &'static str, help: &'static str| {
        Arg::new(name).long(name).action(ArgAction::SetTrue).conflicts_with(other).help(help)
    };
    Command::new("query").about("Ask a running collector, and draw the answer").args(parameters).args([
        form("json", "csv", "Print the answer as JSON"),
        form("csv", "json", "Print the answer as CSV"),
        Arg::new("width")
            .long("width")
            .value_name("COLUMNS")
            .value_parser(value_parser!(u16).range(40..))
            .default_value("80")
            .help("How wide to draw"),
        remote::flag("The collector; the token is read from ABOVEBOARD_TOKEN"),
    ])
}

pub(super) fn run(matches: &ArgMatches) -> Result<String, Failure> {
    let csv = matches.get_flag("csv");
    let asking = Asking {
        url: matches.get_one::<String>("url").expect("it has a default"),
        path: if csv { "/v1/query.csv" } else { "/v1/query" },
        parameters: parameters(matches),
        token: token_to_show(),
        variable: "ABOVEBOARD_TOKEN",
    };
    let text = asking.text()?;
    if csv || matches.get_flag("json") {
        return Ok(text);
    }
    let unread = |error| Failure::Problems(format!("the answer is not one of this version: {error}"));
    let answered: Answered = serde_json::from_str(&text).map_err(unread)?;
    let width = matches.get_one::<u16>("width").expect("it has a default");
    Ok(terminal(&answered.sheet(), usize::from(*width)) + &answered.notes())
}

fn parameters(matches: &ArgMatches) -> Vec<(&'static str, String)> {
    let given = |name: &'static str| {
        let values = matches.get_many::<String>(name).unwrap_or_default();
        values.map(move |value| (name, value.clone()))
    };
    PARAMETERS.iter().flat_map(|(name, ..)| given(name)).collect()
}
