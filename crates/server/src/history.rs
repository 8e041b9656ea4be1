//! Every version of a catalogue that was ever served, each with its first day, in the folder `history` of the data.
//!
//! A file holds a catalogue's text, its lists and the pages of its error codes, one after the other. It is written when the collector starts with a
//! text that it did not start with before, and never again. So nobody has to remember to keep a history.

use std::sync::Arc;

use aboveboard_catalog::{Catalog, Change, Day, Files, compare};
use aboveboard_store::DiskError;
use aboveboard_store::disk::Disk;

use crate::catalogs::{FILE, Written};

const FOLDER: &str = "history";
const BEING_WRITTEN: &str = "new";
/// What stands before each file of a bundle, as `head` and `tail` write it.
const HEAD: (&str, &str) = ("==> ", " <==\n");

/// The versions of every tool's catalogue, oldest first; by the tool's position.
pub(crate) struct History {
    versions: Vec<Vec<Version>>,
}

/// A catalogue from one day on.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    /// The first day on which it was served.
    pub(crate) day: Day,
    /// What changed; `None` for the first one, and where the older text cannot be read any more.
    pub(crate) changes: Option<Vec<Change>>,
}

/// Several files in one text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bundle(String);

impl History {
    /// Adds the catalogues that are new, and reads the rest.
    ///
    /// # Errors
    /// A sentence, when a file cannot be read or written.
    pub(crate) fn keep(disk: &dyn Disk, written: &[Written], today: Day) -> Result<Self, String> {
        let of_tool = |written: &Written| keep_tool(disk, written, today).map_err(|error| error.to_string());
        Ok(Self { versions: written.iter().map(of_tool).collect::<Result<_, _>>()? })
    }

    /// The versions of one tool, oldest first.
    pub(crate) fn of(&self, tool: usize) -> &[Version] {
        &self.versions[tool]
    }

    /// The days from which another catalogue of a tool was served than before, one that says other things.
    pub(crate) fn changed(&self, tool: usize) -> Vec<Day> {
        let changed =
            self.of(tool).iter().filter(|version| version.changes.as_ref().is_some_and(|all| !all.is_empty()));
        changed.map(|version| version.day).collect()
    }
}

fn keep_tool(disk: &dyn Disk, written: &Written, today: Day) -> Result<Vec<Version>, DiskError> {
    let folder = format!("{FOLDER}/{}", written.catalog.tool.name);
    let mut kept = Vec::new();
    for name in disk.list(&folder)?.iter().filter(|name| name.as_str() != BEING_WRITTEN) {
        let Some(day) = day_of(name) else { continue };
        let text = String::from_utf8_lossy(&disk.read(&format!("{folder}/{name}"))?).into_owned();
        kept.push((day, Bundle(text)));
    }
    if kept.last().is_none_or(|(_, text)| *text != written.text) {
        write(disk, &folder, &name_of(kept.len(), today), &written.text)?;
        kept.push((today, written.text.clone()));
    }
    Ok(versions(&kept))
}

/// Each version beside the one before it.
fn versions(kept: &[(Day, Bundle)]) -> Vec<Version> {
    let catalogs: Vec<Option<Arc<Catalog>>> = kept.iter().map(|(_, text)| text.parse().map(Arc::new)).collect();
    let version = |position: usize| {
        let before = position.checked_sub(1).and_then(|before| catalogs[before].as_ref());
        let changes = before.zip(catalogs[position].as_ref()).map(|(old, new)| compare(old, new));
        Version { day: kept[position].0, changes }
    };
    (0..kept.len()).map(version).collect()
}

/// `0001-2026-11-22`: names sort as they were written, also when a clock went back.
fn name_of(number: usize, day: Day) -> String {
    format!("{number:04}-{day}")
}

fn day_of(name: &str) -> Option<Day> {
    Day::parse(name.split_once('-')?.1)
}

/// After a power cut the file is there as a whole or not at all.
fn write(disk: &dyn Disk, folder: &str, name: &str, text: &Bundle) -> Result<(), DiskError> {
    let new = format!("{folder}/{BEING_WRITTEN}");
    let mut file = disk.create(&new)?;
    file.append(text.0.as_bytes())?;
    file.sync()?;
    disk.rename(&new, &format!("{folder}/{name}"))?;
    disk.sync_folder(folder)
}

impl Bundle {
    /// A bundle of one file.
    pub(crate) fn new(name: &str, text: &str) -> Self {
        let mut bundle = Self(String::new());
        bundle.add(name, text);
        bundle
    }

    /// Adds a file, unless it is there. A line of it that begins as the head of a file does is moved by a blank, so
    /// that it is none: the example in a page may well show what `head` prints.
    pub(crate) fn add(&mut self, name: &str, text: &str) {
        if self.file(name).is_none() {
            let newline = if text.ends_with('\n') { "" } else { "\n" };
            let text = format!("\n{text}").replace(&format!("\n{}", HEAD.0), &format!("\n {}", HEAD.0));
            self.0.push_str(&format!("{}{name}{}{}{newline}", HEAD.0, HEAD.1, &text[1..]));
        }
    }

