//! The files of the tree, as git knows them: tracked, or new and not ignored.

use std::fs;

use super::scan::{self, Function};
use crate::shell::{read, root};

/// Every text file of the repository.
pub(crate) struct Tree {
    pub(crate) files: Vec<File>,
}

/// One text file.
pub(crate) struct File {
    /// From the root, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
    /// Rust: the text with comments and literals blanked out; empty for other files.
    pub(crate) code: String,
    pub(crate) functions: Vec<Function>,
}

impl Tree {
    pub(crate) fn read() -> Result<Self, String> {
        let paths = read("git ls-files --cached --others --exclude-standard");
        let paths = paths.ok_or("cannot list the files: tidy needs git and a checkout")?;
        let text = |path: &str| Some(File::new(path, fs::read_to_string(root().join(path)).ok()?));
        Ok(Self { files: paths.lines().filter_map(text).collect() })
    }

    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        Self { files: files.iter().map(|(path, text)| File::new(path, (*text).to_owned())).collect() }
    }

    pub(crate) fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    pub(crate) fn rust(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.path.ends_with(".rs"))
    }

    /// The Rust files of the product: below some crate's `src`, and not only there for its unit tests.
    pub(crate) fn sources(&self) -> impl Iterator<Item = &File> {
        let source = |file: &&File| file.path.starts_with("crates/") && file.path.contains("/src/");
        self.rust().filter(source).filter(|file| !self.only_for_tests(file))
    }

    fn only_for_tests(&self, file: &File) -> bool {
        let Some((folder, name)) = file.path.trim_end_matches(".rs").rsplit_once('/') else { return false };
        let declared = format!("#[cfg(test)]\nmod {name};");
        let parents = [format!("{folder}/lib.rs"), format!("{folder}/main.rs"), format!("{folder}.rs")];
        parents.iter().filter_map(|path| self.file(path)).any(|parent| parent.code.contains(&declared))
    }
}

impl File {
    fn new(path: &str, text: String) -> Self {
        let code = if path.ends_with(".rs") { scan::code(&text) } else { String::new() };
        let functions = scan::functions(&code);
        Self { path: path.to_owned(), text, code, functions }
    }

    /// The code up to the unit tests at its end.
    pub(crate) fn product_code(&self) -> &str {
        let ends =
            ["mod", "pub(crate) mod"].map(|opening| self.code.find(&format!("#[cfg(test)]\n{opening} tests {{")));
        &self.code[..ends.into_iter().flatten().min().unwrap_or(self.code.len())]
    }
}
