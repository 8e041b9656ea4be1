//! What is counted for a question, and for whose eyes: pure, no counting, no request.
//!
//! The operator may ask whatever the catalogue allows. The public may ask so much that no two of its answers can be
//! subtracted from each other to leave a small group; `public` says how.

use std::borrow::Cow;

use aboveboard_catalog::version::Grain;
use aboveboard_catalog::{
    Asked, Bucket, Catalog, Day, Dimension, Field, Filter, Identity, Kind, Measure, Question, QuestionError,
};

use crate::disclose::{Adding, Echo, Note, View};
use crate::problem::{Code, Problem};

/// What is counted for a question.
pub(crate) struct Plan {
    pub(crate) echo: Echo,
    pub(crate) adding: Adding,
    /// By what is shown, then by what is picked.
    pub(crate) question: Question,
    /// For two dimensions under a minimum, the same by each of them alone.
    pub(crate) margins: Vec<Question>,
    /// By which dimensions versions are grouped in the end; what is counted is whole versions.
    pub(crate) grains: Vec<Option<Grain>>,
    /// The values of the last dimensions that are shown, these dimensions are not.
    pub(crate) picks: Vec<String>,
    /// Whether machines cannot be told apart, so that support is limited to those that were there.
    pub(crate) limited: bool,
    /// See [`crate::disclose::Measured::apart`].
    pub(crate) apart: bool,
    /// Which events must not be told by themselves follows from this list of all.
    pub(crate) list: Option<Question>,
    /// The event that all of the answer is about.
    pub(crate) about: Option<String>,
    pub(crate) minimum: u64,
    /// The last day that is over.
    pub(crate) complete_to: Day,
    pub(crate) note: Option<Note>,
}

/// What is counted to know who came back.
pub(crate) struct RetentionPlan {
    pub(crate) echo: Echo,
    pub(crate) bucket: Bucket,
    /// The first and last day that is counted; more than is shown where that keeps answers from being subtracted.
    pub(crate) counted: (Day, Day),
    pub(crate) minimum: u64,
    pub(crate) note: Option<Note>,
}

/// What is counted to know how far machines came.
pub(crate) struct FunnelPlan {
    pub(crate) echo: Echo,
    pub(crate) steps: Vec<usize>,
    /// Its filters and days.
    pub(crate) question: Question,
    pub(crate) minimum: u64,
    pub(crate) note: Option<Note>,
}

/// Which figures of the ledger are added up.
pub(crate) struct VerdictsPlan {
    pub(crate) echo: Echo,
    pub(crate) bucket: Bucket,
    /// The last day that is over.
    pub(crate) complete_to: Day,
    pub(crate) note: Option<Note>,
}

/// What is counted to know which fields are said.
pub(crate) struct CoveragePlan {
    pub(crate) echo: Echo,
    /// How often each event happened.
    pub(crate) events: Question,
    /// Event and field by name, and the question whose groups are the values of the field.
    pub(crate) fields: Vec<([String; 2], Question)>,
    pub(crate) minimum: u64,
    pub(crate) note: Option<Note>,
}

/// Plans the answer to a question.
///
/// # Errors
/// It cannot be asked at all, or not by the public.
pub(crate) fn of(
    catalog: &Catalog,
    asked: &Asked<'_>,
    view: View,
    operator_minimum: u64,
    today: Day,
) -> Result<Plan, Problem> {
    let mut question = Question::resolve(catalog, asked, today)?;
    if let (None, Some(bucket)) = (asked.from, asked.bucket) {
        question.from = question.from.start_of(bucket);
    }
    let minimum = minimum(catalog, view, operator_minimum);
    let note = horizon(catalog, question.from, today);
    let plan = Plan {
        echo: echo(catalog, asked, view, &question),
        adding: adding(question.measure),
        question,
        margins: Vec::new(),
        grains: Vec::new(),
        picks: Vec::new(),
        limited: false,
        apart: false,
        list: None,
        about: None,
        minimum,
        complete_to: today.plus(-1),
        note,
    };
    let plan = if view == View::Public { public(catalog, plan, today)? } else { plan };
    Ok(plan.with_margins(catalog))
}

