//! `feedback`: whether a person is asked if the page of an error helped. A consent of its own beside that to telemetry.

use std::io;

use super::Session;
use crate::errors::vote::{Asking, Votes, asking, variable};

pub(super) fn run(session: &mut Session<'_>, arguments: &[&str]) -> io::Result<u8> {
    let wanted = match arguments {
        [] => None,
        ["on"] => Some(true),
        ["off"] => Some(false),
        [first, ..] => return session.misunderstood(first),
    };
    if let (Some(wanted), Some(spool)) = (wanted, session.install.spool())
        && let Err(error) = Votes::choose(&spool, wanted)
    {
        return session.not_written(&spool.path("votes"), &error);
    }
    let text = sentence(session);
    writeln!(session.output, "Feedback: {text}")?;
    Ok(0)
}

/// Whether somebody is asked, and why not.
pub(super) fn sentence(session: &Session<'_>) -> String {
    let install = &session.install;
    match asking(install) {
        Asking::Yes => format!("asked below a page of {}, once a code and month", install.word("explain")),
        Asking::NoVotes => format!("never asked, for {} does not want to know", install.vocabulary.name),
        Asking::Off => "not asked while telemetry is off".to_owned(),
        Asking::Variable => format!("not asked: {}=0 in the environment", variable(install.vocabulary.name)),
        Asking::Never => format!("never asked, as you chose; {} feedback on changes that", install.command),
    }
}
