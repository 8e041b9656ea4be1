//! `GET /v1/query`, `/v1/retention` and `/v1/funnel`: from the parameters of a request to a table, as JSON or CSV.
//!
//! What may be asked is for the catalogue and for [`crate::plan`] to say, what may be shown for [`crate::disclose`].
//! Counting runs on threads of its own, few at a time, so that questions never hold up what arrives.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Query, State};
use axum::http::{HeaderValue, header, request::Parts};
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;

use aboveboard_catalog::{Asked, Bucket, Day, Question};
use aboveboard_store::scan::{self, CountRow, Counts, ScanError};
use aboveboard_store::{Snapshot, Totals};

use crate::app::{App, Shared};
use crate::ask::{Ask, Route};
use crate::clock;
use crate::disclose::{self, Measured, Table, View};
use crate::operator::is_operator;
use crate::plan::{self, CoveragePlan, FunnelPlan, Plan, RetentionPlan, VerdictsPlan};
use crate::problem::{Code, Problem};
use crate::support;

/// Questions that may wait for their turn; further ones are told to come back.
const WAITING_MAX: usize = 64;

/// Where questions wait for their turn.
pub(crate) struct Desk {
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
}

impl Default for Desk {
    /// Half of the processor is for questions, the other half for what arrives.
    fn default() -> Self {
        let running = std::thread::available_parallelism().map_or(1, |cores| cores.get().div_ceil(2));
        Self { running: Arc::new(Semaphore::new(running)), admitted: Arc::new(Semaphore::new(running + WAITING_MAX)) }
    }
}

impl Desk {
    /// Does work that takes its time, when it is its turn.
    ///
    /// # Errors
    /// Too many wait already, or the work failed.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let full = |_| Problem::new(Code::Overloaded, "too many questions are waiting");
        let admitted = Arc::clone(&self.admitted).try_acquire_owned().map_err(full)?;
        let turn = Arc::clone(&self.running).acquire_owned().await;
        let working = tokio::task::spawn_blocking(move || {
            let _until_done = (admitted, turn);
            work()
        });
        working.await.unwrap_or_else(|_| Err(Problem::new(Code::AnswerFailed, "counting was interrupted")))
    }
}

/// The parameters of a request, and who makes it.
pub(crate) struct Asking {
    parameters: Vec<(String, String)>,
    view: View,
}

impl FromRequestParts<Shared> for Asking {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Problem> {
        let unreadable = |_| Problem::new(Code::QuestionWrong, "the parameters are not `name=value&…` in UTF-8");
        let Query(parameters) = Query::try_from_uri(&parts.uri).map_err(unreadable)?;
        let operator = is_operator(&parts.headers, app.config.token.as_ref());
        Ok(Self { parameters, view: if operator { View::Operator } else { View::Public } })
    }
}

/// The answer to a question, as JSON.
pub(crate) async fn query_json(State(app): State<Shared>, asking: Asking) -> Result<Response, Problem> {
    answer(app, Route::Query, asking).await.map(|table| json(&table))
}

/// The answer to a question, as CSV.
pub(crate) async fn query_csv(State(app): State<Shared>, asking: Asking) -> Result<Response, Problem> {
    answer(app, Route::Query, asking).await.map(|table| csv(&table))
}

/// Who came back, as JSON.
pub(crate) async fn retention_json(State(app): State<Shared>, asking: Asking) -> Result<Response, Problem> {
    answer(app, Route::Retention, asking).await.map(|table| json(&table))
}

/// Who came back, as CSV.
pub(crate) async fn retention_csv(State(app): State<Shared>, asking: Asking) -> Result<Response, Problem> {
    answer(app, Route::Retention, asking).await.map(|table| csv(&table))
}

/// How far machines came, as JSON.
pub(crate) async fn funnel_json(State(app): State<Shared>, asking: Asking) -> Result<Response, Problem> {
    answer(app, Route::Funnel, asking).await.map(|table| json(&table))
}

/// How far machines came, as CSV.
pub(crate) async fn funnel_csv(State(app): State<Shared>, asking: Asking) -> Result<Response, Problem> {
    answer(app, Route::Funnel, asking).await.map(|table| csv(&table))
}

/// How events ended, as JSON.
pub(crate) async fn verdicts_json(State(app): State<Shared>, asking: Asking) -> Result<Response, Problem> {
    answer(app, Route::Verdicts, asking).await.map(|table| json(&table))
}

