//! What the writer changes and readers look at, behind one lock that is held for microseconds.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::lexicon::Lexicon;
use crate::live::Live;
use crate::manifest::Segment;
use crate::rows::Rows;

/// By tool, table and part.
pub(crate) type RowParts = Vec<Vec<Vec<Arc<Rows>>>>;
/// By tool: see [`crate::snapshot::Snapshot::forgotten`].
pub(crate) type Forgotten = Vec<Arc<BTreeMap<u32, u64>>>;

/// The state of one moment.
pub(crate) struct State {
    pub live: Live,
    /// Rows that are being sealed, and are not in segments yet.
    pub frozen: Option<Arc<RowParts>>,
    pub segments: Arc<Vec<Arc<Segment>>>,
    /// Bytes of the log that are not frozen.
    pub log_bytes: u64,
}

/// The state, shared.
pub(crate) struct Shared(Mutex<State>);

impl Shared {
    pub(crate) fn new(state: State) -> Self {
        Self(Mutex::new(state))
    }

    /// A reader that panics while it holds the lock has changed nothing; the writer's end is noticed by the queue.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Rows that are not in segments: frozen ones first.
    pub(crate) fn share_rows(&mut self) -> RowParts {
        let mut rows = self.frozen.as_deref().cloned().unwrap_or_default();
        rows.resize_with(self.live.tools.len(), Vec::new);
        for (tables, tool) in rows.iter_mut().zip(&mut self.live.tools) {
            tables.resize_with(tool.tables.len(), Vec::new);
            tables.iter_mut().zip(&mut tool.tables).for_each(|(parts, table)| parts.extend(table.share()));
        }
        rows
    }

    pub(crate) fn lexicon(&self) -> Lexicon {
        Lexicon { tools: self.live.tools.iter().map(|tool| tool.lexicon.clone()).collect() }
    }

    pub(crate) fn forgotten(&self) -> Forgotten {
        self.live.tools.iter().map(|tool| Arc::clone(&tool.forgotten)).collect()
    }
}
