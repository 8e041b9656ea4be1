//! Every place of a tool's source that raises a code, with its file.

use std::path::{Path, PathBuf};

use super::lex::Language;
use super::raised::{Raised, raised};
use crate::config::file;

/// A place, and where it is.
pub(super) struct Place {
    pub(super) raised: Raised,
    path: PathBuf,
}

/// The places below these folders, by file and line.
///
/// # Errors
/// A sentence, when something cannot be read.
pub(super) fn places(sources: &[PathBuf]) -> Result<Vec<Place>, String> {
    let mut places = Vec::new();
    for source in sources {
        for (path, text) in file::texts_below(source, &|ending| Language::of(ending).is_some())? {
            let Some(language) = path.extension().and_then(|ending| Language::of(ending.to_str()?)) else { continue };
            let path = path.strip_prefix(".").map_or(path.clone(), Path::to_owned);
            places.extend(raised(language, &text).into_iter().map(|raised| Place { raised, path: path.clone() }));
        }
    }
    Ok(places)
}

impl Place {
    /// `src/error.rs:12`.
    pub(super) fn at(&self) -> String {
        format!("{}:{}", self.path.display(), self.raised.line)
    }
}