/// Plans the answer to who came back.
///
/// # Errors
/// The days cannot be asked for, or not by the public.
pub(crate) fn of_retention(
    catalog: &Catalog,
    asked: &Asked<'_>,
    view: View,
    operator_minimum: u64,
    today: Day,
) -> Result<RetentionPlan, Problem> {
    let finest = finest_cohorts(catalog);
    let bucket = asked.bucket.unwrap_or(finest);
    let asked = Asked { measure: "machines", bucket: Some(bucket), ..asked.clone() };
    let mut question = Question::resolve(catalog, &asked, today)?;
    question.from = question.from.start_of(bucket);
    let mut note = horizon(catalog, question.from, today);
    let mut counted = (question.from, question.to);
    if view == View::Public {
        only(finest, bucket)?;
        counted = whole(catalog, bucket, today);
        (question.from, question.to) = (question.from.max(counted.0), question.to.min(counted.1));
        note = Some(Note::whole(bucket));
    }
    let echo = Echo { unit_of_n: "machines of the cohort".into(), ..echo(catalog, &asked, view, &question) };
    let echo = echo.by(vec!["period".into()]);
    Ok(RetentionPlan { echo, bucket, counted, minimum: minimum(catalog, view, operator_minimum), note })
}

/// Plans the answer to how far machines came.
///
/// # Errors
/// A step is not an event, or the public asks.
pub(crate) fn of_funnel(
    catalog: &Catalog,
    steps: &[&str],
    asked: &Asked<'_>,
    view: View,
    operator_minimum: u64,
    today: Day,
) -> Result<FunnelPlan, Problem> {
    if view == View::Public {
        return Err(not_public("how far machines came is for the operator only").of_parameter("steps"));
    }
    let asked = Asked { measure: "machines", ..asked.clone() };
    let question = Question::resolve(catalog, &asked, today)?;
    let steps = steps.iter().map(|step| position(catalog, step)).collect::<Result<Vec<_>, _>>()?;
    if steps.len() < 2 {
        return Err(Problem::new(Code::QuestionWrong, "`steps` must name at least two events, in their order")
            .of_parameter("steps"));
    }
    let echo = Echo { unit_of_n: "machines at the first step".into(), ..echo(catalog, &asked, view, &question) };
    Ok(FunnelPlan {
        echo: echo.by(vec!["step".into()]),
        steps,
        note: horizon(catalog, question.from, today),
        question,
        minimum: minimum(catalog, view, operator_minimum),
    })
}

/// Plans the account of some days.
///
/// # Errors
/// The days cannot be asked for, or not by the public.
pub(crate) fn of_verdicts(
    catalog: &Catalog,
    asked: &Asked<'_>,
    view: View,
    today: Day,
) -> Result<VerdictsPlan, Problem> {
    let usual = if view == View::Public { Bucket::Week } else { Bucket::Day };
    let bucket = asked.bucket.unwrap_or(usual);
    let asked = Asked { measure: "events", bucket: Some(bucket), ..asked.clone() };
    let mut question = Question::resolve(catalog, &asked, today)?;
    question.from = question.from.start_of(bucket);
    let (mut complete_to, mut note) = (today.plus(-1), None);
    if view == View::Public {
        only(Bucket::Week, bucket)?;
        let (first, last) = whole(catalog, Bucket::Week, today);
        (question.from, question.to) = (question.from.max(first), end_of_week(question.to).min(last));
        (complete_to, note) = (last, Some(Note::whole(Bucket::Week)));
    }
    let echo = echo(catalog, &asked, view, &question).by(vec!["verdict".into()]);
    Ok(VerdictsPlan { echo, bucket, complete_to, note })
}

