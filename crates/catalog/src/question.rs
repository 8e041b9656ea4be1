//! What may be asked: a measure, at most two dimensions, filters, days. Only declared things can be named.

use crate::day::{Bucket, Day};
use crate::event::FIRST_CODE;
use crate::limits::{BY_MAX, FILTERS_MAX, QUESTION_DAYS_MAX};
use crate::spec::{Catalog, Field, Kind};
use crate::version::{Grain, Version};

/// A question that the catalogue allows, resolved to positions in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// What is counted.
    pub measure: Measure,
    /// What the answer is split by.
    pub by: Vec<Dimension>,
    /// What must hold for an event to count.
    pub filters: Vec<Filter>,
    /// The first day.
    pub from: Day,
    /// The last day, counted in.
    pub to: Day,
    /// The spans of time the answer is split into; `None` for one answer over all days.
    pub bucket: Option<Bucket>,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Measure {
    /// How often it happened.
    Events,
    /// How many entries of batches said so: an event that a batch counts several times is one report.
    Reports,
    /// How many machines: distinct identifiers where the tool has them, else batches that were the first of the period.
    Machines,
    /// The part of the events of the same span of time.
    Share,
    /// The number under which this many percent of the values lie.
    Percentile {
        /// The event, as a position in the catalogue.
        event: usize,
        /// The number field, as a position in the event.
        field: usize,
        /// 50, 75, 90, 95 or 99.
        percent: u8,
    },
}

/// Something an answer can be split or filtered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// The name of the event.
    Event,
    /// An origin field, by position.
    Origin(usize),
    /// A field of an event, by positions.
    Field {
        /// The event.
        event: usize,
        /// The field.
        field: usize,
    },
    /// Groups of the versions of an origin field.
    OriginVersions(usize, Grain),
    /// Groups of the versions of a field of an event.
    FieldVersions {
        /// The event.
        event: usize,
        /// The field.
        field: usize,
        /// What is grouped.
        grain: Grain,
    },
}

impl Dimension {
    /// The dimension that this one groups; itself, where it groups nothing.
    #[must_use]
    pub fn whole(self) -> Self {
        match self {
            Self::OriginVersions(field, _) => Self::Origin(field),
            Self::FieldVersions { event, field, .. } => Self::Field { event, field },
            whole => whole,
        }
    }

    /// By what it groups versions.
    #[must_use]
    pub fn grain(self) -> Option<Grain> {
        match self {
            Self::OriginVersions(_, grain) | Self::FieldVersions { grain, .. } => Some(grain),
            _ => None,
        }
    }

    /// Groups of the versions of this dimension.
    fn grouped(self, grain: Grain) -> Self {
        match self {
            Self::Origin(field) => Self::OriginVersions(field, grain),
            Self::Field { event, field } => Self::FieldVersions { event, field, grain },
            other => other,
        }
    }
}

/// A dimension must have one of the values, or none of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// What is looked at.
    pub dimension: Dimension,
    /// Texts as answers spell them: members, versions, `other`, `none` for absent.
    pub values: Vec<String>,
    /// Whether the values are the ones that must not be.
    pub not: bool,
}

/// A question as it was asked, in text.
#[derive(Clone, Debug, Default)]
pub struct Asked<'a> {
    /// `events`, `reports`, `machines`, `share` or `p90:EVENT.FIELD`.
    pub measure: &'a str,
    /// Dimensions: `event`, an origin field, `FIELD` or `EVENT.FIELD`; `.major` or `.minor` after a version groups it.
    pub by: Vec<&'a str>,
    /// Filters: `DIMENSION:value|value`, or `DIMENSION:!value|value` for all but these.
    pub filters: Vec<&'a str>,
    /// The first day.
    pub from: Option<Day>,
    /// The last day, counted in.
    pub to: Option<Day>,
    /// The span of time.
    pub bucket: Option<Bucket>,
}

/// Why a question cannot be asked: a stable code, and a sentence with the fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionError {
    /// Which parameter is wrong.
    pub parameter: &'static str,
    /// What is wrong, with the value in backticks and what would do.
    pub message: String,
}

/// Days that a question without `from` looks back.
const DEFAULT_DAYS: i32 = 90;
/// Percentiles that can be asked.
const PERCENTS: [u8; 5] = [50, 75, 90, 95, 99];

