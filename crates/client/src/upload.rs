//! Sends what waits: seals the queue, sends each batch, keeps what was sent, and decides when to come again.
//!
//! One at a time for each user and tool. The choice is read again before every batch, so that whoever switches it off
//! is obeyed by a sender that is already under way.

use std::io;

use aboveboard_catalog::Day;

use crate::child;
use crate::consent::Mode;
use crate::disk;
use crate::environment;
use crate::http::{Answer, Sender};
use crate::install::Install;
use crate::ledger;
use crate::limits::{BACKOFF_SECONDS_MAX, CLAIM_SECONDS, PAUSE_SECONDS};
use crate::settings::Settings;
use crate::spool::{Sealed, Sealer, Spool};

/// Whether it is time to send. A clock that was set back does not stop it: no pause is longer than the longest.
pub(crate) fn is_due(spool: &Spool, now: i64) -> bool {
    let next = spool.settings("next").number("next").unwrap_or(0);
    now >= next || next > now + 2 * BACKOFF_SECONDS_MAX
}

/// Takes the next sending for a process that is about to start, so that no run beside this one, or right after it,
/// starts another. Should that process never get to it, it is due again soon.
pub(crate) fn claim(spool: &Spool, now: i64) -> io::Result<()> {
    schedule(spool, failures(spool), now + CLAIM_SECONDS)
}

/// Sends everything that waits, as far as the collector takes it.
pub(crate) fn run(install: &Install, sender: &Sender, now: i64, random: u128) {
    let Some(spool) = install.spool() else { return };
    let Some(_lock) = disk::lock(&spool.path("lock"), now, child::lives) else { return };
    if !may_send(install, &spool) {
        return;
    }
    seal(install, &spool, now, random);
    let attempt = Attempt { spool: &spool, now, random, failures: failures(&spool) + 1 };
    // A sending that is cut off, by the end of the run or of the machine, has failed. That is written down before the
    // network is asked, so that no later run waits for the same silent collector.
    attempt.back_off(None);
    for batch in spool.sealed() {
        if !may_send(install, &spool) || !attempt.deliver(sender, &batch) {
            return;
        }
    }
    let _ = schedule(&spool, 0, now + PAUSE_SECONDS + spread(random, PAUSE_SECONDS));
}

/// Seals what waits in the queue.
pub(crate) fn seal(install: &Install, spool: &Spool, now: i64, random: u128) {
    let catalog = install.vocabulary.catalog();
    let sealer = Sealer {
        catalog: &catalog,
        hash: install.vocabulary.hash,
        ci: environment::ci(&install.environment).is_some(),
        today: Day::of_unix_seconds(now),
        random: random.rotate_left(64),
    };
    spool.seal(&sealer, random);
}

fn may_send(install: &Install, spool: &Spool) -> bool {
    let decision = install.decision();
    if decision.rule.empties_the_queue() {
        spool.empty();
    }
    decision.mode == Mode::On
}

/// One attempt to send what waits.
struct Attempt<'s> {
    spool: &'s Spool,
    now: i64,
    random: u128,
    /// Attempts that failed in a row, should this one fail too.
    failures: i64,
}

