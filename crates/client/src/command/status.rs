//! `status`: what holds, by which rule, where it goes, what waits and what was sent.

use std::io;
use std::path::Path;

use aboveboard_catalog::{Day, Identity, RawValue};

use super::{Session, counted, minute, stamp};
use crate::consent::{Mode, Says};
use crate::environment;
use crate::errors::vote::{Asking, asking};
use crate::folders::Folders;
use crate::install::NO_URL;
use crate::settings::Settings;
use crate::spool;

pub(super) fn run(session: &mut Session<'_>, arguments: &[&str]) -> io::Result<u8> {
    match arguments {
        [] => {
            let text = text(session);
            session.output.write_all(text.as_bytes())?;
            Ok(0)
        }
        ["--json"] => {
            let json = json(session);
            writeln!(session.output, "{json}")?;
            Ok(0)
        }
        ["--quiet"] => Ok(u8::from(session.install.decision().mode == Mode::Off)),
        [first, ..] => session.misunderstood(first),
    }
}

fn text(session: &Session<'_>) -> String {
    let install = &session.install;
    let decision = install.decision();
    let saved = match install.choice().map_or(Says::Unreadable, |choice| choice.says()) {
        Says::Mode(mode) if mode != decision.mode => format!("   (saved setting: {})", mode.name()),
        _ => String::new(),
    };
    let figures = Figures::of(session);
    let some = |label: &str, count: u64, one: &str, many: &str| match count {
        0 => String::new(),
        count => format!("     {label}: {}", counted(count, one, many)),
    };
    let local = some("Kept here", figures.local, "event", "events");
    let lost = some("No room for", figures.lost, "run", "runs");
    let failed = match (figures.failures, figures.next) {
        (failures @ 1.., Some(next)) => {
            let attempts = counted(failures, "attempt", "attempts in a row");
            format!("Failed:    {attempts} to send; not again before {}\n", minute(next))
        }
        _ => String::new(),
    };
    let fields: usize = install.vocabulary.events.iter().map(|event| event.fields.len()).sum();
    format!(
        "Telemetry: {}\nReason:    {}{saved}\nSends to:  {} ({} fields, catalogue {})\nWaiting:   {}{local}     Sent: {}{lost}\n{failed}Id:        {}\nFeedback:  {}\nFiles:     {}\n",
        session.coloured(decision.mode),
        install.reason(decision.rule),
        endpoint(session),
        fields + install.vocabulary.origin.len(),
        install.vocabulary.hash,
        counted(figures.waiting, "event", "events"),
        figures.sent(),
        identity(session),
        super::feedback::sentence(session),
        files(session).unwrap_or_else(|| "none, for there is no home folder".to_owned()),
    )
}

fn json(session: &Session<'_>) -> String {
    let install = &session.install;
    let decision = install.decision();
    let figures = Figures::of(session);
    let saved = match install.choice().map_or(Says::Unreadable, |choice| choice.says()) {
        Says::Mode(mode) => Some(mode.name()),
        Says::Nothing => None,
        Says::Unreadable => Some("unreadable"),
    };
    let folder =
        |path: fn(&Folders) -> &Path| install.folders.as_ref().map(|folders| path(folders).display().to_string());
    let document = RawValue::from([
        ("schema", 1.into()),
        ("tool", install.vocabulary.name.into()),
        ("mode", decision.mode.name().into()),
        ("enabled", (decision.mode == Mode::On).into()),
        ("rule", decision.rule.code().into()),
        ("reason", install.reason(decision.rule).into()),
        ("saved", saved.into()),
        ("endpoint", endpoint(session).into()),
        ("catalogue", install.vocabulary.hash.into()),
        ("queued", figures.waiting.into()),
        ("local", figures.local.into()),
        ("no_room", figures.lost.into()),
        ("failures", figures.failures.into()),
        ("not_before", figures.next.map(stamp).into()),
        (
            "sent",
            RawValue::from([
                ("count", figures.count.into()),
                ("first", figures.first.map(stamp).into()),
                ("last", figures.last.map(stamp).into()),
            ]),
        ),
        (
            "feedback",
            RawValue::from([
                ("asked", (asking(install) == Asking::Yes).into()),
                ("reason", super::feedback::sentence(session).into()),
            ]),
        ),
        ("id", RawValue::from([("policy", policy(install.vocabulary.identity).into())])),
        (
            "files",
            RawValue::from([
                ("choice", folder(|folders| &folders.choice).into()),
                ("state", folder(|folders| &folders.state).into()),
            ]),
        ),
    ]);
    document.json()
}

/// What waits and what was sent.
struct Figures {
    waiting: u64,
    /// Recorded never to be sent.
    local: u64,
    lost: u64,
    /// Attempts to send that failed in a row.
    failures: u64,
    /// When it may be sent again.
    next: Option<i64>,
    count: u64,
    first: Option<i64>,
    last: Option<i64>,
}

impl Figures {
    fn of(session: &Session<'_>) -> Self {
        let spool = session.install.spool();
        let memory = spool.as_ref().map_or_else(Settings::default, |spool| spool.memory().0);
        let waiting = spool.as_ref().map_or(0, |spool| {
            let sealed: u64 = spool.sealed().iter().map(|batch| spool::count(&batch.bytes)).sum();
            spool::count(&spool.waiting()) + sealed
        });
        let next = spool.as_ref().map_or_else(Settings::default, |spool| spool.settings("next"));
        Self {
            waiting,
            local: spool.as_ref().map_or(0, |spool| spool::count(&spool.local())),
            lost: spool.map_or(0, |spool| spool.lost()),
            failures: next.number("failures").and_then(|failures| u64::try_from(failures).ok()).unwrap_or(0),
            next: next.number("next"),
            count: memory.number("sent").and_then(|sent| u64::try_from(sent).ok()).unwrap_or(0),
            first: memory.number("sent_first"),
            last: memory.number("sent_last"),
        }
    }

    fn sent(&self) -> String {
        match (self.first, self.last) {
            (Some(first), Some(last)) => {
                format!(
                    "{} since {}, last {}",
                    counted(self.count, "batch", "batches"),
                    super::day(Day::of_unix_seconds(first)),
                    minute(last)
                )
            }
            _ => "nothing yet".to_owned(),
        }
    }
}

fn endpoint(session: &Session<'_>) -> String {
    session.install.endpoint().map_or_else(|| format!("nowhere: {NO_URL}"), |endpoint| endpoint.name())
}

fn identity(session: &Session<'_>) -> String {
    if environment::ci(&session.install.environment).is_some() {
        return "none in CI".to_owned();
    }
    match session.install.vocabulary.identity {
        Identity::None => "none; a batch says whether it is the first of its day, week or month".to_owned(),
        Identity::Month => {
            let next = Day::of_unix_seconds(session.now).start_of_next(aboveboard_catalog::Bucket::Month);
            format!("a random number that changes every month (next: {})", super::day(next))
        }
        Identity::Install => format!("a random number, new after {} disable", session.install.command),
    }
}

fn policy(identity: Identity) -> &'static str {
    match identity {
        Identity::None => "none",
        Identity::Month => "month",
        Identity::Install => "install",
    }
}

fn files(session: &Session<'_>) -> Option<String> {
    let folders = session.install.folders.as_ref()?;
    Some(format!("{}, {}/", session.path(&folders.choice), session.path(&folders.state)))
}
