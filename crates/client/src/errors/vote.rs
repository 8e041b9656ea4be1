//! Whether a page helped: one question below it, to a person at a terminal, once a code and month. The answer is recorded
//! only when there is one; that is a consent of its own, which can be refused for good.

use std::io::{self, BufRead, Write};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use aboveboard_catalog::Day;

use super::said::Said;
use crate::consent::Mode;
use crate::disk::{self, Content};
use crate::install::Install;
use crate::spool::Spool;
use crate::telemetry;

/// Why nobody is asked, or that somebody may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asking {
    /// After a page, once a code and month.
    Yes,
    /// The tool does not want to know.
    NoVotes,
    /// Telemetry is off.
    Off,
    /// `MYTOOL_FEEDBACK=0`.
    Variable,
    /// The user said never.
    Never,
}

/// What the user was asked and said about being asked: the file `votes`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Votes {
    /// Month and code: `2026-11 ACME_DISK_FULL`.
    asked: Vec<String>,
    never: bool,
}

const NEVER: &str = "never";

impl Votes {
    /// Reads the file. `None` when it cannot be read, so that it may say never.
    pub(crate) fn read(spool: &Spool) -> Option<Self> {
        let text = match disk::content(&spool.path("votes")) {
            Content::Missing => String::new(),
            Content::Text(text) => text,
            Content::Unreadable => return None,
        };
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let (never, asked): (Vec<&str>, Vec<&str>) = lines.partition(|line| *line == NEVER);
        Some(Self { asked: asked.into_iter().map(str::to_owned).collect(), never: !never.is_empty() })
    }

    /// Saves whether anybody is to be asked.
    pub(crate) fn choose(spool: &Spool, asking: bool) -> io::Result<()> {
        let votes = Self::read(spool).unwrap_or_default();
        Self { never: !asking, ..votes }.write(spool)
    }

    /// Forgets what was asked, and not that somebody said never.
    pub(crate) fn forget(spool: &Spool) {
        if let Some(votes) = Self::read(spool).filter(|votes| !votes.asked.is_empty()) {
            let _ = Self { asked: Vec::new(), ..votes }.write(spool);
        }
    }

    /// The months and codes asked about.
    pub(crate) fn asked(self) -> Vec<String> {
        self.asked
    }

    /// Remembers that this is asked; months before are over. `None` when it was asked already, or asking is refused.
    fn with(mut self, month: &str, code: &str) -> Option<Self> {
        let line = format!("{month} {code}");
        if self.never || self.asked.contains(&line) {
            return None;
        }
        self.asked.retain(|line| line.starts_with(month));
        self.asked.push(line);
        Some(self)
    }

    fn write(&self, spool: &Spool) -> io::Result<()> {
        let path = spool.path("votes");
        if *self == Self::default() {
            disk::remove(&path);
            return Ok(());
        }
        let never = if self.never { "never\n" } else { "" };
        let asked: String = self.asked.iter().map(|line| format!("{line}\n")).collect();
        disk::replace(&path, format!("{asked}{never}").as_bytes())
    }
}

/// The name of the variable by which nobody is asked: `MYTOOL_FEEDBACK=0`.
pub(crate) fn variable(tool: &str) -> String {
    format!("{}_FEEDBACK", tool.to_ascii_uppercase().replace('-', "_"))
}

/// Whether somebody who reads a page may be asked.
pub(crate) fn asking(install: &Install) -> Asking {
    let vocabulary = install.vocabulary;
    if vocabulary.errors.as_ref().is_none_or(|errors| errors.vote.is_none()) {
        return Asking::NoVotes;
    }
    if install.decision().mode == Mode::Off {
        return Asking::Off;
    }
    if install.environment.switch(&variable(vocabulary.name)) == Some(false) {
        return Asking::Variable;
    }
    let votes = install.spool().and_then(|spool| Votes::read(&spool));
    if votes.is_none_or(|votes| votes.never) { Asking::Never } else { Asking::Yes }
}