impl Attempt<'_> {
    /// Sends one batch; answers whether to go on with the next.
    fn deliver(&self, sender: &Sender, batch: &Sealed) -> bool {
        let Some(answer) = sender.batch(&batch.bytes) else { return false };
        match what_now(&answer) {
            Next::Done => {
                ledger::add(self.spool, self.now, answer.status, &batch.bytes);
                self.spool.drop_sealed(&batch.id);
                true
            }
            Next::Again => {
                self.back_off(answer.retry_after);
                false
            }
            Next::NeverAgain => {
                let _ = disk::replace(&self.spool.path("ended"), b"410\n");
                self.spool.empty();
                false
            }
        }
    }

    /// The pause doubles with each failure, and is never less than the collector asks for.
    fn back_off(&self, retry_after: Option<i64>) {
        let pause = (PAUSE_SECONDS << self.failures.min(20)).min(BACKOFF_SECONDS_MAX);
        let pause = pause.max(retry_after.unwrap_or(0).clamp(0, BACKOFF_SECONDS_MAX));
        let _ = schedule(self.spool, self.failures, self.now + pause + spread(self.random, pause / 2));
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Next {
    /// Taken, or refused in a way that sending again does not change.
    Done,
    Again,
    NeverAgain,
}

fn what_now(answer: &Answer) -> Next {
    match answer.status {
        410 => Next::NeverAgain,
        // A redirect, a login page of a hotel, a timeout, too many, or trouble at the collector.
        0..=199 | 300..=399 | 401 | 403 | 407 | 408 | 425 | 429 | 500.. => Next::Again,
        _ => Next::Done,
    }
}

fn failures(spool: &Spool) -> i64 {
    spool.settings("next").number("failures").unwrap_or(0).clamp(0, 30)
}

fn schedule(spool: &Spool, failures: i64, next: i64) -> io::Result<()> {
    let mut settings = Settings::default();
    settings.set("next", next);
    settings.set("failures", failures);
    disk::replace(&spool.path("next"), settings.to_string().as_bytes())
}

/// A part of some seconds, by chance.
fn spread(random: u128, seconds: i64) -> i64 {
    (random % (seconds.max(1) as u128)) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(spool: &Spool) -> (i64, i64) {
        let settings = spool.settings("next");
        (settings.number("next").expect("a time"), settings.number("failures").expect("a count"))
    }

    #[test]
    fn each_answer_has_its_consequence() {
        let check = |statuses: &[u16], expected: Next| {
            for &status in statuses {
                assert_eq!(what_now(&Answer { status, ..Answer::default() }), expected, "{status}");
            }
        };
        check(&[200, 202, 400, 404, 413, 415, 422], Next::Done);
        check(&[301, 302, 307, 401, 403, 407, 408, 425, 429, 500, 502, 503, 504, 599], Next::Again);
        check(&[410], Next::NeverAgain);
    }

    #[test]
    fn the_pause_grows_up_to_days_and_listens_to_the_collector() {
        let folder = tempfile::tempdir().expect("a folder");
        let spool = Spool::new(folder.path());
        let fail = |retry_after, random| {
            Attempt { spool: &spool, now: 1_000, random, failures: failures(&spool) + 1 }.back_off(retry_after);
        };
        assert!(is_due(&spool, 0), "the first sending waits for nothing");
        fail(None, 0);
        assert_eq!(next(&spool), (1_000 + 2 * PAUSE_SECONDS, 1));
        fail(None, 0);
        assert_eq!(next(&spool), (1_000 + 4 * PAUSE_SECONDS, 2));
        assert!(!is_due(&spool, 1_000) && is_due(&spool, 1_000 + 4 * PAUSE_SECONDS));
        fail(Some(86_400), 0);
        assert_eq!(next(&spool).0, 87_400);
        (0..40).for_each(|_| fail(Some(i64::MAX), u128::MAX));
        assert!(next(&spool).0 <= 1_000 + 2 * BACKOFF_SECONDS_MAX);
        assert!(is_due(&spool, -10 * BACKOFF_SECONDS_MAX), "a clock that was set back");
    }

    #[test]
    fn who_claims_a_sending_is_alone_for_a_while_and_forgets_no_failure() {
        let folder = tempfile::tempdir().expect("a folder");
        let spool = Spool::new(folder.path());
        schedule(&spool, 3, 0).expect("written");
        claim(&spool, 1_000).expect("written");
        assert_eq!(next(&spool), (1_000 + CLAIM_SECONDS, 3));
        assert!(!is_due(&spool, 1_000) && is_due(&spool, 1_000 + CLAIM_SECONDS));
    }
}
