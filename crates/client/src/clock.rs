//! The only reader of the clock. Everything else is given the time.

#![expect(clippy::disallowed_methods, reason = "the one place of the client that asks what time it is")]

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since 1970, and 0 where the clock stands before that.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(0)
}
