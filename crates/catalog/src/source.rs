//! Where each part of a catalogue was written, so that lints can point at it.

use std::collections::HashMap;

use crate::problem::Problem;

/// The files of a catalogue and the lines of its keys. Empty for a catalogue that was not read from a file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Source {
    file: String,
    /// Lines by dotted path, such as `event.command_finished.field.duration`.
    lines: HashMap<String, usize>,
    /// For each list file, the lines of its names.
    lists: HashMap<String, Vec<usize>>,
}

impl Source {
    pub(crate) fn new(file: &str) -> Self {
        Self { file: file.to_owned(), ..Self::default() }
    }

    pub(crate) fn remember(&mut self, path: String, line: usize) {
        self.lines.insert(path, line);
    }

    pub(crate) fn remember_list(&mut self, list: &str, lines: Vec<usize>) {
        self.lists.insert(list.to_owned(), lines);
    }

    /// A problem with the key at `path`, or with the nearest table around it that is written down.
    pub(crate) fn problem_at(&self, path: &str, message: String) -> Problem {
        let mut known = path;
        while !self.lines.contains_key(known) {
            let Some((parent, _)) = known.rsplit_once('.') else { break };
            known = parent;
        }
        let line = self.lines.get(known).copied().unwrap_or(1);
        Problem { file: self.file.clone(), line, message }
    }

    /// A problem with a name in a list file.
    pub(crate) fn problem_in_list(&self, list: &str, position: usize, message: String) -> Problem {
        let line = self.lists.get(list).and_then(|lines| lines.get(position)).copied().unwrap_or(1);
        Problem { file: list.to_owned(), line, message }
    }
}
