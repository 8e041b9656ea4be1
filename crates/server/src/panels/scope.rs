//! What a reader looks at: a tool, a state, a day; and how a panel's question is narrowed by it.

use std::cell::RefCell;
use std::rc::Rc;

use aboveboard_catalog::{Bucket, Catalog, Day, EventSpec, Kind};

use crate::ask::{Ask, Route};
use crate::chart::{Head, Unit};
use crate::disclose::View;
use crate::state::{Known, State, Versions};
use crate::views::{self, Counted};

/// What a reader looks at.
pub(crate) struct Scope<'a> {
    pub(crate) known: Known<'a>,
    pub(crate) state: &'a State,
    pub(crate) today: Day,
    /// The address of the page that links lead to.
    pub(crate) path: String,
    /// What arrives and is not declared: its shape and how often, most frequent first.
    pub(crate) shapes: Vec<(String, u64)>,
    /// The days from which another catalogue was served than before.
    pub(crate) changed: Vec<Day>,
    versions: Versions,
    notes: Rc<RefCell<Vec<String>>>,
}

/// The days of an answer that is one figure for each group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Span {
    /// All that are shown.
    Range,
    /// The last whole week, because weeks cannot be added up.
    Week(Day),
}

/// Weeks that the numbers at the top look back.
pub(super) const WEEKS: usize = 12;
/// Dimensions that the public may split and filter by together.
const PUBLIC_DIMENSIONS: usize = 2;

impl<'a> Scope<'a> {
    pub(crate) fn new(
        known: Known<'a>,
        state: &'a State,
        today: Day,
        path: String,
        shapes: Vec<(String, u64)>,
    ) -> Self {
        Self { known, state, today, path, shapes, changed: Vec::new(), versions: state.versions, notes: Rc::default() }
    }

    /// With the days from which another catalogue was served than before.
    pub(crate) fn with_changes(self, changed: Vec<Day>) -> Self {
        Self { changed, ..self }
    }

    /// The same with versions as they are: what came out and how it went is not about groups of versions.
    pub(super) fn with_whole_versions(&self) -> Self {
        let (path, notes) = (self.path.clone(), Rc::clone(&self.notes));
        Self { path, shapes: Vec::new(), changed: Vec::new(), notes, versions: Versions::Exact, ..*self }
    }

    pub(crate) fn is_public(&self) -> bool {
        self.known.view == View::Public
    }

