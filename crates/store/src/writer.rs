//! The one thread that writes the log: takes all that waits, decides what is new, writes it, syncs once, applies it,
//! answers.

use std::ops::Range;
use std::sync::Arc;

use crate::batch::Mark;
use crate::encode::{SKIP_AT, tally};
use crate::error::{CommitError, DiskError};
use crate::frame::{BatchFrame, Frame};
use crate::keeper::Frozen;
use crate::live::{Applied, Live};
use crate::marks::{Marks, Noted, Remembered};
use crate::queue::{Job, Queue, Work};
use crate::shared::Shared;
use crate::wal::{Log, put_frame};

/// The writer, before it runs.
pub(crate) struct Writer {
    pub queue: Arc<Queue>,
    pub shared: Arc<Shared>,
    pub log: Log,
    pub marks: Marks,
    /// Marks that are in no memory file yet.
    pub new_marks: Vec<Remembered>,
}

/// One group of frames.
#[derive(Default)]
struct Group {
    bytes: Vec<u8>,
    /// Where each frame's body is.
    bodies: Vec<Range<usize>>,
    /// The marks that this group adds.
    noted: Noted,
}

/// Says that the writer is gone, however it went.
struct CloseAtEnd(Arc<Queue>);

impl Drop for CloseAtEnd {
    fn drop(&mut self) {
        self.0.close();
        let mut left = Work::default();
        if self.0.take(&mut left) {
            left.jobs.into_iter().for_each(|job| (job.done)(Err(CommitError::Closed)));
        }
    }
}

impl Writer {
    /// Works until the queue is closed and empty.
    pub(crate) fn run(mut self) {
        let _end = CloseAtEnd(Arc::clone(&self.queue));
        let mut work = Work::default();
        let mut group = Group::default();
        while self.queue.take(&mut work) {
            self.commit(&mut work, &mut group);
            for reply in work.freezes.drain(..) {
                // Whoever asked waits for the answer; if they do not, the log still holds what was frozen.
                drop(reply.send(self.freeze()));
            }
            for ask in work.asks.drain(..) {
                let mark = Mark { key: ask.key, covers: 1 };
                let _ = ask.reply.send(self.marks.seen(ask.tool, &[mark], ask.now).is_some());
            }
        }
    }

    fn commit(&mut self, work: &mut Work, group: &mut Group) {
        if work.jobs.is_empty() {
            return;
        }
        group.bytes.clear();
        group.bodies.clear();
        group.noted.clear();
        work.jobs.iter().for_each(|job| self.admit(job, &mut work.bodies[job.body.clone()], group));
        match self.log.append(&group.bytes) {
            Ok(()) => self.acknowledge(&mut work.jobs, group),
            Err(error) => self.refuse(&mut work.jobs, group, &error),
        }
    }

    /// Adds a job's frame to the group, or the small one that says it is a repeat.
    fn admit(&mut self, job: &Job, body: &mut [u8], group: &mut Group) {
        let seen = match Frame::read(body) {
            Ok(Frame::Batch(batch)) => {
                let seen = self.marks.seen(batch.tool, &batch.marks, batch.received_at);
                if seen.is_some_and(|seen| seen >= job.entries) {
                    return group.push(&tally(batch.tool, batch.received_at, job.events));
                }
                self.note_marks(&batch, group);
                seen
            }
            _ => None,
        };
        if let Some(seen) = seen {
            body[SKIP_AT..][..4].copy_from_slice(&seen.to_le_bytes());
        }
        group.push(body);
    }

    fn note_marks(&mut self, batch: &BatchFrame<'_>, group: &mut Group) {
        for mark in &batch.marks {
            let mark = Remembered { tool: batch.tool, key: mark.key, until: batch.remember_until };
            if self.marks.note(mark, batch.received_at) {
                group.noted.push(mark);
            }
        }
    }

    fn acknowledge(&mut self, jobs: &mut Vec<Job>, group: &mut Group) {
        self.new_marks.append(&mut group.noted);
        let outcomes = self.apply(group);
        for (job, outcome) in jobs.drain(..).zip(outcomes) {
            (job.done)(Ok(outcome));
        }
    }

    fn apply(&mut self, group: &Group) -> Vec<Applied> {
        let mut state = self.shared.lock();
        state.log_bytes = self.log.bytes();
        group.bodies.iter().map(|body| apply_own(&mut state.live, &group.bytes[body.clone()])).collect()
    }

    fn refuse(&mut self, jobs: &mut Vec<Job>, group: &mut Group, error: &DiskError) {
        self.marks.take_back(&group.noted);
        let error = CommitError::from(error);
        jobs.drain(..).for_each(|job| (job.done)(Err(error.clone())));
    }

    /// Takes what was applied so far out, to be sealed; the log goes on in a new file.
    fn freeze(&mut self) -> Result<Option<Frozen>, DiskError> {
        if self.log.bytes() == 0 {
            return Ok(None);
        }
        let log_from = self.log.rotate()?;
        let marks = std::mem::take(&mut self.new_marks);
        let mut state = self.shared.lock();
        state.log_bytes = 0;
        Ok(Some(Frozen::take(&mut state, log_from, marks)))
    }
}

impl Group {
    fn push(&mut self, body: &[u8]) {
        put_frame(&mut self.bytes, body);
        self.bodies.push(self.bytes.len() - body.len()..self.bytes.len());
    }
}

/// Applies a frame that this process has encoded.
fn apply_own(live: &mut Live, body: &[u8]) -> Applied {
    let applied = Frame::read(body).and_then(|frame| live.apply(frame));
    applied.expect("`encode` makes frames for the schemas that `live` was made with")
}
