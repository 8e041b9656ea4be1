//! Panels as they are drawn: from what a panel is about and what a reader chose to drawings. Pure but for the answers,
//! which come through [`Oracle`] and so from the very path that `/v1/query` takes.
//!
//! A panel asks while it is drawn, and what it asked is remembered: these are the addresses under it, and the tables on
//! its page. One that cannot be drawn is a sentence; the page lives.

mod active;
mod codes;
mod consent;
mod durations;
mod errors;
mod explore;
mod numbers;
mod optout;
mod quality;
mod ranked;
mod returning;
mod rows;
mod scope;
mod sources;
mod versions;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use crate::ask::Ask;
use crate::chart::Drawing;
use crate::disclose::Table;
use crate::views::{Form, Panel};

pub(crate) use codes::{About, queue, rewritten};
pub(crate) use consent::choices;
pub(crate) use explore::explore;
pub(crate) use numbers::{Number, numbers};
pub(crate) use scope::Scope;

/// Counts an answer, or says in a sentence why there is none.
type Answer<'a> = Box<dyn Fn(&Ask) -> Result<Table, String> + 'a>;

/// What answers questions, and remembers the answers.
pub(crate) struct Oracle<'a> {
    answer: Answer<'a>,
    answered: RefCell<HashMap<Ask, Result<Rc<Table>, String>>>,
    asked: RefCell<Vec<Ask>>,
}

impl<'a> Oracle<'a> {
    /// From what counts an answer.
    pub(crate) fn new(answer: impl Fn(&Ask) -> Result<Table, String> + 'a) -> Self {
        Self { answer: Box::new(answer), answered: RefCell::default(), asked: RefCell::default() }
    }

    /// The answer to a question.
    pub(crate) fn ask(&self, ask: &Ask) -> Result<Rc<Table>, String> {
        let mut asked = self.asked.borrow_mut();
        if !asked.contains(ask) {
            asked.push(ask.clone());
        }
        self.answered.borrow_mut().entry(ask.clone()).or_insert_with(|| (self.answer)(ask).map(Rc::new)).clone()
    }

    /// What was asked since this was called the last time.
    pub(crate) fn take_asked(&self) -> Vec<Ask> {
        self.asked.take()
    }

    /// Of these, what has an answer, so that a link to it leads somewhere.
    pub(crate) fn take_answered(&self) -> Vec<Ask> {
        let (asked, answered) = (self.take_asked(), self.answered.borrow());
        asked.into_iter().filter(|ask| answered.get(ask).is_some_and(Result::is_ok)).collect()
    }
}

/// How much of a panel is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    /// One of many on a page.
    Small,
    /// A page of its own.
    Full,
}

/// A panel that was drawn.
#[derive(Default)]
pub(crate) struct Drawn {
    /// The first one stands for all where there is little room.
    pub(crate) figures: Vec<Drawing>,
    /// What follows from the figures and is not in their own sentences.
    pub(crate) says: Vec<String>,
    /// Of these, what asks for something to be done.
    pub(crate) next: Vec<String>,
    /// What a reader must know about how it was counted.
    pub(crate) notes: Vec<String>,
}

impl Drawn {
    fn one(drawing: Drawing) -> Self {
        Self { figures: vec![drawing], ..Self::default() }
    }

    fn saying(mut self, sentence: Option<String>) -> Self {
        self.says.extend(sentence);
        self
    }

    /// Says something that asks for something to be done.
    fn asking_for(mut self, sentence: Option<String>) -> Self {
        self.next.extend(sentence.clone());
        self.says.extend(sentence);
        self
    }

    fn and(mut self, drawing: Drawing) -> Self {
        self.figures.push(drawing);
        self
    }
}

/// Draws a panel.
///
/// # Errors
/// Why it cannot be drawn, as a sentence.
pub(crate) fn draw(panel: &Panel, scope: &Scope<'_>, oracle: &Oracle<'_>, size: Size) -> Result<Drawn, String> {
    if !panel.public && scope.is_public() {
        return Err("this panel is for the operator only: the catalogue does not mark it public".into());
    }
    let mut drawn = match &panel.form {
        Form::Adoption(counted) => versions::draw(counted, &panel.title, scope, oracle, size),
        Form::Active => active::draw(scope, oracle, size),
        Form::Ranked(counted) => ranked::ranked(counted, &panel.title, scope, oracle, size),
        Form::Grid(counted) => ranked::grid(counted, &panel.title, scope, oracle, size),
        Form::Course(counted) => ranked::course(counted, &panel.title, scope, oracle),
        Form::Below(counted) => ranked::below(counted, &panel.title, scope, oracle, size),
        Form::Systems(grid, below) => ranked::systems(grid, below.as_ref(), scope, oracle, size),
        Form::Durations { of, percent, by } => durations::draw(of, *percent, by, scope, oracle, size),
        Form::Sources => sources::draw(scope, oracle, size),
        Form::Errors(counted, votes) => errors::errors(counted, votes.as_ref(), scope, oracle, size),
        Form::Votes(votes) => errors::votes(votes, scope, oracle, size),
        Form::Retention => returning::retention(scope, oracle, size),
        Form::Funnel(steps) => returning::funnel(steps, &panel.title, scope, oracle, size),
        Form::OptOut => optout::draw(scope, oracle),
        Form::Quality => quality::draw(scope, oracle, size),
    }?;
    drawn.notes.extend(scope.take_notes());
    Ok(drawn)
}

/// What a panel counts, as a definition.
pub(crate) fn definition(panel: &Panel, scope: &Scope<'_>) -> String {
    match &panel.form {
        Form::Adoption(counted) | Form::Ranked(counted) | Form::Grid(counted) | Form::Course(counted) => {
            scope.defined(counted)
        }
        Form::Below(counted) => {
            format!("{} Below each version: the part of all whose version is lower.", scope.defined(counted))
        }
        Form::Systems(counted, _) => {
            format!("{} What the tool found out about its machine at build or at run time.", scope.defined(counted))
        }
        Form::Errors(counted, votes) => {
            let helpful = " Helpful: the part of the votes on a code that say its text helped, with the Wilson interval \
                           in which it lies with 95 % confidence.";
            format!("{}{}", scope.defined(counted), if votes.is_some() { helpful } else { "" })
        }
        Form::Votes(votes) => format!(
            "Counts each `{}` by what it says of `{}`. The interval is that of Wilson, at 95 %.",
            votes.event, votes.helpful
        ),
        Form::Active => scope.defined_machines(),
        Form::Durations { of, .. } => format!(
            "Under the p75 lie three of four values of `{of}`, each event one value. Values are kept as ranges, so a \
             percentile is the middle of its range."
        ),
        Form::Sources => "`ci` is what the tool found in its environment: a well-known variable of a continuous \
                          integration service. An agent is recognised in the same way. Who hides it is counted as a \
                          person at a terminal."
            .into(),
        Form::Retention => returning::defined(scope),
        Form::Funnel(_) => {
            "Counts machines that did the first step, then the second on the same or a later day, and so \
                            on. A machine is an identifier, of which only a keyed hash is kept."
                .into()
        }
        Form::OptOut => "Telemetry that is off sends nothing, so nobody is counted here who opted out.".into(),
        Form::Quality => "Counts every event that arrived by how it ended: kept, repeated (it was counted before), or \
                          rejected under a code."
            .into(),
    }
}