impl Question {
    /// Resolves a question against a catalogue. `today` is the last day where none is given.
    ///
    /// # Errors
    /// The first thing that is not declared, or cannot be asked.
    pub fn resolve(catalog: &Catalog, asked: &Asked<'_>, today: Day) -> Result<Self, QuestionError> {
        let to = asked.to.unwrap_or(today);
        let from = asked.from.unwrap_or_else(|| to.plus(1 - DEFAULT_DAYS));
        span_of_days(from, to)?;
        let named = event_filter(asked);
        let resolver = Resolver { catalog, event: named.and_then(|name| catalog.index.event(name)) };
        let measure = resolver.measure(asked.measure)?;
        let by = resolver.all("by", &asked.by, BY_MAX, |text| resolver.dimension("by", text))?;
        let filters = resolver.all("where", &asked.filters, FILTERS_MAX, |text| resolver.filter(text))?;
        if by.len() == 2 && by[0] == by[1] {
            return Err(wrong("by", format!("`{}` is asked twice; leave one out", asked.by[0])));
        }
        let question = Self { measure, by, filters, from, to, bucket: asked.bucket };
        question.about_one_event(catalog)?;
        Ok(question)
    }

    /// The event that the measure, dimensions or filters on fields restrict the question to.
    #[must_use]
    pub fn event(&self) -> Option<usize> {
        self.field_events().next()
    }

    fn field_events(&self) -> impl Iterator<Item = usize> {
        let measured = match self.measure {
            Measure::Percentile { event, .. } => Some(event),
            _ => None,
        };
        let dimensions = self.by.iter().copied().chain(self.filters.iter().map(|filter| filter.dimension));
        measured.into_iter().chain(dimensions.filter_map(|dimension| match dimension.whole() {
            Dimension::Field { event, .. } => Some(event),
            _ => None,
        }))
    }

    /// Fields of two events are never in one row, nor is a field of an event that a filter leaves out.
    fn about_one_event(&self, catalog: &Catalog) -> Result<(), QuestionError> {
        let Some(event) = self.event() else { return Ok(()) };
        if self.field_events().any(|other| other != event) {
            return Err(wrong("by", "a question can look at the fields of one event only; ask twice".into()));
        }
        let name = &catalog.events[event].name;
        let leaves_out =
            |filter: &Filter| filter.dimension == Dimension::Event && filter.values.contains(name) == filter.not;
        if self.filters.iter().any(leaves_out) {
            return Err(wrong(
                "where",
                format!("a field of `{name}` is asked for, and a filter leaves that event out"),
            ));
        }
        Ok(())
    }
}

struct Resolver<'c> {
    catalog: &'c Catalog,
    event: Option<usize>,
}

