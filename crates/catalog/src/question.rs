//! What may be asked: a measure, at most two dimensions, filters, days. Only declared things can be named.

use crate::day::{Bucket, Day};
use crate::event::FIRST_CODE;
use crate::limits::{BY_MAX, FILTERS_MAX};
use crate::spec::{Catalog, Field, Kind};

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
    /// How many batches said so: an event that a batch counts several times is one report.
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
    /// Dimensions: `event`, an origin field, `FIELD` or `EVENT.FIELD`.
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
        if from > to {
            return Err(wrong("from", format!("`{from}` is after `to`, which is `{to}`")));
        }
        let named = event_filter(asked);
        let resolver = Resolver { catalog, event: named.and_then(|name| catalog.index.event(name)) };
        let measure = resolver.measure(asked.measure)?;
        let by = resolver.all("by", &asked.by, BY_MAX, |text| resolver.dimension("by", text))?;
        let filters = resolver.all("where", &asked.filters, FILTERS_MAX, |text| resolver.filter(text))?;
        let question = Self { measure, by, filters, from, to, bucket: asked.bucket };
        question.about_one_event()?;
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
        measured.into_iter().chain(dimensions.filter_map(|dimension| match dimension {
            Dimension::Field { event, .. } => Some(event),
            _ => None,
        }))
    }

    fn about_one_event(&self) -> Result<(), QuestionError> {
        let first = self.event();
        if self.field_events().any(|event| Some(event) != first) {
            return Err(wrong("by", "a question can look at the fields of one event only".into()));
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
        let values: Vec<String> = values.split('|').map(str::to_owned).collect();
        for value in &values {
            self.askable_value(dimension, value)?;
        }
        Ok(Filter { dimension, values, not })
    }

    fn askable_value(&self, dimension: Dimension, value: &str) -> Result<(), QuestionError> {
        let known = match dimension {
            Dimension::Event => self.catalog.index.event(value).is_some(),
            Dimension::Origin(field) => could_say(&self.catalog.origin[field], value),
            Dimension::Field { event, field } => could_say(&self.catalog.events[event].fields[field], value),
        };
        if known { Ok(()) } else { Err(wrong("where", format!("`{value}` is not a declared value here"))) }
    }

    fn dimension(&self, parameter: &'static str, text: &str) -> Result<Dimension, QuestionError> {
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

/// Whether answers about this field could contain the text.
fn could_say(field: &Field, text: &str) -> bool {
    match &field.kind {
        _ if text == "none" || text == "other" => true,
        Kind::Flag => matches!(text, "true" | "false"),
        Kind::Number { buckets, .. } => (0..buckets.count()).any(|bucket| buckets.label(bucket) == text),
        Kind::Version { .. } => crate::version::Version::parse(text).is_some(),
        kind => kind.members().iter().any(|member| member == text),
    }
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

fn wrong(parameter: &'static str, message: String) -> QuestionError {
    QuestionError { parameter, message }
}
