//! The pages of a catalogue as files: each is read by itself, so that one that is wrong hides no other.

use std::path::{Path, PathBuf};

use aboveboard_catalog::errors::{Page, prefix};
use aboveboard_catalog::{Catalog, Problem, lint};

use crate::catalogs;
use crate::clock;
use crate::config::file;

/// The folder of pages of a catalogue that does not say, because it cannot be read.
const FOLDER: &str = "errors";

/// All pages of a catalogue, and everything that is wrong with them.
pub(super) struct Pages {
    /// What the codes begin with; `None` when the catalogue cannot be read.
    pub(super) prefix: Option<String>,
    pub(super) folder: PathBuf,
    pub(super) files: Vec<File>,
    /// What the catalogue and its pages get wrong, each with its place.
    pub(super) problems: Vec<String>,
    pub(super) catalog: Option<Catalog>,
}

/// The file of one page.
pub(super) struct File {
    pub(super) code: String,
    pub(super) path: PathBuf,
    pub(super) text: String,
    /// `None` when it cannot be understood.
    pub(super) page: Option<Page>,
}

impl Pages {
    /// Reads the pages of the catalogue in a folder.
    ///
    /// # Errors
    /// A sentence, when the catalogue has no pages or is not there.
    pub(super) fn read(folder: &Path) -> Result<Self, String> {
        file::read(&folder.join(catalogs::FILE))?;
        let (catalog, mut problems) = match catalogs::read(folder) {
            Ok(catalog) => (Some(catalog), Vec::new()),
            Err(said) => (None, said.lines().map(str::to_owned).collect()),
        };
        let name = match &catalog {
            Some(catalog) => catalog.errors.as_ref().and_then(|errors| errors.folder.clone()).ok_or_else(|| {
                format!("`{}` has no error codes; give it `[errors]` with a `folder`", catalog.tool.name)
            })?,
            None => FOLDER.to_owned(),
        };
        // The catalogue names its files from its own folder; whoever reads this is somewhere else.
        let placed = |said: &str| {
            if said.starts_with(&format!("{name}/")) {
                folder.join(said).display().to_string()
            } else {
                said.to_owned()
            }
        };
        problems = problems.iter().map(|said| placed(said)).collect();
        let about_errors = |problem: &Problem| problem.message.contains("(error-");
        let lints = catalog.iter().flat_map(|catalog| lint(catalog, clock::now().day())).filter(about_errors);
        problems.extend(lints.map(|problem| placed(&problem.to_string())));
        let folder = folder.join(&name);
        let files = Self::files(&folder)?;
        Ok(Self {
            prefix: catalog.as_ref().map(|catalog| prefix(&catalog.tool.name)),
            folder,
            files,
            problems,
            catalog,
        })
    }

    fn files(folder: &Path) -> Result<Vec<File>, String> {
        let names = file::names_if_there(folder).unwrap_or_default();
        let codes = names.iter().filter_map(|name| name.strip_suffix(".md"));
        let read = codes.map(|code| {
            let path = folder.join(format!("{code}.md"));
            let text = file::read(&path)?;
            let page = Page::parse(code, &text).ok();
            Ok(File { code: code.to_owned(), path, text, page })
        });
        read.collect()
    }

    pub(super) fn of(&self, code: &str) -> Option<&File> {
        self.files.iter().find(|file| file.code == code)
    }

    /// The code that was probably meant.
    pub(super) fn near(&self, code: &str) -> String {
        let edits = |known: &str| {
            let same = known.split('_').filter(|word| code.split('_').any(|other| other == *word)).count();
            (code.split('_').count().max(known.split('_').count())) - same
        };
        let nearest =
            self.files.iter().map(|file| (edits(&file.code), &file.code)).filter(|(edits, _)| *edits == 1).min();
        nearest.map_or(String::new(), |(_, known)| format!("; did you mean `{known}`?"))
    }
}

impl File {
    /// A problem with this page.
    pub(super) fn problem(&self, line: usize, message: &str) -> String {
        format!("{}:{line}: {message}", self.path.display())
    }
}