/// A question about one page.
pub(super) struct Ballot<'b> {
    pub(super) install: &'b Install,
    pub(super) now: i64,
    /// How long somebody may take to answer.
    pub(super) limit: Duration,
}

impl Ballot<'_> {
    /// Asks when that is due, and records an answer.
    pub(super) fn hold(
        &self,
        code: &str,
        input: impl BufRead + Send + 'static,
        errors: &mut dyn Write,
    ) -> io::Result<()> {
        let environment = &self.install.environment;
        if !environment.stdin_terminal || !environment.attended() || asking(self.install) != Asking::Yes {
            return Ok(());
        }
        let vote = self.install.vocabulary.errors.as_ref().and_then(|errors| errors.vote);
        let Some(vote) = Said::about(self.install.vocabulary, vote, code) else { return Ok(()) };
        let Some(spool) = self.install.spool() else { return Ok(()) };
        let month = &Day::of_unix_seconds(self.now).to_string()[..7];
        let Some(votes) = Votes::read(&spool).and_then(|votes| votes.with(month, code)) else { return Ok(()) };
        // Where it cannot be remembered nobody is asked: it would come each time.
        votes.write(&spool)?;
        self.ask(&vote.choosing("surface", "terminal"), &spool, &Typed::of(input), errors)
    }

    fn ask(&self, vote: &Said, spool: &Spool, typed: &Typed, errors: &mut dyn Write) -> io::Result<()> {
        let (Some(yes), Some(no)) = (vote.clone().flagged(true), vote.clone().flagged(false)) else { return Ok(()) };
        let sent = self.install.decision().mode == Mode::On;
        let told = if sent { "Sent with a yes" } else { "Kept on this machine with a yes" };
        let exactly = telemetry::shown(self.install, &yes);
        write!(errors, "\n{told}: {exactly}\nWas this helpful? [y]es [n]o [s]kip [never] ")?;
        errors.flush()?;
        let Some(answer) = typed.line(self.limit) else {
            return writeln!(errors);
        };
        let said = match answer.as_str() {
            "y" | "yes" => yes,
            "n" | "no" => self.with_reason(no, typed, errors)?,
            NEVER => {
                Votes::choose(spool, false)?;
                let command = self.install.word(crate::command::NAME);
                return writeln!(errors, "It will not be asked again; {command} feedback on would.");
            }
            _ => return Ok(()),
        };
        telemetry::say(self.install.clone(), &said);
        writeln!(errors, "Thank you.")
    }

    /// What was wrong with a page, where the catalogue has words for that and one of them was chosen.
    fn with_reason(&self, no: Said, typed: &Typed, errors: &mut dyn Write) -> io::Result<Said> {
        let reasons = no.members("reason");
        if reasons.is_empty() {
            return Ok(no);
        }
        let numbered = |(number, reason): (usize, &&str)| format!("[{number}] {}  ", reason.replace('_', " "));
        let list: String = (1..).zip(reasons).map(numbered).collect();
        write!(errors, "Why not? {list}[s]kip ")?;
        errors.flush()?;
        let answer = typed.line(self.limit);
        if answer.is_none() {
            writeln!(errors)?;
        }
        let number = answer.and_then(|answer| answer.parse::<usize>().ok());
        let reason = number.and_then(|number| reasons.get(number.checked_sub(1)?));
        Ok(reason.map_or(no.clone(), |reason| no.choosing("reason", reason)))
    }
}

/// Lines as somebody types them, read by a thread so that nobody waits for ever. A command that asks is about to end,
/// and the thread with it.
struct Typed(Receiver<String>);

impl Typed {
    fn of(input: impl BufRead + Send + 'static) -> Self {
        let (sender, lines) = channel();
        thread::spawn(move || input.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self(lines)
    }

    /// The next line, trimmed and in small letters; `None` when it does not come in time.
    fn line(&self, limit: Duration) -> Option<String> {
        self.0.recv_timeout(limit).ok().map(|line| line.trim().to_ascii_lowercase())
    }
}