/// Plans the answer to which declared fields are said.
///
/// # Errors
/// The days cannot be asked for, or the public asks.
pub(crate) fn of_coverage(
    catalog: &Catalog,
    asked: &Asked<'_>,
    view: View,
    operator_minimum: u64,
    today: Day,
) -> Result<CoveragePlan, Problem> {
    if view == View::Public {
        return Err(not_public("which declared fields are said is for the operator only"));
    }
    let question = Question::resolve(catalog, asked, today)?;
    let fields =
        catalog.events.iter().enumerate().filter(|(_, event)| event.refused.is_none()).flat_map(|(position, event)| {
            let kept = |(_, field): &(usize, &Field)| !matches!(field.kind, Kind::Id | Kind::Drop { .. });
            let fields = event.fields.iter().enumerate().filter(kept);
            fields.map(move |(field, declared)| {
                let by = Dimension::Field { event: position, field };
                ([event.name.clone(), declared.name.clone()], by)
            })
        });
    let fields = fields.map(|(names, by)| (names, Question { by: vec![by], ..question.clone() })).collect();
    let echo = Echo { unit_of_n: "events".into(), ..echo(catalog, asked, view, &question) };
    Ok(CoveragePlan {
        echo: echo.by(vec!["event".into(), "field".into()]),
        events: Question { by: vec![Dimension::Event], ..question.clone() },
        fields,
        minimum: minimum(catalog, view, operator_minimum),
        note: horizon(catalog, question.from, today),
    })
}

impl Plan {
    /// Two dimensions are folded with what each of them folds alone, among the same events.
    fn with_margins(mut self, catalog: &Catalog) -> Self {
        if let ([_, _], true) = (self.question.by.as_slice(), self.minimum > 1) {
            let event = self.question.event().map(|event| Filter {
                dimension: Dimension::Event,
                values: vec![catalog.events[event].name.clone()],
                not: false,
            });
            let filters: Vec<Filter> = self.question.filters.iter().cloned().chain(event).collect();
            let alone = |by: &Dimension| Question { by: vec![*by], filters: filters.clone(), ..self.question.clone() };
            self.margins = self.question.by.iter().map(alone).collect();
        }
        self
    }
}

/// Narrows a plan to what the public may ask. `docs/reference/query.md` says the same for people.
///
/// 1. It sees whole weeks that are over, each counted by itself. So no range of days is the difference of two others.
/// 2. It asks about one event at a time, or about machines, or for the list of events. So no total holds a part that
///    another question shows without it.
/// 3. It splits and filters by two dimensions together, and a filter takes one value. An answer is then a line of the
///    table by these two, whose folded cells nobody can compute who knows all its totals (see [`crate::disclose`]); nor
///    can who knows all tables by two dimensions, since moving one event around a rectangle of one changes no other.
///    The same holds for the list of events, of which everybody knows the total from the ledger: where few machines said
///    one, the smallest other one is not told either, in that week, by whatever question.
/// 4. Groups of versions add up the versions that rule 3 shows, so they are no tables of their own.
fn public(catalog: &Catalog, mut plan: Plan, today: Day) -> Result<Plan, Problem> {
    let question = &mut plan.question;
    only(Bucket::Week, question.bucket.unwrap_or(Bucket::Week))?;
    question.bucket = Some(Bucket::Week);
    let (first, last) = whole(catalog, Bucket::Week, today);
    (question.from, question.to) =
        (question.from.start_of(Bucket::Week).max(first), end_of_week(question.to).min(last));
    plan.apart = is_list_of_events(question)?;
    // The ledger tells of events, not of machines.
    if question.measure != Measure::Machines {
        plan.list = Some(list_of_events(question));
    }
    if !plan.apart {
        plan.about = named_event(catalog, question);
        about_one_event(question)?;
        plan.picks = filters_to_picks(question)?;
        plan.grains = whole_versions(catalog, question)?;
    }
    plan.limited = !has_machines(catalog) && question.measure != Measure::Machines;
    plan.complete_to = last;
    plan.note = Some(Note::whole(Bucket::Week));
    plan.echo = plan.echo.over(question);
    Ok(plan)
}