impl Resolver<'_> {
    fn all<T>(
        &self,
        parameter: &'static str,
        texts: &[&str],
        max: usize,
        resolve: impl Fn(&str) -> Result<T, QuestionError>,
    ) -> Result<Vec<T>, QuestionError> {
        if texts.len() > max {
            return Err(wrong(parameter, format!("at most {max} can be asked at once, not {}", texts.len())));
        }
        texts.iter().map(|text| resolve(text)).collect()
    }

    fn measure(&self, text: &str) -> Result<Measure, QuestionError> {
        match text {
            "events" => Ok(Measure::Events),
            "reports" => Ok(Measure::Reports),
            "machines" => Ok(Measure::Machines),
            "share" => Ok(Measure::Share),
            _ => self.percentile(text),
        }
    }

    fn percentile(&self, text: &str) -> Result<Measure, QuestionError> {
        let parts = text.strip_prefix('p').and_then(|rest| rest.split_once(':'));
        let percent = parts.and_then(|(percent, _)| percent.parse().ok()).filter(|p| PERCENTS.contains(p));
        let (Some(percent), Some((_, of))) = (percent, parts) else {
            let choices = "`events`, `reports`, `machines`, `share`, or `p50:EVENT.FIELD` (50, 75, 90, 95, 99)";
            return Err(wrong("measure", format!("`{text}` is not a measure; there are {choices}")));
        };
        match self.dimension("measure", of)? {
            Dimension::Field { event, field } if is_number(&self.catalog.events[event].fields[field]) => {
                Ok(Measure::Percentile { event, field, percent })
            }
            _ => Err(wrong("measure", format!("`{of}` is not a number field of an event"))),
        }
    }

    fn filter(&self, text: &str) -> Result<Filter, QuestionError> {
        let Some((dimension, values)) = text.split_once(':') else {
            return Err(wrong("where", format!("`{text}` is not `DIMENSION:value|value`")));
        };
        let dimension = self.dimension("where", dimension)?;
        let (not, values) = values.strip_prefix('!').map_or((false, values), |values| (true, values));
        let values = values.split('|').map(|value| self.value(dimension, value)).collect::<Result<_, _>>()?;
        Ok(Filter { dimension, values, not })
    }

    /// The value as answers spell it.
    fn value(&self, dimension: Dimension, text: &str) -> Result<String, QuestionError> {
        let spelt = match (self.field(dimension), dimension.grain()) {
            (None, _) => self.catalog.index.event(text).map(|_| text.to_owned()),
            (Some(_), Some(grain)) => as_group(grain, text),
            (Some(field), None) => as_answered(field, text),
        };
        spelt.ok_or_else(|| wrong("where", format!("`{text}` is not a declared value here")))
    }

    /// The declared field of a dimension; the event is none.
    fn field(&self, dimension: Dimension) -> Option<&Field> {
        match dimension.whole() {
            Dimension::Origin(field) => Some(&self.catalog.origin[field]),
            Dimension::Field { event, field } => Some(&self.catalog.events[event].fields[field]),
            _ => None,
        }
    }

    /// What is declared goes before `.major` and `.minor`, which a field may be called.
    fn dimension(&self, parameter: &'static str, text: &str) -> Result<Dimension, QuestionError> {
        let declared = self.declared(parameter, text);
        let grouped = text.rsplit_once('.').and_then(|(of, grain)| Some((of, Grain::parse(grain)?)));
        let (Err(_), Some((of, grain))) = (&declared, grouped) else { return declared };
        let whole = self.declared(parameter, of)?;
        match self.field(whole).map(|field| &field.kind) {
            Some(Kind::Version { .. }) => Ok(whole.grouped(grain)),
            _ => {
                Err(wrong(parameter, format!("`{of}` is not a version, and only versions have `.major` and `.minor`")))
            }
        }
    }

    fn declared(&self, parameter: &'static str, text: &str) -> Result<Dimension, QuestionError> {
        if text == "event" {
            return Ok(Dimension::Event);
        }
        if let Some(field) = position(&self.catalog.origin, text) {
            return askable(parameter, &self.catalog.origin[field], Dimension::Origin(field));
        }
        let found = self.fields_called(text);
        match found.as_slice() {
            [(event, field)] => {
                let dimension = Dimension::Field { event: *event, field: *field };
                askable(parameter, &self.catalog.events[*event].fields[*field], dimension)
            }
            [] => Err(wrong(parameter, format!("`{text}` is not declared by `{}`", self.catalog.tool.name))),
            _ => Err(wrong(parameter, format!("several events have `{text}`; write `EVENT.{text}`"))),
        }
    }

    fn fields_called(&self, text: &str) -> Vec<(usize, usize)> {
        let (event_name, field_name) = text.split_once('.').map_or((None, text), |(event, field)| (Some(event), field));
        let wanted = event_name.map(|name| self.catalog.index.event(name)).unwrap_or(self.event);
        self.catalog
            .events
            .iter()
            .enumerate()
            .filter(|(event, _)| if event_name.is_some() || wanted.is_some() { wanted == Some(*event) } else { true })
            .filter_map(|(event, declared)| Some((event, position(&declared.fields, field_name)?)))
            .collect()
    }
}

/// The one event that an `event:` filter names, which settles what a bare field name means.
fn event_filter<'a>(asked: &Asked<'a>) -> Option<&'a str> {
    asked.filters.iter().find_map(|filter| filter.strip_prefix("event:")).filter(|name| !name.contains('|'))
}

fn position(fields: &[Field], name: &str) -> Option<usize> {
    fields.iter().position(|field| field.name == name)
}

fn is_number(field: &Field) -> bool {
    matches!(field.kind, Kind::Number { .. })
}

fn askable(parameter: &'static str, field: &Field, dimension: Dimension) -> Result<Dimension, QuestionError> {
    match field.kind {
        Kind::Id | Kind::Drop { .. } => Err(wrong(
            parameter,
            format!("`{}` is a field of kind {} and cannot be asked", field.name, field.kind.name()),
        )),
        _ => Ok(dimension),
    }
}

