//! Who took raw rows out, when, which and how many: files in the folder `audit` of the data that are only added to.
//!
//! Each start of the collector writes to a file of its own, so that none is ever opened for writing twice.

use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use aboveboard_store::DiskError;
use aboveboard_store::disk::{Disk, DiskFile};

const FOLDER: &str = "audit";

/// The log.
pub(crate) struct Audit {
    disk: Arc<dyn Disk>,
    file: Mutex<Option<Box<dyn DiskFile>>>,
}

/// One use, as a line of JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Use {
    /// When, as RFC 3339 writes it.
    pub(crate) at: String,
    /// The name that stands with the token.
    pub(crate) who: String,
    pub(crate) tool: String,
    pub(crate) table: String,
    /// The first and the last day.
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) format: String,
    /// How many rows there were to take.
    pub(crate) rows: u64,
}

impl Audit {
    /// The log in a data folder.
    pub(crate) fn new(disk: Arc<dyn Disk>) -> Self {
        Self { disk, file: Mutex::new(None) }
    }

    /// Adds a use; it is on disk when this answers.
    ///
    /// # Errors
    /// The disk is full or fails. What is not written down must not happen.
    pub(crate) fn add(&self, used: &Use) -> Result<(), DiskError> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let written = self.write(&mut file, used);
        if written.is_err() {
            // Nobody knows what is in it now, so the next use begins another.
            *file = None;
        }
        written
    }

    /// All uses, oldest first. What a power cut tore is left out.
    ///
    /// # Errors
    /// A file cannot be read.
    pub(crate) fn uses(&self) -> Result<Vec<Use>, DiskError> {
        let mut uses = Vec::new();
        for name in self.disk.list(FOLDER)? {
            let bytes = self.disk.read(&format!("{FOLDER}/{name}"))?;
            let lines = bytes.split(|byte| *byte == b'\n');
            uses.extend(lines.filter_map(|line| serde_json::from_slice::<Use>(line).ok()));
        }
        Ok(uses)
    }

    fn write(&self, file: &mut Option<Box<dyn DiskFile>>, used: &Use) -> Result<(), DiskError> {
        let mut line = serde_json::to_vec(used).unwrap_or_default();
        line.push(b'\n');
        if file.is_none() {
            let number = self.disk.list(FOLDER)?.len() + 1;
            *file = Some(self.disk.create(&format!("{FOLDER}/{number:06}"))?);
            self.disk.sync_folder(FOLDER)?;
        }
        let Some(file) = file else { return Ok(()) };
        file.append(&line)?;
        file.sync()
    }
}

#[cfg(test)]
mod tests {
    use aboveboard_store::disk::Folder;

    use super::*;

    fn used(rows: u64) -> Use {
        let text = || "x".to_owned();
        Use { at: text(), who: text(), tool: text(), table: text(), from: text(), to: text(), format: text(), rows }
    }

    #[test]
    fn nothing_that_was_written_is_ever_lost() {
        let folder = tempfile::tempdir().expect("a folder");
        let open = || Audit::new(Arc::new(Folder::new(folder.path()).expect("a folder")));
        let (first, second) = (open(), open());
        assert_eq!(first.uses().expect("none yet"), []);
        for (audit, rows) in [(&first, 1), (&first, 2), (&second, 3)] {
            audit.add(&used(rows)).expect("it is written");
        }
        std::fs::write(folder.path().join("audit/000003"), "{\"at\":\"to").expect("a torn file");
        open().add(&used(4)).expect("it is written");
        assert_eq!(first.uses().expect("uses").iter().map(|used| used.rows).collect::<Vec<_>>(), [1, 2, 3, 4]);
    }
}
