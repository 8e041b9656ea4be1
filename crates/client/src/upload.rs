//! Sends what waits: seals the queue, sends each batch, keeps what was sent, and decides when to come again.
//!
//! One at a time for each user and tool. The choice is read again before every batch, so that whoever switches it off
//! is obeyed by a sender that is already under way.

use aboveboard_catalog::Day;

use crate::child;
use crate::consent::Mode;
use crate::disk;
use crate::environment;
use crate::http::{Answer, Sender};
use crate::install::Install;
use crate::ledger;
use crate::limits::{BACKOFF_SECONDS_MAX, PAUSE_SECONDS};
use crate::settings::Settings;
use crate::spool::{Sealed, Sealer, Spool};

/// Whether it is time to send. A clock that was set back does not stop it: no pause is longer than the longest.
pub(crate) fn is_due(spool: &Spool, now: i64) -> bool {
    let next = spool.settings("next").number("next").unwrap_or(0);
    now >= next || next > now + 2 * BACKOFF_SECONDS_MAX
}

/// Sends everything that waits, as far as the collector takes it.
pub(crate) fn run(install: &Install, sender: &Sender, now: i64, random: u128) {
    let Some(spool) = install.spool() else { return };
    let Some(_lock) = disk::lock(&spool.path("lock"), now, child::lives) else { return };
    if !may_send(install, &spool) {
        return;
    }
    seal(install, &spool, now, random);
    for batch in spool.sealed() {
        if !may_send(install, &spool) || !deliver(&spool, sender, &batch, now, random) {
            return;
        }
    }
    schedule(&spool, 0, now + PAUSE_SECONDS + spread(random, PAUSE_SECONDS));
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

/// Sends one batch; answers whether to go on with the next.
fn deliver(spool: &Spool, sender: &Sender, batch: &Sealed, now: i64, random: u128) -> bool {
    let Some(answer) = sender.batch(&batch.bytes) else {
        back_off(spool, None, now, random);
        return false;
    };
    match what_now(&answer) {
        Next::Done => {
            ledger::add(spool, now, answer.status, &batch.bytes);
            spool.drop_sealed(&batch.id);
            true
        }
        Next::Again => {
            back_off(spool, answer.retry_after, now, random);
            false
        }
        Next::NeverAgain => {
            let _ = disk::replace(&spool.path("ended"), b"410\n");
            spool.empty();
            false
        }
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

/// The pause doubles with each failure, and is never less than the collector asks for.
fn back_off(spool: &Spool, retry_after: Option<i64>, now: i64, random: u128) {
    let failures = spool.settings("next").number("failures").unwrap_or(0).clamp(0, 30) + 1;
    let pause = (PAUSE_SECONDS << failures.min(20)).min(BACKOFF_SECONDS_MAX);
    let pause = pause.max(retry_after.unwrap_or(0).clamp(0, BACKOFF_SECONDS_MAX));
    schedule(spool, failures, now + pause + spread(random, pause / 2));
}

fn schedule(spool: &Spool, failures: i64, next: i64) {
    let mut settings = Settings::default();
    settings.set("next", next);
    settings.set("failures", failures);
    let _ = disk::replace(&spool.path("next"), settings.to_string().as_bytes());
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
        assert!(is_due(&spool, 0), "the first sending waits for nothing");
        back_off(&spool, None, 1_000, 0);
        assert_eq!(next(&spool), (1_000 + 2 * PAUSE_SECONDS, 1));
        back_off(&spool, None, 1_000, 0);
        assert_eq!(next(&spool), (1_000 + 4 * PAUSE_SECONDS, 2));
        assert!(!is_due(&spool, 1_000) && is_due(&spool, 1_000 + 4 * PAUSE_SECONDS));
        back_off(&spool, Some(86_400), 1_000, 0);
        assert_eq!(next(&spool).0, 87_400);
        (0..40).for_each(|_| back_off(&spool, Some(i64::MAX), 1_000, u128::MAX));
        assert!(next(&spool).0 <= 1_000 + 2 * BACKOFF_SECONDS_MAX);
        assert!(is_due(&spool, -10 * BACKOFF_SECONDS_MAX), "a clock that was set back");
    }
}
