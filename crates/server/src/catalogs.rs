//! The catalogues the collector serves: those of a folder, or the built-in ones.

use std::cell::RefCell;
use std::path::Path;
#[cfg(test)]
use std::sync::Arc;

use aboveboard_catalog::{Catalog, Dialect, Files, Tool};

use crate::config::file;
use crate::files::is_file;
use crate::history::Bundle;

/// The file of a catalogue in its folder.
pub(crate) const FILE: &str = "catalog.toml";

/// A built-in catalogue: its folder, its text, its lists by path, and the pages of its error codes by code.
struct BuiltIn {
    folder: &'static str,
    toml: &'static str,
    lists: &'static [(&'static str, &'static str)],
    pages: &'static [(&'static str, &'static str)],
}

macro_rules! built_in {
    ($folder:literal $(, $list:literal)*) => {
        BuiltIn {
            folder: $folder,
            toml: include_str!(concat!("../../../catalogs/", $folder, "/catalog.toml")),
            lists: &[$(($list, include_str!(concat!("../../../catalogs/", $folder, "/", $list)))),*],
            pages: &[],
        }
    };
}

/// The folder of the pages of every built-in catalogue that has some.
const PAGES: &str = "errors";

const BUILT_IN: &[BuiltIn] = &[
    built_in!("aboveboard"),
    BuiltIn {
        pages: aboveboard_derive::pages!("../../catalogs/acme/errors"),
        ..built_in!("acme", "lists/plugins.txt")
    },
    built_in!(
        "clerk",
        "lists/cli-error-codes.txt",
        "lists/components.txt",
        "lists/methods.txt",
        "lists/native-methods.txt",
        "lists/sdks.txt",
        "lists/terminals.txt",
        "lists/themes.txt",
        "lists/views.txt"
    ),
    built_in!(
        "nextjs",
        "lists/error-codes.txt",
        "lists/features.txt",
        "lists/packages.txt",
        "lists/swc-load-codes.txt",
        "lists/swc-plugins.txt"
    ),
];

/// A catalogue, and the text that it was read from.
pub(crate) struct Written {
    pub(crate) catalog: Catalog,
    pub(crate) text: Bundle,
}

/// The catalogues of a folder, one folder a tool; without one, the built-in ones.
///
/// # Errors
/// Everything that is wrong with them, a line each.
#[cfg(test)]
pub(crate) fn load(folder: Option<&Path>) -> Result<Arc<[Catalog]>, String> {
    Ok(load_written(folder)?.into_iter().map(|written| written.catalog).collect())
}

/// The same, with their texts.
///
/// # Errors
/// Everything that is wrong with them, a line each.
pub(crate) fn load_written(folder: Option<&Path>) -> Result<Vec<Written>, String> {
    let written: Vec<Written> = match folder {
        Some(folder) if is_file(&folder.join(FILE)) => {
            return Err(format!("`{}` is one catalogue; name the folder that holds it", folder.display()));
        }
        Some(folder) => all(file::folders(folder)?.iter().map(|folder| read_written(folder)))?,
        None => all(BUILT_IN.iter().map(BuiltIn::parse))?,
    };
    match contradictions(&written) {
        _ if written.is_empty() => Err("there is no catalogue; a folder of catalogues has one folder a tool".into()),
        found if found.is_empty() => Ok(written),
        found => Err(found.join("\n")),
    }
}

/// The built-in catalogue of a tool.
///
/// # Errors
/// Everything that is wrong with it, a line each.
pub(crate) fn built_in(tool: &str) -> Option<Result<Catalog, String>> {
    BUILT_IN.iter().find(|catalog| catalog.folder == tool).map(|found| found.parse().map(|written| written.catalog))
}

/// The catalogue in a folder.
///
/// # Errors
/// Everything that is wrong with it, a line each.
pub(crate) fn read(folder: &Path) -> Result<Catalog, String> {
    read_written(folder).map(|written| written.catalog)
}

fn read_written(folder: &Path) -> Result<Written, String> {
    let path = folder.join(FILE);
    let unread = |problem| format!("{problem}; a catalogue is a folder with a file `{FILE}`");
    parse(&path.display().to_string(), &file::read(&path).map_err(unread)?, &Folder(folder))
}

/// Parses a catalogue, and keeps the lists and pages that it names beside its text.
fn parse(path: &str, toml: &str, files: &dyn Files) -> Result<Written, String> {
    let noting = Noting { files, text: RefCell::new(Bundle::new(FILE, toml)) };
    let catalog = Catalog::parse(path, toml, &noting).map_err(|problems| problems.to_string())?;
    Ok(Written { catalog, text: noting.text.into_inner() })
}

