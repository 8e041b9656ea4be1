//! A folder of error pages, the only thing that a macro reads from disk. What is made of it is Rust as text.

#![expect(
    clippy::disallowed_methods,
    reason = "a macro is told where the host is by a variable, and its input is files"
)]

use std::path::{Path, PathBuf};

/// The pages of a folder: each code and the file of its page, sorted by code.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Folder(Vec<(String, PathBuf)>);

impl Folder {
    /// Reads the folder at this path below the folder of the host's `Cargo.toml`.
    pub(crate) fn read(path: &str) -> Result<Self, String> {
        let host = std::env::var_os("CARGO_MANIFEST_DIR").ok_or("`CARGO_MANIFEST_DIR` is not set: build with cargo")?;
        Self::at(&Path::new(&host).join(path))
    }

    fn at(path: &Path) -> Result<Self, String> {
        let unread = |error| format!("the folder of error pages `{}` cannot be read: {error}", path.display());
        let mut pages = Vec::new();
        for entry in std::fs::read_dir(path).map_err(unread)? {
            let file = entry.map_err(unread)?.path();
            if file.extension().is_none_or(|extension| extension != "md") {
                continue;
            }
            let code = file.file_stem().and_then(|stem| stem.to_str()).filter(|stem| is_code(stem));
            let code = code.ok_or_else(|| {
                format!("`{}` is named after no code: a code is like `ACME_DISK_FULL`", file.display())
            })?;
            pages.push((code.to_owned(), file.clone()));
        }
        pages.sort();
        Ok(Self(pages))
    }

    /// An expression with the codes. It includes the pages too, so that a page that goes is missed.
    pub(crate) fn codes(&self) -> String {
        let codes: String = self.0.iter().map(|(code, _)| format!("{code:?},")).collect();
        let pages: String = self.0.iter().map(|(_, file)| format!("{},", included(file))).collect();
        format!("{{ const _: &[&str] = &[{pages}]; const CODES: &[&str] = &[{codes}]; CODES }}")
    }

    /// An expression with the codes and the texts of their pages.
    pub(crate) fn pages(&self) -> String {
        let pages: String = self.0.iter().map(|(code, file)| format!("({code:?}, {}),", included(file))).collect();
        format!("{{ const PAGES: &[(&str, &str)] = &[{pages}]; PAGES }}")
    }

    /// An expression with the text of the page of one code.
    pub(crate) fn page(&self, code: &str) -> Option<String> {
        self.0.iter().find(|(known, _)| known == code).map(|(_, file)| included(file))
    }
}

/// The compiler reads the file, and builds anew when it changes.
fn included(file: &Path) -> String {
    format!("::core::include_str!({:?})", file.display().to_string())
}

/// Whether a text is the name of a code: `[A-Z][A-Z0-9]*(_[A-Z0-9]+)*`.
pub(crate) fn is_code(text: &str) -> bool {
    let part = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    text.starts_with(|c: char| c.is_ascii_uppercase()) && text.split('_').all(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_words_of_capitals() {
        for code in ["A", "ACME_DISK_FULL", "E2", "ACME_2"] {
            assert!(is_code(code), "{code}");
        }
        for text in ["", "_", "A_", "_A", "A__B", "2A", "acme", "Acme_A", "ACME-A", "ÄCME"] {
            assert!(!is_code(text), "{text}");
        }
    }

    #[test]
    fn a_folder_is_read_in_the_order_of_its_codes() {
        let folder = tempfolder(&["B.md", "A_B.md", "A.md", "notes.txt"]);
        let codes: Vec<String> =
            Folder::at(folder.path()).expect("a folder").0.into_iter().map(|(code, _)| code).collect();
        assert_eq!(codes, ["A", "A_B", "B"]);
    }

    #[test]
    fn what_is_wrong_with_a_folder_is_said_with_its_path() {
        let folder = tempfolder(&["config-missing.md"]);
        let why = Folder::at(folder.path()).expect_err("no code");
        assert!(why.contains("config-missing.md` is named after no code"), "{why}");
        let why = Folder::at(&folder.path().join("errors")).expect_err("no folder");
        assert!(why.contains("errors` cannot be read"), "{why}");
    }

    /// A folder with empty files of these names.
    fn tempfolder(names: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        names.iter().for_each(|name| std::fs::write(folder.path().join(name), "").expect("written"));
        folder
    }
}