/// The public sees spans of one length; spans of two lengths could be subtracted from each other.
fn only(span: Bucket, asked: Bucket) -> Result<(), Problem> {
    let detail = format!("the public view answers by {}", span.name());
    if asked == span { Ok(()) } else { Err(not_public(detail).of_parameter("bucket")) }
}

/// The first and the last day of the spans that are over and still kept as a whole.
fn whole(catalog: &Catalog, bucket: Bucket, today: Day) -> (Day, Day) {
    let first = oldest(catalog, today).plus(-1).start_of_next(bucket);
    (first, today.start_of(bucket).plus(-1))
}

/// Where machines cannot be followed, their clients say the month in which they began.
fn finest_cohorts(catalog: &Catalog) -> Bucket {
    if has_machines(catalog) && catalog.tool.identity != Identity::Month { Bucket::Week } else { Bucket::Month }
}

/// Whether identifiers tell machines apart.
fn has_machines(catalog: &Catalog) -> bool {
    catalog.origin.iter().any(|field| field.name == "machine" && field.kind == Kind::Id)
}

fn end_of_week(day: Day) -> Day {
    day.start_of_next(Bucket::Week).plus(-1)
}

/// The list of events is not a split of anything the public can ask for, as long as it is nothing but that.
fn is_list_of_events(question: &Question) -> Result<bool, Problem> {
    if !question.by.contains(&Dimension::Event) {
        return Ok(false);
    }
    let sums = matches!(question.measure, Measure::Events | Measure::Reports | Measure::Machines);
    if question.by.len() > 1 || !question.filters.is_empty() || !sums {
        let detail = "the public view lists events by nothing else; ask about one of them with `where=event:NAME`";
        return Err(not_public(detail).of_parameter("by"));
    }
    Ok(true)
}

/// How often each event happened on the days of a question.
fn list_of_events(question: &Question) -> Question {
    let Question { from, to, bucket, .. } = *question;
    Question { measure: Measure::Events, by: vec![Dimension::Event], filters: Vec::new(), from, to, bucket }
}

/// The one event that a question is about.
fn named_event(catalog: &Catalog, question: &Question) -> Option<String> {
    let filter = question.filters.iter().find(|filter| filter.dimension == Dimension::Event && is_one_value(filter));
    let filtered = filter.map(|filter| filter.values[0].clone());
    filtered.or_else(|| question.event().map(|event| catalog.events[event].name.clone()))
}

fn about_one_event(question: &Question) -> Result<(), Problem> {
    let named = question.filters.iter().any(|filter| filter.dimension == Dimension::Event && is_one_value(filter));
    if named || question.event().is_some() || question.measure == Measure::Machines {
        return Ok(());
    }
    let detail = "the public view looks at one event at a time; add `where=event:NAME`, or ask `by=event` for a list";
    Err(not_public(detail).of_parameter("where"))
}

/// Turns filters into dimensions of which one value is shown. A filter on the event stays what it is: answers about
/// different events have nothing to be subtracted from.
fn filters_to_picks(question: &mut Question) -> Result<Vec<String>, Problem> {
    let filters = std::mem::take(&mut question.filters);
    let (events, others): (Vec<Filter>, Vec<Filter>) =
        filters.into_iter().partition(|filter| filter.dimension == Dimension::Event);
    if !events.iter().chain(&others).all(is_one_value) {
        return Err(not_public("in the public view a filter is one value, without `!`").of_parameter("where"));
    }
    question.filters = events;
    question.by.extend(others.iter().map(|filter| filter.dimension));
    let mut dimensions: Vec<Dimension> = question.by.iter().map(|dimension| dimension.whole()).collect();
    dimensions.dedup();
    if question.by.len() > 2 || dimensions.len() < question.by.len() {
        let detail = "the public view splits and filters by at most two different dimensions together";
        return Err(not_public(detail).of_parameter("where"));
    }
    Ok(others.into_iter().flat_map(|filter| filter.values).collect())
}