    /// The same with another text of one file.
    pub(crate) fn edited(&self, name: &str, edit: impl FnOnce(&str) -> String) -> Self {
        let Some(text) = self.file(name) else { return self.clone() };
        Self(self.0.replacen(text, &edit(text), 1))
    }

    /// The text of a file.
    fn file(&self, name: &str) -> Option<&str> {
        let head = format!("{}{name}{}", HEAD.0, HEAD.1);
        let start = if self.0.starts_with(&head) { 0 } else { self.0.find(&format!("\n{head}"))? + 1 };
        let text = &self.0[start + head.len()..];
        let end = if text.starts_with(HEAD.0) {
            0
        } else {
            text.find(&format!("\n{}", HEAD.0)).map_or(text.len(), |at| at + 1)
        };
        Some(&text[..end])
    }

    /// The names of the files in a folder.
    fn names(&self, folder: &str) -> Vec<String> {
        let heads = self.0.lines().filter_map(|line| line.strip_prefix(HEAD.0)?.strip_suffix(HEAD.1.trim_end()));
        heads.filter_map(|name| name.strip_prefix(folder)?.strip_prefix('/')).map(str::to_owned).collect()
    }

    /// The catalogue, if today's rules of the language still read it.
    fn parse(&self) -> Option<Catalog> {
        Catalog::parse(FILE, self.file(FILE)?, self).ok()
    }
}

impl Files for Bundle {
    fn read(&self, path: &str) -> Option<String> {
        self.file(path).map(str::to_owned)
    }

    fn list(&self, folder: &str) -> Option<Vec<String>> {
        Some(self.names(folder)).filter(|names| !names.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use aboveboard_store::disk::Folder;

    use super::*;
    use crate::sample::{SAMPLE, parse};

    fn written(toml: &str) -> Written {
        Written { catalog: parse(toml), text: Bundle::new(FILE, toml) }
    }

    fn keep(folder: &tempfile::TempDir, toml: &str, day: i32) -> Vec<String> {
        let disk = Folder::new(folder.path()).expect("a folder");
        let history = History::keep(&disk, &[written(toml)], Day(20_000 + day)).expect("a history");
        let told = |version: &Version| {
            let changes =
                version.changes.iter().flatten().map(|change| format!(" {}", change.path)).collect::<String>();
            format!("{}{changes}", version.day.0 - 20_000)
        };
        history.of(0).iter().map(told).collect()
    }

    #[test]
    fn each_text_is_kept_once_with_its_first_day() {
        let folder = tempfile::tempdir().expect("a folder");
        let longer = SAMPLE.replace("retention_days = 100", "retention_days = 60");
        assert_ne!(longer, SAMPLE);
        assert_eq!(keep(&folder, SAMPLE, 1), ["1"]);
        assert_eq!(keep(&folder, SAMPLE, 2), ["1"]);
        assert_eq!(keep(&folder, &longer, 3), ["1", "3 tool.retention_days"]);
        assert_eq!(keep(&folder, SAMPLE, 3), ["1", "3 tool.retention_days", "3 tool.retention_days"]);
        let unreadable = folder.path().join("history/acme/0000-2024-10-05");
        std::fs::write(unreadable, "==> catalog.toml <==\n[tool]\n").expect("a file");
        assert_eq!(keep(&folder, SAMPLE, 4).len(), 3, "a text that is not understood any more hides no other");
    }

    #[test]
    fn a_bundle_holds_files_apart() {
        let mut bundle = Bundle::new("a", "one\n");
        bundle.add("lists/b", "");
        bundle.add("c", "x\n==> b <== y\nz");
        bundle.add("a", "again");
        let files = ["a", "lists/b", "c", "d"].map(|name| bundle.file(name));
        assert_eq!(files, [Some("one\n"), Some("\n"), Some("x\n ==> b <== y\nz\n"), None]);
        assert_eq!(bundle.names("lists"), ["b"]);
    }

    #[test]
    fn pages_of_error_codes_are_kept_and_their_changes_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let disk = Folder::new(folder.path()).expect("a folder");
        let today = crate::catalogs::load_written(None).expect("catalogues").into_iter();
        let today = today.filter(|written| written.catalog.tool.name == "acme").collect::<Vec<_>>();
        let text = &today[0].text;
        let page = text.file("errors/ACME_DISK_FULL.md").expect("a page");
        let codes = text.parse().expect("a catalogue").errors.expect("codes").pages.len();
        let mut fewer = Bundle::new(FILE, text.file(FILE).expect("the catalogue"));
        fewer.add("lists/plugins.txt", text.file("lists/plugins.txt").expect("a list"));
        fewer.add("errors/ACME_DISK_FULL.md", page);
        let earlier = Written { catalog: fewer.parse().expect("a catalogue"), text: fewer };
        History::keep(&disk, &[earlier], Day(20_000)).expect("a history");
        let history = History::keep(&disk, &today, Day(20_001)).expect("a history");
        let changes = history.of(0)[1].changes.as_ref().expect("changes");
        let more = format!("{} more: ", codes - 1);
        assert!(changes.iter().any(|change| change.message.starts_with(&more)), "{changes:#?}");
    }
}
