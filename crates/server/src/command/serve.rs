//! `aboveboard serve`, which is also what happens without a command.

use clap::{ArgMatches, Command};

use super::Failure;
use crate::config::Config;
use crate::serve::serve;

pub(super) fn word() -> Command {
    Command::new("serve").about("Run the collector; the default").args(Config::flags())
}

pub(super) fn run(matches: &ArgMatches) -> Result<String, Failure> {
    let config = Config::read(matches).map_err(Failure::Usage)?;
    serve(config).map_err(Failure::Problems)?;
    Ok(String::new())
}
