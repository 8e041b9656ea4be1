//! What a page of the dashboard shows, as its address says it. Everything a reader can choose is in the address, so
//! that a link shows what its sender saw. Pure: no request, no clock.
//!
//! An address with a mistake in it still shows a page: what cannot be understood is left out, and the page says so.

use aboveboard_catalog::{Bucket, Catalog, Day, Field, Kind};

use crate::ask::{Ask, query_string};
use crate::disclose::View;

/// What a tool declares that readers can choose by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known<'c> {
    pub(crate) catalog: &'c Catalog,
    pub(crate) view: View,
}

/// What a reader chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) range: Range,
    /// `None` for the one that suits the range.
    pub(crate) bucket: Option<Bucket>,
    pub(crate) source: Source,
    pub(crate) who: Who,
    pub(crate) versions: Versions,
    pub(crate) os: Option<String>,
    pub(crate) compare: bool,
    pub(crate) form: Form,
    /// Rows that were clicked: `DIMENSION:value`.
    pub(crate) filters: Vec<String>,
}

/// The days that are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Range {
    /// So many, up to today.
    Last(u16),
    /// From one to another, counted in.
    Between(Day, Day),
}

/// Whether what ran in continuous integration counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Local,
    Ci,
    Both,
}

/// Whether what coding agents ran counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    Human,
    Agent,
    All,
}

/// How versions are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Versions {
    Exact,
    Minor,
    Major,
}

/// How parts of a whole are drawn over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Share,
    Stacked,
    Lines,
}

/// The ranges that can be picked, in days.
pub(crate) const RANGES: [u16; 4] = [7, 28, 90, 365];
const RANGE: u16 = 90;
/// Up to so many days are shown by day.
const DAYS_BY_DAY: i32 = 28;