/// The text as answers about this field spell it: `16.4` is `16.4.0`. `None` when no answer could contain it.
fn as_answered(field: &Field, text: &str) -> Option<String> {
    let known = match &field.kind {
        _ if text == "none" || text == "other" => true,
        Kind::Flag => matches!(text, "true" | "false"),
        Kind::Number { buckets, .. } => (0..buckets.count()).any(|bucket| buckets.label(bucket) == text),
        Kind::Version { .. } => {
            let (version, folded) = Version::parse(text)?;
            return (!folded).then(|| version.to_string());
        }
        kind => kind.members().iter().any(|member| member == text),
    };
    known.then(|| text.to_owned())
}

/// The text of a group of versions, which is spelt in one way only.
fn as_group(grain: Grain, text: &str) -> Option<String> {
    let is_group = Version::parse(text).is_some_and(|(version, _)| version.group(grain) == text);
    (is_group || matches!(text, "none" | "other")).then(|| text.to_owned())
}

impl Kind {
    /// The text of a stored code in answers: a member, a bucket's range, `other`, `none`. Versions and sets have
    /// texts of their own.
    #[must_use]
    pub fn label(&self, code: u32) -> String {
        let position = code.checked_sub(FIRST_CODE).map(|position| position as usize);
        match (self, position) {
            (_, None) if code == crate::event::ABSENT => "none".into(),
            (_, None) => "other".into(),
            (Self::Flag, Some(position)) => (position == 1).to_string(),
            (Self::Number { buckets, .. }, Some(bucket)) => buckets.label(bucket),
            (_, Some(position)) => self.members().get(position).cloned().unwrap_or_else(|| "other".into()),
        }
    }
}

fn span_of_days(from: Day, to: Day) -> Result<(), QuestionError> {
    if from > to {
        return Err(wrong("from", format!("`{from}` is after `to`, which is `{to}`")));
    }
    if to.0 - from.0 >= QUESTION_DAYS_MAX {
        return Err(wrong("from", format!("a question spans at most {QUESTION_DAYS_MAX} days; take a later `from`")));
    }
    Ok(())
}

fn wrong(parameter: &'static str, message: String) -> QuestionError {
    QuestionError { parameter, message }
}

#[cfg(all(test, feature = "parse"))]
mod tests {
    use super::*;
    use crate::sample;

    const TODAY: Day = Day(20_779);

    fn ask(measure: &str, by: &[&str], filters: &[&str]) -> Result<Question, QuestionError> {
        let asked = Asked { measure, by: by.to_vec(), filters: filters.to_vec(), ..Asked::default() };
        Question::resolve(&sample::catalog(), &asked, TODAY)
    }

    #[track_caller]
    fn check(measure: &str, by: &[&str], filters: &[&str], parameter: &str, said: &str) {
        let error = ask(measure, by, filters).expect_err("an error");
        assert_eq!((error.parameter, error.message.as_str()), (parameter, said));
    }

    #[test]
    fn names_become_positions() {
        let question = ask("p90:command_finished.duration", &["os", "command"], &["ok:true", "version:!16.4|other"]);
        let question = question.expect("a question");
        assert_eq!(question.measure, Measure::Percentile { event: 0, field: 3, percent: 90 });
        assert_eq!(question.by, [Dimension::Origin(1), Dimension::Field { event: 0, field: 0 }]);
        assert_eq!(question.filters[0].dimension, Dimension::Field { event: 0, field: 2 });
        assert_eq!((question.filters[1].not, question.filters[1].values.join(" ")), (true, "16.4.0 other".into()));
        assert_eq!(question.event(), Some(0));
        assert_eq!(ask("events", &["event"], &[]).expect("a question").event(), None);
    }

    #[test]
    fn versions_are_grouped() {
        let question = ask("events", &["version.minor", "command"], &["version.major:!16|other"]).expect("a question");
        assert_eq!(question.by[0], Dimension::OriginVersions(0, Grain::Minor));
        assert_eq!(question.by[0].whole(), Dimension::Origin(0));
        assert_eq!(question.filters[0].dimension, Dimension::OriginVersions(0, Grain::Major));
        assert!(ask("events", &["version", "version.minor"], &[]).is_ok());
        check(
            "events",
            &["version.minor", "version.minor"],
            &[],
            "by",
            "`version.minor` is asked twice; leave one out",
        );
        let said = "`os` is not a version, and only versions have `.major` and `.minor`";
        check("events", &["os.major"], &[], "by", said);
        check("events", &["colour.major"], &[], "by", "`colour` is not declared by `acme`");
        check("events", &["version.patch"], &[], "by", "`version.patch` is not declared by `acme`");
        for text in ["16", "16.4.0", "v16.4", "16.x", "16.4-rc.1"] {
            let said = format!("`{text}` is not a declared value here");
            check("events", &[], &[&format!("version.minor:{text}")], "where", &said);
        }
        assert!(ask("events", &[], &["version.minor:16.4|none"]).is_ok());
    }