/// Turns groups of versions into whole versions, which are grouped when what is small is folded. That can be done only
/// with what adds up.
fn whole_versions(catalog: &Catalog, question: &mut Question) -> Result<Vec<Option<Grain>>, Problem> {
    let grains: Vec<Option<Grain>> = question.by.iter().map(|dimension| dimension.grain()).collect();
    let adds_up = match question.measure {
        Measure::Events | Measure::Reports | Measure::Share => true,
        // A machine that says it is there for the first time says so once, in one version.
        Measure::Machines => !has_machines(catalog),
        Measure::Percentile { .. } => false,
    };
    if !adds_up && grains.iter().any(Option::is_some) {
        let detail = "the public view groups versions only where their numbers add up; ask by the whole version";
        return Err(not_public(detail).of_parameter("by"));
    }
    question.by.iter_mut().for_each(|dimension| *dimension = dimension.whole());
    Ok(grains)
}

fn is_one_value(filter: &Filter) -> bool {
    filter.values.len() == 1 && !filter.not
}

fn not_public(detail: impl Into<Cow<'static, str>>) -> Problem {
    Problem::new(Code::NotPublic, detail)
}

fn minimum(catalog: &Catalog, view: View, operator_minimum: u64) -> u64 {
    let minimum = if view == View::Public { u64::from(catalog.tool.public_minimum) } else { operator_minimum };
    minimum.max(1)
}

/// The first day that is kept.
fn oldest(catalog: &Catalog, today: Day) -> Day {
    today.plus(-i32::try_from(catalog.tool.retention_days).unwrap_or(i32::MAX))
}

fn horizon(catalog: &Catalog, from: Day, today: Day) -> Option<Note> {
    let oldest = oldest(catalog, today);
    (from < oldest).then(|| Note::horizon(oldest))
}

fn position(catalog: &Catalog, event: &str) -> Result<usize, Problem> {
    let position = catalog.events.iter().position(|declared| declared.name == event);
    let detail = || format!("`{event}` is not an event of `{}`", catalog.tool.name);
    position.ok_or_else(|| Problem::new(Code::QuestionWrong, detail()).of_parameter("steps"))
}

fn adding(measure: Measure) -> Adding {
    match measure {
        Measure::Events | Measure::Reports => Adding::Counts,
        Measure::Share => Adding::Shares,
        Measure::Machines => Adding::Distinct,
        Measure::Percentile { .. } => Adding::Percentiles,
    }
}

fn echo(catalog: &Catalog, asked: &Asked<'_>, view: View, question: &Question) -> Echo {
    let (unit, unit_of_n) = units(catalog, question.measure);
    Echo::new(&catalog.tool.name, view, asked, unit, unit_of_n).over(question)
}

/// What values count, and what `n` counts.
fn units(catalog: &Catalog, measure: Measure) -> (String, &'static str) {
    match measure {
        Measure::Events => ("events".into(), "events"),
        Measure::Reports => ("reports".into(), "reports"),
        Measure::Machines => ("machines".into(), "machines"),
        Measure::Share => ("share of the events of the bucket, 0 to 1".into(), "events"),
        Measure::Percentile { event, field, .. } => match &catalog.events[event].fields[field].kind {
            Kind::Number { unit, .. } => (unit.clone(), "values"),
            _ => (String::new(), "values"),
        },
    }
}

impl From<QuestionError> for Problem {
    fn from(error: QuestionError) -> Self {
        Self::new(Code::QuestionWrong, error.message).of_parameter(error.parameter)
    }
}

#[cfg(test)]
mod tests;
