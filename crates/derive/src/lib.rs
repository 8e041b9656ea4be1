//! The macros of aboveboard. A crate of its own only because Rust wants one for macros; everything here is reached
//! through `aboveboard`.
//!
//! A folder of error pages holds one file for each code, `ACME_CONFIG_MISSING.md`. The folder is the list: no other file
//! names all codes, so two branches that each add one do not conflict. Folders are below the folder of the host's
//! `Cargo.toml`.

mod error_code;
mod folder;
mod input;

use proc_macro::TokenStream;

use crate::folder::Folder;

/// The codes of a folder of error pages, sorted, as a `&'static [&'static str]`.
///
/// ```
/// static CODES: &[&str] = aboveboard_derive::codes!("tests/pages");
/// assert_eq!(CODES, ["ACME_CONFIG_MISSING", "ACME_DISK_FULL", "OTHER_TOOL_FAILED"]);
/// ```
///
/// A change or the end of a page builds the host anew. A page that is new is seen when something else of the host is
/// built, which is what raises its code: on stable Rust, a macro cannot say that it looked at a folder. A build script
/// can: `println!("cargo::rerun-if-changed=errors")`.
///
/// A folder that is not there does not compile, nor a page whose name is no code, nor anything but one plain text:
///
/// ```compile_fail
/// static CODES: &[&str] = aboveboard_derive::codes!("tests/nothing");
/// ```
/// ```compile_fail
/// static CODES: &[&str] = aboveboard_derive::codes!("tests/misnamed");
/// ```
/// ```compile_fail
/// static CODES: &[&str] = aboveboard_derive::codes!(concat!("tests", "/pages"));
/// ```
#[proc_macro]
pub fn codes(input: TokenStream) -> TokenStream {
    expand(input, Folder::codes)
}

/// The pages of a folder of error pages, sorted by code, as a `&'static [(&'static str, &'static str)]`: each code, and
/// the text of its page.
///
/// ```
/// static PAGES: &[(&str, &str)] = aboveboard_derive::pages!("tests/pages");
/// assert_eq!(PAGES[1], ("ACME_DISK_FULL", "the disk is full\n"));
/// ```
#[proc_macro]
pub fn pages(input: TokenStream) -> TokenStream {
    expand(input, Folder::pages)
}

/// Gives an error its code: `#[code("ACME_DISK_FULL")]` at a variant of an enum or above a struct, `#[code(from)]` for
/// that of the error inside, `#[code(none)]` for none. `aboveboard::errors::ErrorCode` tells more.
#[proc_macro_derive(ErrorCode, attributes(code))]
pub fn error_code(input: TokenStream) -> TokenStream {
    error_code::derive(input).unwrap_or_else(|(why, span)| input::refusal(&why, span))
}

/// What is made of the folder that the one text of a macro names.
fn expand(input: TokenStream, text: fn(&Folder) -> String) -> TokenStream {
    input::one_text(input)
        .and_then(|(folder, span)| Folder::read(&folder).map(|folder| text(&folder)).map_err(|why| (why, span)))
        .map_or_else(|(why, span)| input::refusal(&why, span), |text| text.parse().expect("made here"))
}