    #[test]
    fn days_default_to_the_last_ninety() {
        let question = ask("events", &[], &[]).expect("a question");
        assert_eq!((question.to, question.to.0 - question.from.0), (TODAY, 89));
        let catalog = sample::catalog();
        let resolve = |from: i32| {
            let asked = Asked { measure: "events", from: Some(TODAY.plus(from)), ..Asked::default() };
            Question::resolve(&catalog, &asked, TODAY).map_err(|error| error.parameter)
        };
        assert_eq!(resolve(1), Err("from"));
        assert_eq!(resolve(-QUESTION_DAYS_MAX), Err("from"));
        assert!(resolve(1 - QUESTION_DAYS_MAX).is_ok());
    }

    #[test]
    fn a_field_is_found_by_its_event() {
        let mut toml = sample::TOML.to_owned();
        toml.push_str("[event.build_failed.field.command]\ntype = \"flag\"\nabout = \"x\"\n");
        let catalog = sample::parse(&toml).expect("a catalogue");
        let event = |by: &str, filters: &[&str]| {
            let asked = Asked { measure: "events", by: vec![by], filters: filters.to_vec(), ..Asked::default() };
            Question::resolve(&catalog, &asked, TODAY).map(|question| question.event()).map_err(|error| error.message)
        };
        assert_eq!(event("command", &[]), Err("several events have `command`; write `EVENT.command`".into()));
        assert_eq!(event("build_failed.command", &[]), Ok(Some(1)));
        assert_eq!(event("command", &["event:build_failed"]), Ok(Some(1)));
        assert_eq!(event("command", &["event:command_finished"]), Ok(Some(0)));
    }

    #[test]
    fn what_is_not_declared_cannot_be_asked() {
        check("events", &["colour"], &[], "by", "`colour` is not declared by `acme`");
        check("events", &["build_finished.command"], &[], "by", "`build_finished.command` is not declared by `acme`");
        check("events", &["machine"], &[], "by", "`machine` is a field of kind id and cannot be asked");
        check("events", &["directory"], &[], "by", "`directory` is a field of kind drop and cannot be asked");
        check("events", &[], &["os:beos"], "where", "`beos` is not a declared value here");
        check("events", &[], &["os:"], "where", "`` is not a declared value here");
        check("events", &[], &["version:1.0.0-alice"], "where", "`1.0.0-alice` is not a declared value here");
        check("events", &[], &["event:nothing"], "where", "`nothing` is not a declared value here");
        check("events", &[], &["os"], "where", "`os` is not `DIMENSION:value|value`");
        check("p90:command", &[], &[], "measure", "`command` is not a number field of an event");
    }

    #[test]
    fn what_makes_no_sense_cannot_be_asked() {
        let one = "a question can look at the fields of one event only; ask twice";
        check("events", &["command", "error"], &[], "by", one);
        check("p90:command_finished.duration", &["error"], &[], "by", one);
        check("events", &["os", "os"], &[], "by", "`os` is asked twice; leave one out");
        check("events", &["os", "command", "ok"], &[], "by", "at most 2 can be asked at once, not 3");
        let out = "a field of `command_finished` is asked for, and a filter leaves that event out";
        check("events", &["command"], &["event:!command_finished"], "where", out);
        check("events", &["command_finished.command"], &["event:build_failed"], "where", out);
        assert!(ask("events", &["command"], &["event:build_failed|command_finished"]).is_ok());
    }

    #[test]
    fn measures_are_a_closed_list() {
        for measure in ["events", "reports", "machines", "share", "p50:duration", "p95:files"] {
            assert!(ask(measure, &[], &[]).is_ok(), "{measure}");
        }
        for measure in ["", "count", "p51:duration", "p90", "p:duration", "p300:duration"] {
            assert_eq!(ask(measure, &[], &[]).expect_err("an error").parameter, "measure", "{measure}");
        }
    }
}