    pub(crate) fn catalog(&self) -> &'a Catalog {
        self.known.catalog
    }

    pub(crate) fn has_ids(&self) -> bool {
        views::has_ids(self.catalog())
    }

    /// What counts a whole tool: machines where they can be counted.
    pub(crate) fn measure(&self) -> &'static str {
        if views::has_machines(self.catalog()) { "machines" } else { "events" }
    }

    /// The smallest group that is shown, as far as drawings need it before there is an answer.
    pub(crate) fn minimum(&self) -> u64 {
        if self.is_public() { u64::from(self.catalog().tool.public_minimum) } else { 1 }
    }

    /// The spans of time that charts over time have.
    pub(crate) fn bucket(&self) -> Bucket {
        if self.is_public() { Bucket::Week } else { self.state.bucket() }
    }

    /// The first day of the last week that is over.
    pub(crate) fn last_week(&self) -> Day {
        self.today.start_of(Bucket::Week).plus(-7)
    }

    /// Remembers what a reader must know.
    pub(super) fn note(&self, text: String) {
        let mut notes = self.notes.borrow_mut();
        if !notes.contains(&text) {
            notes.push(text);
        }
    }

    pub(super) fn take_notes(&self) -> Vec<String> {
        self.notes.take()
    }

    /// A dimension as it is asked: versions of the tool are put together as the reader chose.
    pub(crate) fn dimension(&self, by: &str) -> String {
        if by == "version" { self.versions.dimension(by) } else { by.to_owned() }
    }

    /// A question over all days, narrowed; one figure for each group, or one for each group of a week.
    pub(crate) fn whole(&self, counted: &Counted) -> (Ask, Span) {
        let by_first = counted.measure == "machines" && !self.has_ids();
        if by_first || (self.is_public() && !counted.adds_up()) {
            let week = self.last_week();
            let ask = self.narrowed(counted).with("from", week.to_string()).with("to", week.plus(6).to_string());
            return (ask.with("bucket", "week"), Span::Week(week));
        }
        (self.state.over(self.narrowed(counted), self.today), Span::Range)
    }

    /// The same question about as many days before, where the reader compares.
    pub(crate) fn whole_before(&self, counted: &Counted, span: Span) -> Option<Ask> {
        let (from, to) = match span {
            _ if !self.state.compare => return None,
            Span::Week(monday) => (monday.plus(-7), monday.plus(-1)),
            Span::Range => self.state.days_before(self.today),
        };
        let ask = self.narrowed(counted).with("from", from.to_string()).with("to", to.to_string());
        Some(if span == Span::Range { ask } else { ask.with("bucket", "week") })
    }

    /// A question by spans of time about as many days before, where the reader compares.
    pub(crate) fn over_time_before(&self, counted: &Counted) -> Option<Ask> {
        let (from, to) = self.state.days_before(self.today);
        let ask = self.narrowed(counted).with("from", from.to_string()).with("to", to.to_string());
        self.state.compare.then(|| ask.with("bucket", self.bucket().name()))
    }

    /// A question by spans of time, narrowed.
    pub(crate) fn over_time(&self, counted: &Counted) -> Ask {
        self.by(counted, self.bucket())
    }

    /// The same by spans of this length.
    pub(crate) fn by(&self, counted: &Counted, bucket: Bucket) -> Ask {
        let bucket = if self.is_public() { Bucket::Week } else { bucket };
        self.state.over(self.narrowed(counted), self.today).with("bucket", bucket.name())
    }

    /// A question by weeks with the last whole ones, narrowed.
    pub(crate) fn weeks(&self, counted: &Counted) -> Ask {
        self.over_weeks(self.narrowed(counted))
    }

    /// A question by weeks with the last whole ones: the one that a chart over time asks, where that has them all, so
    /// that it is counted once for both.
    pub(crate) fn over_weeks(&self, ask: Ask) -> Ask {
        let last = self.last_week();
        let (from, to) = (last.plus(-7 * (WEEKS as i32 - 1)), last.plus(6));
        let (first, end) = self.state.days(self.today);
        let shown = self.bucket() == Bucket::Week && first <= from && end >= to;
        let (from, to) = if shown { (first, end) } else { (from, to) };
        ask.with("from", from.to_string()).with("to", to.to_string()).with("bucket", "week")
    }

    /// Whether a field holds any of several values.
    pub(crate) fn is_set(&self, by: &str, counted: &Counted) -> bool {
        let events = self.events_of(counted);
        let field = by.rsplit_once('.').map_or(by, |(_, field)| field);
        let mut fields = events.iter().flat_map(|event| &event.fields);
        fields.any(|declared| declared.name == field && matches!(declared.kind, Kind::Choices(_)))
    }

    /// The measure, dimensions and filters of a question: without days.
    pub(crate) fn narrowed(&self, counted: &Counted) -> Ask {
        let tool = &self.catalog().tool.name;
        let by: Vec<String> = counted.by.iter().map(|by| self.dimension(by)).collect();
        let mut ask = Ask::new(Route::Query, tool).with("measure", counted.measure.as_str());
        if !by.is_empty() {
            ask = ask.with("by", by.join(","));
        }
        if !counted.events.is_empty() {
            ask = ask.with("where", format!("event:{}", counted.events.join("|")));
        }
        self.filters(counted).into_iter().fold(ask, |ask, filter| ask.with("where", filter))
    }

    /// The filters of the page that fit the question; for others, a note.
    fn filters(&self, counted: &Counted) -> Vec<String> {
        let mut room = if self.is_public() { PUBLIC_DIMENSIONS.saturating_sub(counted.by.len()) } else { usize::MAX };
        let mut filters = Vec::new();
        for filter in self.state.narrowed().into_iter().filter_map(|filter| self.sourced(filter, counted)) {
            let dimension = filter.split(':').next().unwrap_or_default();
            let is_split = counted.by.iter().any(|by| by == dimension);
            if is_split && (self.is_public() || dimension == "ci" || dimension == "agent") {
                continue;
            }
            if !self.concerns(dimension, counted) {
                self.note(format!("not narrowed by `{filter}`: that is a field of another event, or no machine's"));
                continue;
            }
            if room == 0 {
                self.note(format!("not narrowed by `{filter}`: the public view looks at two things together"));
                continue;
            }
            room -= 1;
            filters.push(filter);
        }
        filters
    }

    /// What a choice of source means here: web pages cannot say that they are in no continuous integration, and only
    /// what is in it has a service.
    fn sourced(&self, filter: String, counted: &Counted) -> Option<String> {
        match filter.as_str() {
            "ci:false" if self.is_of_pages(counted) => None,
            "ci:false" if counted.by.iter().any(|by| by == "ci_vendor") => Some("ci:true".into()),
            _ => Some(filter),
        }
    }

    /// Whether everything that is counted is said by web pages too: choices in a consent banner, votes on a text.
    fn is_of_pages(&self, counted: &Counted) -> bool {
        let catalog = self.catalog();
        let consent = catalog.consent.as_ref().map(|consent| &consent.event);
        let vote = catalog.errors.as_ref().and_then(|errors| errors.vote.as_ref());
        !counted.events.is_empty() && counted.events.iter().all(|event| [consent, vote].contains(&Some(event)))
    }

    /// Whether a filter on a dimension can hold for what is counted.
    fn concerns(&self, dimension: &str, counted: &Counted) -> bool {
        let bare = dimension.strip_suffix(".major").or(dimension.strip_suffix(".minor")).unwrap_or(dimension);
        if dimension == "event" || self.known.origin(bare).is_some() {
            return true;
        }
        let events = self.events_of(counted);
        let has = |event: &&EventSpec| match dimension.split_once('.') {
            Some((name, field)) => event.name == name && event.fields.iter().any(|known| known.name == field),
            None => event.fields.iter().any(|field| field.name == dimension),
        };
        let countable = counted.measure != "machines" || self.has_ids();
        countable && matches!(events.as_slice(), [event] if has(event))
    }

    /// The events that a question names, by itself or by its fields.
    fn events_of(&self, counted: &Counted) -> Vec<&'a EventSpec> {
        let of_measure = counted.measure.split_once(':').and_then(|(_, of)| of.split_once('.')).map(|(event, _)| event);
        let of_fields = counted.by.iter().filter_map(|by| by.split_once('.')).map(|(event, _)| event);
        let mut names: Vec<&str> = counted.events.iter().map(String::as_str).collect();
        names.extend(of_measure.into_iter().chain(of_fields));
        self.catalog().events.iter().filter(|event| names.contains(&event.name.as_str())).collect()
    }

    /// What values are measured in, and what they count.
    pub(crate) fn head(&self, title: &str, counted: &Counted) -> Head {
        let (counts, unit) = match counted.measure.as_str() {
            "share" => (format!("share of {}", self.things(counted)), Unit::Share),
            measure if measure.starts_with('p') => (measure.replacen(':', " of ", 1), Unit::of(&self.unit(measure))),
            "machines" => ("machines".into(), Unit::Count),
            "reports" => ("reports".into(), Unit::Count),
            _ => (self.things(counted), Unit::Count),
        };
        Head { title: title.to_owned(), counts, unit, minimum: self.minimum() }
    }

    /// What the events of a question are called.
    pub(crate) fn things(&self, counted: &Counted) -> String {
        match (counted.events.as_slice(), views::run_event(self.catalog())) {
            ([event], Some(run)) if run.name == *event => "runs".into(),
            _ => "events".into(),
        }
    }

    fn unit(&self, measure: &str) -> String {
        let of = measure.split_once(':').map_or("", |(_, of)| of);
        views::number(self.catalog(), of).map(|(_, unit)| unit.to_owned()).unwrap_or_default()
    }

    /// What a question counts, in a sentence.
    pub(crate) fn defined(&self, counted: &Counted) -> String {
        let events = match counted.events.as_slice() {
            [] => "every event".to_owned(),
            events => events.iter().map(|event| format!("`{event}`")).collect::<Vec<_>>().join(" and "),
        };
        let by = match counted.by.as_slice() {
            [] => String::new(),
            by => format!(" by {}", by.iter().map(|by| format!("`{by}`")).collect::<Vec<_>>().join(" and ")),
        };
        match counted.measure.as_str() {
            "machines" => format!("{} Split{by}.", self.defined_machines()),
            "reports" => format!("Counts reports{by}: a batch that says {events} several times is one report."),
            "share" => format!("Of all {events} in a span of time, the part{by}."),
            "events" => format!("Counts how often {events} happened{by}."),
            measure => format!("`{measure}`{by}, of {events}."),
        }
    }

    /// What a machine is here.
    pub(crate) fn defined_machines(&self) -> String {
        if self.has_ids() {
            "Counts machines: distinct identifiers, of which only a keyed hash is kept.".into()
        } else if views::has_machines(self.catalog()) {
            "Counts machines without any identifier: each machine says which of its batches is its first of a day, of a \
             week, of a month, and these are added up. So machines of one week cannot be told from those of another."
                .into()
        } else {
            "Machines cannot be counted: nothing tells them apart.".into()
        }
    }

    /// The address of this page when a row is clicked.
    pub(crate) fn narrowed_to(&self, dimension: &str, value: &str) -> Option<String> {
        let fits = !value.starts_with("fewer than ") && !value.contains('|');
        let filter = format!("{dimension}:{value}");
        let has = self.state.filters.contains(&filter);
        let state = self.state.but(|state| state.filters.push(filter));
        (fits && !has).then(|| state.address(&self.path, self.known))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogs;

    #[test]
    fn what_has_no_source_or_needs_one_is_not_lost_by_looking_at_local_runs() {
        let catalogs = catalogs::load(None).expect("the built-in ones");
        let catalog = catalogs.iter().find(|catalog| catalog.tool.name == "acme").expect("the tool");
        let known = Known { catalog, view: View::Operator };
        let (state, _) = State::parse(&[], known);
        let scope = Scope::new(known, &state, Day(20_700), "/t/acme".into(), Vec::new());
        let filters = |event: &str, by: &str| {
            let counted = Counted { measure: "events".into(), events: vec![event.into()], by: vec![by.into()] };
            let ask = scope.narrowed(&counted);
            let of_source = ask.values("where").filter(|filter| filter.starts_with("ci:"));
            of_source.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(filters("command_finished", "command"), ["ci:false"]);
        assert_eq!(filters("command_finished", "ci_vendor"), ["ci:true"], "nothing local has a service");
        assert_eq!(filters("consent_chosen", "action"), Vec::<String>::new(), "a banner is on a page");
        assert_eq!(filters("feedback_given", "surface"), Vec::<String>::new(), "documentation is read on pages");
    }
}