impl Source {
    pub(crate) const ALL: [(Self, &'static str); 3] = [(Self::Local, "local"), (Self::Ci, "ci"), (Self::Both, "both")];
}

impl Who {
    pub(crate) const ALL: [(Self, &'static str); 3] =
        [(Self::All, "all"), (Self::Human, "human"), (Self::Agent, "agent")];
}

impl Versions {
    pub(crate) const ALL: [(Self, &'static str); 3] =
        [(Self::Major, "major"), (Self::Minor, "minor"), (Self::Exact, "exact")];
}

impl Form {
    pub(crate) const ALL: [(Self, &'static str); 3] =
        [(Self::Share, "share"), (Self::Stacked, "stacked"), (Self::Lines, "lines")];
}

impl<'c> Known<'c> {
    /// The origin field of this name, where it can be asked for.
    pub(crate) fn origin(self, name: &str) -> Option<&'c Field> {
        let askable = |field: &&Field| !matches!(field.kind, Kind::Id | Kind::Drop { .. });
        self.catalog.origin.iter().filter(askable).find(|field| field.name == name)
    }

    /// What counts unless the reader says otherwise: where a tool tells CI apart, everything else. To the public
    /// everything counts: leaving out is a second dimension, and where machines are not counted in CI, that group is
    /// always too small to be told apart.
    pub(crate) fn source(self) -> Source {
        match self.origin("ci") {
            Some(_) if self.view == View::Operator => Source::Local,
            _ => Source::Both,
        }
    }
}

impl State {
    /// What a bare address shows.
    pub(crate) fn new(known: Known<'_>) -> Self {
        Self {
            range: Range::Last(RANGE),
            bucket: None,
            source: known.source(),
            who: Who::All,
            versions: Versions::Minor,
            os: None,
            compare: false,
            form: Form::Share,
            filters: Vec::new(),
        }
    }

    /// Reads the parameters of an address, and says what of it was left out and why.
    pub(crate) fn parse(parameters: &[(String, String)], known: Known<'_>) -> (Self, Vec<String>) {
        let (mut state, mut said) = (Self::new(known), Vec::new());
        let (mut from, mut to) = (None, None);
        for (name, value) in parameters.iter().filter(|(_, value)| !value.is_empty()) {
            let read = match name.as_str() {
                "from" => read_day(value).map(|day| from = Some(day)),
                "to" => read_day(value).map(|day| to = Some(day)),
                _ => state.read(name, value, known),
            };
            said.extend(read.err().map(|fix| format!("`{name}` {fix}")));
        }
        match (from, to) {
            (Some(from), Some(to)) if from <= to => state.range = Range::Between(from, to),
            (None, None) => {}
            (Some(_), Some(_)) => said.push("`from` is after `to`; the usual range is shown".into()),
            _ => said.push("`from` and `to` belong together; the usual range is shown".into()),
        }
        (state, said)
    }

    fn read(&mut self, name: &str, value: &str, known: Known<'_>) -> Result<(), String> {
        match name {
            "range" => self.range = Range::Last(read_range(value)?),
            "bucket" => self.bucket = Some(Bucket::parse(value).ok_or("must be `day`, `week` or `month`")?),
            "source" => {
                let source = one_of(value, &Source::ALL)?;
                self.source = declared(known, "ci", source)?;
            }
            "who" => {
                let who = one_of(value, &Who::ALL)?;
                self.who = declared(known, "agent", who)?;
            }
            "versions" => self.versions = one_of(value, &Versions::ALL)?,
            "os" => self.os = Some(member(known, "os", value)?),
            "compare" if value == "before" => self.compare = true,
            "compare" => return Err("must be `before`".into()),
            "form" => self.form = one_of(value, &Form::ALL)?,
            "where" => self.filters.push(filter(value)?),
            _ => return Err("is not a parameter of this page".into()),
        }
        Ok(())
    }

    /// The same state as an address says it, without what goes without saying.
    pub(crate) fn parameters(&self, known: Known<'_>) -> Vec<(&'static str, String)> {
        let usual = Self::new(known);
        let mut list: Vec<(&'static str, String)> = Vec::new();
        match self.range {
            range if range == usual.range => {}
            Range::Last(days) => list.push(("range", days.to_string())),
            Range::Between(from, to) => list.extend([("from", from.to_string()), ("to", to.to_string())]),
        }
        let mut say = |name, text: Option<&str>| list.extend(text.map(|text| (name, text.to_owned())));
        say("bucket", self.bucket.map(Bucket::name));
        say("source", (self.source != usual.source).then(|| word(self.source, &Source::ALL)));
        say("who", (self.who != usual.who).then(|| word(self.who, &Who::ALL)));
        say("versions", (self.versions != usual.versions).then(|| word(self.versions, &Versions::ALL)));
        say("os", self.os.as_deref());
        say("compare", self.compare.then_some("before"));
        say("form", (self.form != usual.form).then(|| word(self.form, &Form::ALL)));
        list.extend(self.filters.iter().map(|filter| ("where", filter.clone())));
        list
    }

    /// The address of a page in this state.
    pub(crate) fn address(&self, path: &str, known: Known<'_>) -> String {
        match query_string(&self.parameters(known)) {
            query if query.is_empty() => path.to_owned(),
            query => format!("{path}?{query}"),
        }
    }

    /// The same with one thing changed.
    pub(crate) fn but(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut state = self.clone();
        change(&mut state);
        state
    }

    /// The first and the last day, whole spans of time from the first on.
    pub(crate) fn days(&self, today: Day) -> (Day, Day) {
        let (from, to) = match self.range {
            Range::Last(days) => (today.plus(1 - i32::from(days)), today),
            Range::Between(from, to) => (from, to),
        };
        (from.start_of(self.bucket()), to)
    }

    /// As many days, right before.
    pub(crate) fn days_before(&self, today: Day) -> (Day, Day) {
        let (from, to) = self.days(today);
        let before = from.plus(-(to.0 - from.0 + 1));
        (before.start_of(self.bucket()), from.plus(-1))
    }

    /// The spans of time that a chart is split into.
    pub(crate) fn bucket(&self) -> Bucket {
        let days = match self.range {
            Range::Last(days) => i32::from(days),
            Range::Between(from, to) => to.0 - from.0 + 1,
        };
        self.bucket.unwrap_or(if days <= DAYS_BY_DAY { Bucket::Day } else { Bucket::Week })
    }

    /// What every question of the page is narrowed by.
    pub(crate) fn narrowed(&self) -> Vec<String> {
        let source = match self.source {
            Source::Local => Some("ci:false"),
            Source::Ci => Some("ci:true"),
            Source::Both => None,
        };
        let who = match self.who {
            Who::Human => Some("agent:none"),
            Who::Agent => Some("agent:!none"),
            Who::All => None,
        };
        let os = self.os.as_ref().map(|os| format!("os:{os}"));
        source.into_iter().chain(who).map(str::to_owned).chain(os).chain(self.filters.iter().cloned()).collect()
    }

    /// A question about the days that are shown.
    pub(crate) fn over(&self, ask: Ask, today: Day) -> Ask {
        let (from, to) = self.days(today);
        ask.with("from", from.to_string()).with("to", to.to_string())
    }
}

impl Versions {
    /// What a question about versions is split by.
    pub(crate) fn dimension(self, field: &str) -> String {
        match self {
            Self::Exact => field.to_owned(),
            Self::Minor => format!("{field}.minor"),
            Self::Major => format!("{field}.major"),
        }
    }
}

/// The word that says so in an address.
pub(crate) fn word<T: Copy + PartialEq>(value: T, words: &[(T, &'static str)]) -> &'static str {
    words.iter().find(|(known, _)| *known == value).map_or("", |(_, word)| word)
}

fn one_of<T: Copy>(text: &str, words: &[(T, &'static str)]) -> Result<T, String> {
    let choices = || words.iter().map(|(_, word)| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    words
        .iter()
        .find(|(_, word)| *word == text)
        .map(|(value, _)| *value)
        .ok_or_else(|| format!("must be {}", choices()))
}

fn read_range(text: &str) -> Result<u16, String> {
    let days = text.parse().ok().filter(|days| RANGES.contains(days));
    days.ok_or_else(|| "must be `7`, `28`, `90` or `365`; for other days there are `from` and `to`".into())
}

fn read_day(text: &str) -> Result<Day, String> {
    Day::parse(text).ok_or_else(|| "must be a day, as `2026-11-22`".into())
}

fn declared<T>(known: Known<'_>, field: &str, value: T) -> Result<T, String> {
    let missing = || format!("cannot be chosen: `{}` does not declare `{field}`", known.catalog.tool.name);
    known.origin(field).map(|_| value).ok_or_else(missing)
}

fn member(known: Known<'_>, field: &str, text: &str) -> Result<String, String> {
    let members = declared(known, field, known.origin(field).map(|field| field.kind.members()).unwrap_or_default())?;
    let found = members.iter().find(|member| *member == text);
    found.cloned().ok_or_else(|| format!("must be one of {}", members.join(", ")))
}

/// Only the form is looked at here; what is declared is for the question to say.
fn filter(text: &str) -> Result<String, String> {
    let fits = text.split_once(':').is_some_and(|(dimension, value)| !dimension.is_empty() && !value.is_empty());
    fits.then(|| text.to_owned()).ok_or_else(|| "must be `DIMENSION:value`".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogs;

    const TODAY: Day = Day(20_779);

    fn acme() -> Catalog {
        let catalogs = catalogs::load(None).expect("the built-in ones");
        catalogs.iter().find(|catalog| catalog.tool.name == "acme").expect("acme").clone()
    }

    fn parse(address: &[(&str, &str)]) -> (State, Vec<String>) {
        let catalog = acme();
        let known = Known { catalog: &catalog, view: View::Operator };
        let owned: Vec<(String, String)> = address.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        State::parse(&owned, known)
    }

    #[track_caller]
    fn check(address: &[(&str, &str)]) {
        let (state, said) = parse(address);
        assert_eq!(said, [""; 0]);
        let catalog = acme();
        let printed = state.parameters(Known { catalog: &catalog, view: View::Operator });
        let printed: Vec<(&str, &str)> = printed.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(printed, address);
    }

    #[test]
    fn a_state_is_its_address() {
        check(&[]);
        check(&[("range", "28"), ("bucket", "day"), ("source", "both"), ("versions", "exact"), ("form", "lines")]);
        check(&[("from", "2026-09-01"), ("to", "2026-09-30"), ("os", "linux"), ("compare", "before")]);
        check(&[("who", "human"), ("where", "command:build"), ("where", "version:1.4.0")]);
    }

    #[test]
    fn what_is_wrong_is_said_and_the_rest_counts() {
        let (state, said) =
            parse(&[("range", "30"), ("form", "pie"), ("os", "beos"), ("colour", "red"), ("bucket", "week")]);
        assert_eq!(state.bucket, Some(Bucket::Week));
        assert_eq!(state.range, Range::Last(RANGE));
        assert_eq!(said.len(), 4, "{said:?}");
        assert_eq!(said[1], "`form` must be `share`, `stacked`, `lines`");
        assert_eq!(parse(&[("from", "2026-09-01")]).1.len(), 1);
        assert_eq!(parse(&[("from", "2026-09-02"), ("to", "2026-09-01")]).1.len(), 1);
        assert_eq!(parse(&[("where", "command:")]).1, ["`where` must be `DIMENSION:value`"]);
    }

    #[test]
    fn spans_begin_where_a_span_begins() {
        let (state, _) = parse(&[]);
        let (from, to) = state.days(TODAY);
        assert_eq!((state.bucket(), from, to), (Bucket::Week, from.start_of(Bucket::Week), TODAY));
        assert!(TODAY.0 - from.0 + 1 >= 90);
        let (before, until) = state.days_before(TODAY);
        assert_eq!(until, from.plus(-1));
        assert!(until.0 - before.0 >= to.0 - from.0);
        assert_eq!(parse(&[("range", "28")]).0.bucket(), Bucket::Day);
    }

    #[test]
    fn questions_are_narrowed_by_what_was_chosen() {
        assert_eq!(parse(&[]).0.narrowed(), ["ci:false"]);
        let (state, _) = parse(&[("source", "both"), ("who", "agent"), ("os", "linux"), ("where", "command:build")]);
        assert_eq!(state.narrowed(), ["agent:!none", "os:linux", "command:build"]);
    }
}
