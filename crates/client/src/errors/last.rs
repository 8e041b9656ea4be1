//! What came after an error: the next run looks at the error of the run before, says what followed, and forgets it.
//! Functions of what is remembered and of the time; [`crate::telemetry`] calls them when a run closes.

use aboveboard_catalog::{RawEvent, RawValue};

use super::said::Said;
use crate::disk::{self, Content};
use crate::spool::Spool;
use crate::vocabulary::{EventWord, Vocabulary};

/// The name of the file.
pub(crate) const LAST_ERROR: &str = "last-error";

/// Seconds for which what happens next has to do with an error. Later its user has given up, or gone to lunch.
const NEXT_SECONDS_MAX: i64 = 600;

/// The error of a run before, as the file `last-error` has it: `CODE SECONDS`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Last {
    pub(crate) code: String,
    pub(crate) seconds: i64,
}

impl Last {
    /// Reads the file; what it does not understand is as good as nothing.
    pub(crate) fn read(content: &Content) -> Option<Self> {
        let Content::Text(text) = content else { return None };
        let (code, seconds) = text.trim_end().split_once(' ')?;
        Some(Self { code: code.to_owned(), seconds: seconds.parse().ok()? })
    }

    /// The file.
    pub(crate) fn line(&self) -> String {
        format!("{} {}\n", self.code, self.seconds)
    }

    /// What a run that ends `now` and showed these errors makes of it, as the catalogue calls it. A clock that was set
    /// back tells nothing.
    pub(crate) fn next(&self, now: i64, shown: &[String]) -> Option<&'static str> {
        match now.checked_sub(self.seconds)? {
            ..0 => None,
            0..=NEXT_SECONDS_MAX if shown.contains(&self.code) => Some("again"),
            0..=NEXT_SECONDS_MAX if shown.is_empty() => Some("success"),
            0..=NEXT_SECONDS_MAX => Some("other_error"),
            _ => Some("gave_up"),
        }
    }
}

/// The position of the event that an error was shown.
pub(crate) fn shown(vocabulary: &Vocabulary) -> Option<usize> {
    let name = vocabulary.errors.as_ref()?.shown?;
    vocabulary.events.iter().position(|event| event.name == name)
}

/// The code in such an event.
pub(crate) fn code(word: &EventWord, event: &RawEvent<'_>) -> Option<String> {
    let key = word.fields.iter().find(|field| field.is_code())?.key();
    let (_, value) = event.fields.0.iter().find(|(name, _)| name == key)?;
    if let RawValue::Text(code) = value { Some(code.to_string()) } else { None }
}

/// Says what a run that ends `now` and showed these errors makes of the one before, and remembers the last of them
/// instead.
pub(crate) fn follow(spool: &Spool, vocabulary: &'static Vocabulary, shown: &[String], now: i64) -> Option<Said> {
    let followed = vocabulary.errors.as_ref()?.followed?;
    let path = spool.path(LAST_ERROR);
    let content = disk::content(&path);
    match shown.last() {
        Some(code) => {
            let _ = disk::replace(&path, Last { code: code.clone(), seconds: now }.line().as_bytes());
        }
        None if content == Content::Missing => {}
        None => {
            disk::remove(&path);
        }
    }
    let last = Last::read(&content)?;
    let next = last.next(now, shown)?;
    Some(Said::about(vocabulary, Some(followed), &last.code)?.choosing("next", next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_followed_depends_on_the_errors_and_the_time_between() {
        let last = Last { code: "ACME_A".into(), seconds: 1_000 };
        let check = |after: i64, shown: &[&str], expected| {
            let shown: Vec<String> = shown.iter().map(|&code| code.to_owned()).collect();
            assert_eq!(last.next(1_000 + after, &shown), expected, "{after} {shown:?}");
        };
        check(0, &["ACME_A"], Some("again"));
        check(600, &["ACME_B", "ACME_A"], Some("again"));
        check(600, &["ACME_B"], Some("other_error"));
        check(600, &[], Some("success"));
        check(601, &[], Some("gave_up"));
        check(601, &["ACME_A"], Some("gave_up"));
        check(-1, &["ACME_A"], None);
    }

    #[test]
    fn a_file_reads_back_and_nonsense_is_nothing() {
        let last = Last { code: "ACME_A".into(), seconds: 1_795_339_800 };
        assert_eq!(Last::read(&Content::Text(last.line())), Some(last));
        for text in ["", "ACME_A", "ACME_A soon", "1795339800"] {
            assert_eq!(Last::read(&Content::Text(text.into())), None, "{text:?}");
        }
        assert_eq!(Last::read(&Content::Missing), None);
    }
}