impl BuiltIn {
    fn parse(&self) -> Result<Written, String> {
        let path = format!("catalogs/{}/{FILE}", self.folder);
        parse(&path, self.toml, self)
    }
}

impl Files for BuiltIn {
    fn read(&self, path: &str) -> Option<String> {
        let code = path.strip_prefix(PAGES).and_then(|path| path.strip_prefix('/')?.strip_suffix(".md"));
        let page = || self.pages.iter().find(|(page, _)| Some(*page) == code);
        self.lists.iter().find(|(list, _)| *list == path).or_else(page).map(|(_, text)| (*text).to_owned())
    }

    fn list(&self, folder: &str) -> Option<Vec<String>> {
        let names = || self.pages.iter().map(|(code, _)| format!("{code}.md")).collect();
        (folder == PAGES && !self.pages.is_empty()).then(names)
    }
}

/// The files in a folder.
struct Folder<'a>(&'a Path);

impl Files for Folder<'_> {
    fn read(&self, path: &str) -> Option<String> {
        file::read_if_there(&self.0.join(path))
    }

    fn list(&self, folder: &str) -> Option<Vec<String>> {
        file::names_if_there(&self.0.join(folder))
    }
}

/// Files of which a copy is kept when they are read.
struct Noting<'a> {
    files: &'a dyn Files,
    text: RefCell<Bundle>,
}

impl Files for Noting<'_> {
    fn read(&self, path: &str) -> Option<String> {
        let text = self.files.read(path)?;
        self.text.borrow_mut().add(path, &text);
        Some(text)
    }

    fn list(&self, folder: &str) -> Option<Vec<String>> {
        self.files.list(folder)
    }
}

/// All of them, or all problems of all of them.
fn all<T>(results: impl Iterator<Item = Result<T, String>>) -> Result<Vec<T>, String> {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok(catalog) => good.push(catalog),
            Err(problems) => bad.push(problems),
        }
    }
    if bad.is_empty() { Ok(good) } else { Err(bad.join("\n")) }
}

/// A foreign dialect does not say which tool it is from, so only one catalogue can have it; names are for one, too.
fn contradictions(written: &[Written]) -> Vec<String> {
    let tools: Vec<&Tool> = written.iter().map(|written| &written.catalog.tool).collect();
    let mut found = Vec::new();
    for (position, tool) in tools.iter().enumerate() {
        let earlier = &tools[..position];
        if earlier.iter().any(|other| other.name == tool.name) {
            found.push(format!("two catalogues are named `{}`; rename one", tool.name));
        }
        let shared = |other: &&&Tool| tool.dialect != Dialect::Native && other.dialect == tool.dialect;
        if let Some(other) = earlier.iter().find(shared) {
            found.push(format!(
                "`{}` and `{}` have the same foreign dialect, which does not name its tool; remove one",
                other.name, tool.name
            ));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{SAMPLE, sample};

    #[test]
    fn the_built_in_catalogues_are_sound() {
        load(None).unwrap_or_else(|problems| panic!("{problems}"));
    }

    #[test]
    fn catalogues_that_cannot_be_told_apart_are_refused() {
        let foreign = |name: &str| {
            let name = format!("name = \"{name}\"\ndialect = \"clerk\"");
            crate::sample::parse(&SAMPLE.replace("name = \"acme\"", &name))
        };
        let written = |catalog| Written { catalog, text: Bundle::new(FILE, "") };
        let found = contradictions(&[sample(), foreign("a"), foreign("b"), sample()].map(written));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("`a` and `b` have the same foreign dialect"));
        assert!(found[1].contains("two catalogues are named `acme`"));
    }

    #[test]
    fn a_folder_of_the_wrong_depth_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let one = folder.path().join("acme");
        std::fs::create_dir(&one).expect("a folder");
        std::fs::write(one.join(FILE), SAMPLE).expect("a file");
        let problem = load(Some(&one)).expect_err("one catalogue");
        assert!(problem.contains("is one catalogue; name the folder that holds it"), "{problem}");
        let problem = read(folder.path()).expect_err("a folder of catalogues");
        assert!(problem.contains("a catalogue is a folder with a file `catalog.toml`"), "{problem}");
    }

    #[test]
    fn all_problems_of_all_catalogues_are_told() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["a", "b"] {
            std::fs::create_dir(folder.path().join(name)).expect("a folder");
            std::fs::write(folder.path().join(name).join(FILE), "[tool]\n").expect("a file");
        }
        let problems = load(Some(folder.path())).expect_err("problems");
        assert!(problems.contains("a/catalog.toml:1:") && problems.contains("b/catalog.toml:1:"), "{problems}");
    }
}