/// How events ended, as CSV.
pub(crate) async fn verdicts_csv(State(app): State<Shared>, asking: Asking) -> Result<Response, Problem> {
    answer(app, Route::Verdicts, asking).await.map(|table| csv(&table))
}

/// Which fields are said, as JSON.
pub(crate) async fn coverage_json(State(app): State<Shared>, asking: Asking) -> Result<Response, Problem> {
    answer(app, Route::Coverage, asking).await.map(|table| json(&table))
}

/// Which fields are said, as CSV.
pub(crate) async fn coverage_csv(State(app): State<Shared>, asking: Asking) -> Result<Response, Problem> {
    answer(app, Route::Coverage, asking).await.map(|table| csv(&table))
}

async fn answer(app: Shared, route: Route, asking: Asking) -> Result<Table, Problem> {
    let today = clock::now().day();
    let planned = Planned::of(&app, route, &asking, today)?;
    let snapshot = app.store.snapshot();
    app.desk.work(move || planned.count(&snapshot, today)).await
}

/// A question that may be asked, and how it is counted.
pub(crate) struct Planned {
    tool: usize,
    how: How,
}

enum How {
    Query(Box<Plan>),
    Retention(RetentionPlan),
    Funnel(FunnelPlan, Vec<String>),
    Verdicts(VerdictsPlan, Vec<(Day, Totals)>),
    Coverage(CoveragePlan),
}

impl Planned {
    /// Plans the answer to what a request asks for.
    ///
    /// # Errors
    /// It cannot be asked at all, or not by the public.
    pub(crate) fn of(app: &App, route: Route, asking: &Asking, today: Day) -> Result<Self, Problem> {
        asking.allow(route.parameters())?;
        let tool = app.tool(asking.one("tool")?)?;
        let (catalog, view, minimum) = (&app.catalogs[tool], asking.view, app.config.operator_minimum);
        let asked = asking.asked()?;
        let how = match route {
            Route::Query => How::Query(Box::new(plan::of(catalog, &asked, view, minimum, today)?)),
            Route::Retention => How::Retention(plan::of_retention(catalog, &asked, view, minimum, today)?),
            Route::Funnel => {
                let steps = asking.list("steps");
                let plan = plan::of_funnel(catalog, &steps, &asked, view, minimum, today)?;
                How::Funnel(plan, steps.into_iter().map(str::to_owned).collect())
            }
            Route::Verdicts => {
                How::Verdicts(plan::of_verdicts(catalog, &asked, view, today)?, app.store.totals_by_day(tool))
            }
            Route::Coverage => How::Coverage(plan::of_coverage(catalog, &asked, view, minimum, today)?),
        };
        Ok(Self { tool, how })
    }

    /// Counts the answer.
    ///
    /// # Errors
    /// What the store cannot count, or cannot read.
    pub(crate) fn count(self, snapshot: &Snapshot, today: Day) -> Result<Table, Problem> {
        match self.how {
            How::Query(plan) => count(snapshot, self.tool, *plan, today),
            How::Retention(plan) => {
                let (from, to) = plan.counted;
                let cohorts = scan::retention(snapshot, self.tool, plan.bucket, from, to, today).map_err(failed)?;
                Ok(disclose::retention(plan.echo, cohorts, plan.bucket, plan.minimum).with_note(plan.note))
            }
            How::Funnel(plan, names) => {
                let Question { filters, from, to, .. } = &plan.question;
                let machines = scan::funnel(snapshot, self.tool, &plan.steps, filters, *from, *to, today);
                Ok(disclose::funnel(plan.echo, &names, &machines.map_err(failed)?, plan.minimum).with_note(plan.note))
            }
            How::Verdicts(plan, days) => {
                Ok(disclose::verdicts(plan.echo, days, plan.bucket, plan.complete_to).with_note(plan.note))
            }
            How::Coverage(CoveragePlan { echo, events, fields, minimum, note }) => {
                let count = |question: &Question| {
                    let counts = scan::answer(snapshot, self.tool, question, today, false);
                    counts.map(Counts::into_rows).map_err(failed)
                };
                let fields = fields.into_iter().map(|(names, question)| Ok((names, count(&question)?)));
                let fields = fields.collect::<Result<_, Problem>>()?;
                Ok(disclose::coverage(echo, count(&events)?, fields, minimum).with_note(note))
            }
        }
    }
}

