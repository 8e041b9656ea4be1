//! Errors with a code: what a code is, how an error says its own, and the line that names it. What a person reads about
//! a code is in [`explain`].

pub mod explain;
pub(crate) mod last;
mod page;
pub(crate) mod said;
#[cfg(test)]
mod tests;
pub(crate) mod vote;

use std::fmt;
use std::io::{self, Write};

pub use aboveboard_derive::ErrorCode;

use aboveboard_catalog::FIRST_CODE;

use crate::record::NOTHING;

/// A declared error code: the name of a page in the folder of error pages.
/// [`#[derive(ErrorCode)]`](macro@ErrorCode) makes them, and looks for the page. A text cannot become one:
///
/// ```compile_fail,E0451
/// use aboveboard::errors::Code;
/// let code = Code { name: "/home/alice/secret" };
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code {
    name: &'static str,
}

impl Code {
    /// For what the macro writes. A code that the catalogue does not declare is never said, whoever made it.
    #[doc(hidden)]
    #[must_use]
    pub const fn __declared(name: &'static str) -> Self {
        Self { name }
    }

    /// `ACME_CONFIG_MISSING`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// Its number among sorted codes, for generated records. One that is not among them is no value, and an event that
    /// says it is not recorded.
    #[must_use]
    pub fn among(self, codes: &[&str]) -> u32 {
        codes.binary_search(&self.name).map_or(NOTHING, |position| FIRST_CODE + position as u32)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// An error that has a code. The derive of the same name implements it, beside thiserror or without:
///
/// ```
/// use aboveboard::errors::ErrorCode;
///
/// #[derive(Debug, thiserror::Error, ErrorCode)]
/// #[code(folder = "../derive/tests/pages")] // otherwise `errors`, beside `Cargo.toml`
/// enum BuildError {
///     #[error("no acme.toml was found")]
///     #[code("ACME_CONFIG_MISSING")]
///     ConfigMissing,
///     #[error(transparent)]
///     #[code(from)] // the code of the error inside
///     Write(#[from] WriteError),
///     #[error("interrupted")]
///     #[code(none)]
///     Interrupted,
/// }
///
/// #[derive(Debug, thiserror::Error, ErrorCode)]
/// #[error("the disk is full: {file} could not be written")]
/// #[code("ACME_DISK_FULL")]
/// #[code(folder = "../derive/tests/pages")]
/// struct WriteError {
///     file: String,
/// }
///
/// let error = BuildError::from(WriteError { file: "site.html".into() });
/// assert_eq!(error.code().map(|code| code.name()), Some("ACME_DISK_FULL"));
/// assert_eq!(BuildError::Interrupted.code(), None);
/// ```
///
/// # What does not compile
///
/// A code without its page:
/// ```compile_fail
/// #[derive(aboveboard::errors::ErrorCode)]
/// #[code(folder = "../derive/tests/pages")]
/// enum Error { #[code("ACME_TYPO")] Typo }
/// ```
/// A folder that is not there:
/// ```compile_fail
/// #[derive(aboveboard::errors::ErrorCode)]
/// #[code(folder = "../derive/tests/nothing")]
/// enum Error { #[code("ACME_DISK_FULL")] DiskFull }
/// ```
/// A variant that says nothing about its code:
/// ```compile_fail
/// #[derive(aboveboard::errors::ErrorCode)]
/// #[code(folder = "../derive/tests/pages")]
/// enum Error { #[code("ACME_DISK_FULL")] DiskFull, Interrupted }
/// ```
/// Two codes for one error:
/// ```compile_fail
/// #[derive(aboveboard::errors::ErrorCode)]
/// #[code(folder = "../derive/tests/pages")]
/// enum Error { #[code("ACME_DISK_FULL")] #[code("ACME_CONFIG_MISSING")] DiskFull }
/// ```
/// The code of an error inside that has none:
/// ```compile_fail,E0277
/// #[derive(aboveboard::errors::ErrorCode)]
/// enum Error { #[code(from)] Read(std::io::Error) }
/// ```
/// The code of an error inside, where it is not clear which one that is:
/// ```compile_fail
/// #[derive(aboveboard::errors::ErrorCode)]
/// enum Error { #[code(from)] Read(std::num::ParseIntError, std::num::ParseFloatError) }
/// ```
/// A code that is made up at run time:
/// ```compile_fail
/// #[derive(aboveboard::errors::ErrorCode)]
/// #[code(folder = "../derive/tests/pages")]
/// enum Error { #[code(concat!("ACME_", "DISK_FULL"))] DiskFull }
/// ```
pub trait ErrorCode {
    /// Its code, if it has one.
    fn code(&self) -> Option<Code>;
}

impl<E: ErrorCode + ?Sized> ErrorCode for &E {
    fn code(&self) -> Option<Code> {
        (**self).code()
    }
}

impl<E: ErrorCode + ?Sized> ErrorCode for Box<E> {
    fn code(&self) -> Option<Code> {
        (**self).code()
    }
}

/// The last line of an error, which names its code and how to read more; without a code, the error alone. It is one line,
/// also where the error has several.
#[must_use]
pub fn line<E: ErrorCode + fmt::Display + ?Sized>(tool: &str, error: &E) -> String {
    let message = error.to_string().replace(char::is_control, " ");
    match error.code() {
        Some(code) => format!("error[{code}]: {message}    more: {tool} explain {code}"),
        None => format!("error: {message}"),
    }
}

/// Writes [`line()`] to stderr. [`crate::Telemetry::report`] records it, too.
pub fn report<E: ErrorCode + fmt::Display + ?Sized>(tool: &str, error: &E) {
    let _ = io::stderr().write_all(format!("{}\n", line(tool, error)).as_bytes());
}

#[cfg(test)]
mod derived {
    use super::*;

    #[derive(Debug, thiserror::Error, ErrorCode)]
    #[code(folder = "../derive/tests/pages")]
    enum Outer {
        #[error("no acme.toml was found\nin {0}")]
        #[code("ACME_CONFIG_MISSING")]
        Missing(String),
        #[error(transparent)]
        #[code(from)]
        Boxed(#[from] Box<Inner>),
        #[error("while reading {path:?}")]
        #[code(from)]
        Named { path: Vec<(String, Option<u8>)>, source: Inner },
        #[error("twice")]
        #[code(from)]
        Marked(Vec<Result<u8, fn() -> u8>>, #[source] Inner),
        #[error("interrupted")]
        #[code(none)]
        Interrupted,
    }

    #[derive(Clone, Copy, Debug, thiserror::Error, ErrorCode)]
    #[error("the disk is full")]
    #[code(folder = "../derive/tests/pages")]
    #[code("ACME_DISK_FULL")]
    struct Inner;

    #[derive(Debug, thiserror::Error, ErrorCode)]
    enum Never {}

    #[track_caller]
    fn check(error: &Outer, expected: &str) {
        assert_eq!(line("acme", error), expected);
    }

    #[test]
    fn the_last_line_names_the_code() {
        let missing =
            "error[ACME_CONFIG_MISSING]: no acme.toml was found in /a b    more: acme explain ACME_CONFIG_MISSING";
        check(&Outer::Missing("/a\x1bb".into()), missing);
        check(&Outer::Interrupted, "error: interrupted");
    }

    #[test]
    fn the_code_of_an_error_inside_is_passed_on() {
        check(
            &Outer::from(Box::new(Inner)),
            "error[ACME_DISK_FULL]: the disk is full    more: acme explain ACME_DISK_FULL",
        );
        let named = Outer::Named { path: Vec::new(), source: Inner };
        let marked = Outer::Marked(Vec::new(), Inner);
        for error in [named, marked] {
            assert_eq!(error.code(), Inner.code());
        }
        let all: [Never; 0] = [];
        assert!(all.iter().all(|never| never.code().is_none()));
    }
}