/// Answers a question as planned.
///
/// # Errors
/// What the store cannot count, or cannot read.
pub(crate) fn count(snapshot: &Snapshot, tool: usize, plan: Plan, today: Day) -> Result<Table, Problem> {
    let Plan {
        echo,
        adding,
        question,
        margins,
        grains,
        picks,
        limited,
        apart,
        list,
        about,
        minimum,
        complete_to,
        note,
    } = plan;
    let scan = |question: &Question| {
        let answer = scan::answer(snapshot, tool, question, today, minimum > 1);
        answer.map(Counts::into_rows).map_err(failed)
    };
    let count = |question: &Question| -> Result<Vec<CountRow>, Problem> {
        let mut rows = scan(question)?;
        if limited {
            support::limit(&mut rows, question, scan(&support::presence(question))?);
        }
        Ok(rows)
    };
    let list = list.filter(|_| minimum > 1).map(|list| count(&list)).transpose()?;
    let untold = list.map(|list| disclose::untold(list, minimum)).unwrap_or_default();
    let count = |question: &Question| -> Result<Vec<CountRow>, Problem> {
        let mut rows = count(question)?;
        support::withhold(&mut rows, about.as_deref(), &untold);
        Ok(rows)
    };
    let counts = count(&question)?;
    let margins = margins.iter().map(count).collect::<Result<_, Problem>>()?;
    let measured = Measured { echo, adding, counts, margins, grains, picks, apart, complete_to };
    Ok(disclose::table(measured, minimum).with_note(note))
}

impl Asking {
    /// What a page asks for a reader.
    pub(crate) fn of(ask: &Ask, view: View) -> Self {
        Self { parameters: ask.parameters.clone(), view }
    }

    /// A misspelt parameter must not be taken for one that was left out.
    fn allow(&self, names: &[&str]) -> Result<(), Problem> {
        match self.parameters.iter().all(|(name, _)| names.contains(&name.as_str())) {
            true => Ok(()),
            false => Err(wrong(format!("the parameters here are {}", names.join(", ")))),
        }
    }

    fn asked(&self) -> Result<Asked<'_>, Problem> {
        let measure = self.one("measure")?;
        Ok(Asked {
            measure: if measure.is_empty() { "events" } else { measure },
            by: self.list("by"),
            filters: self.all("where").collect(),
            from: self.day("from")?,
            to: self.day("to")?,
            bucket: self.bucket()?,
        })
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.parameters.iter().filter(move |(parameter, _)| parameter == name);
        named.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// Values that are repeated, or joined by commas.
    fn list<'a>(&'a self, name: &'a str) -> Vec<&'a str> {
        self.all(name).flat_map(|value| value.split(',')).collect()
    }

    fn one(&self, name: &'static str) -> Result<&str, Problem> {
        let mut values = self.parameters.iter().filter(|(parameter, _)| parameter == name).map(|(_, value)| value);
        let value = values.next().map_or("", String::as_str);
        match values.next() {
            None => Ok(value),
            Some(_) => Err(wrong(format!("`{name}` can be given once")).of_parameter(name)),
        }
    }

    fn day(&self, name: &'static str) -> Result<Option<Day>, Problem> {
        let text = self.one(name)?;
        let day = || Day::parse(text).ok_or_else(|| wrong(format!("`{name}` must be a day, as `2026-11-22`")));
        if text.is_empty() { Ok(None) } else { day().map(Some).map_err(|problem| problem.of_parameter(name)) }
    }

    fn bucket(&self) -> Result<Option<Bucket>, Problem> {
        let text = self.one("bucket")?;
        let bucket = || Bucket::parse(text).ok_or_else(|| wrong("`bucket` must be `day`, `week` or `month`".into()));
        if text.is_empty() { Ok(None) } else { bucket().map(Some).map_err(|problem| problem.of_parameter("bucket")) }
    }
}

fn wrong(detail: String) -> Problem {
    Problem::new(Code::QuestionWrong, detail)
}

/// The problem for those who asked; the operator finds the reason in the log.
pub(crate) fn failed(error: ScanError) -> Problem {
    match error {
        ScanError::Unanswerable(sentence) => wrong(sentence),
        ScanError::Store(error) => {
            tracing::error!(%error, "a question could not be answered");
            Problem::new(Code::AnswerFailed, "a file could not be read")
        }
    }
}

fn json(table: &Table) -> Response {
    respond("application/json", serde_json::to_string(table).unwrap_or_default())
}

fn csv(table: &Table) -> Response {
    respond("text/csv; charset=utf-8; header=present", table.csv())
}

/// What the operator sees must not be kept on the way; what the public sees is cheap to make again.
fn respond(content_type: &'static str, body: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, body).into_response()
}
