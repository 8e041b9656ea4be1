//! One error code: where and when it is met, whether its text helps and why not, what comes next; and of all codes
//! the one whose text to rewrite next.

use aboveboard_catalog::errors::{Errors, Page};
use aboveboard_catalog::{Bucket, Catalog, Day, EventSpec, Field, Kind};

use super::errors::{Tally, has_text, tallies, with_readers};
use super::ranked::spanned;
use super::rows::{Course, Gap, Group, groups, named};
use super::{Drawn, Oracle, Scope};
use crate::ask::{Ask, Route};
use crate::chart::{
    self, Annotation, Bar, Change, Drawing, Form, Head, Interval, Plot, Point, Ranked, Series, Unit, Value,
};
use crate::views::{Counted, Votes};

/// So many versions are told apart over time.
const SERIES_MAX: usize = 6;
/// Versions of a runtime and members that are listed.
const ROWS_MAX: usize = 12;
/// Days that a question before a revision looks back.
const BEFORE_DAYS: i32 = 365;

/// A code, and the events that are about it.
pub(crate) struct About<'c> {
    catalog: &'c Catalog,
    errors: &'c Errors,
    code: String,
}

/// A question about one code: an event, split by fields of it or of the origin.
struct Split<'s> {
    event: &'s str,
    by: &'s [&'s str],
}

impl<'c> About<'c> {
    /// The code, where the catalogue declares it.
    pub(crate) fn new(catalog: &'c Catalog, code: &str) -> Option<Self> {
        let errors = catalog.errors.as_ref()?;
        let about = Self { catalog, errors, code: code.to_owned() };
        let events = [&errors.shown, &errors.vote].into_iter().flatten();
        let mut members = events.filter_map(|event| about.code_field(event)).flat_map(|field| field.kind.members());
        members.any(|member| member == code).then_some(about)
    }

    /// Its page, where the tool has pages.
    pub(crate) fn page(&self) -> Option<&'c Page> {
        self.errors.pages.iter().find(|page| page.code == self.code)
    }

    /// Every figure, each by itself.
    pub(crate) fn figures(&self, scope: &Scope<'_>, oracle: &Oracle<'_>) -> Vec<Result<Drawn, String>> {
        let mut figures = Vec::new();
        if let Some(shown) = &self.errors.shown {
            figures.push(self.met(shown, scope, oracle));
        }
        if let Some(vote) = &self.errors.vote {
            figures.push(self.helped(vote, scope, oracle));
            if !scope.is_public() && self.page().is_some_and(|page| page.revisions.len() > 1) {
                figures.push(self.by_text(vote, scope, oracle));
            }
            for (field, title) in [("reason", "Why its text did not help"), ("surface", "Where votes were cast")] {
                if self.field(vote, field).is_some() {
                    figures.push(self.ranked(&Split { event: vote, by: &[field] }, title, scope, oracle));
                }
            }
        }
        if let Some((followed, next)) = self.next() {
            figures.push(self.ranked(&Split { event: followed, by: &[next] }, "What happened next", scope, oracle));
        }
        if let Some(shown) = &self.errors.shown {
            for by in self.places() {
                figures.push(self.skew(shown, &by, scope, oracle));
            }
        }
        figures.into_iter().map(|figure| figure.map(|drawn| Drawn { notes: scope.take_notes(), ..drawn })).collect()
    }

    fn event(&self, name: &str) -> Option<&'c EventSpec> {
        self.catalog.events.iter().find(|event| event.name == name)
    }

    fn field(&self, event: &str, field: &str) -> Option<&'c Field> {
        self.event(event)?.fields.iter().find(|declared| declared.name == field)
    }

    fn code_field(&self, event: &str) -> Option<&'c Field> {
        let event = self.event(event)?;
        event.fields.get(event.code_field()?)
    }

    fn flag_field(&self, event: &str) -> Option<&'c Field> {
        let event = self.event(event)?;
        event.fields.get(event.flag_field()?)
    }

    /// The event that says what came next, and the field of it that does.
    fn next(&self) -> Option<(&'c str, &'c str)> {
        let event = self.event(self.errors.followed.as_deref()?)?;
        let field = event.fields.iter().find(|field| matches!(field.kind, Kind::Choice(_)))?;
        Some((&event.name, &field.name))
    }

    /// What of the origin may explain an error: the system, and versions of what the tool runs on.
    fn places(&self) -> Vec<String> {
        let fields = self.catalog.origin.iter().filter_map(|field| match &field.kind {
            Kind::Choice(_) if field.name == "os" => Some(field.name.clone()),
            Kind::Version { .. } if field.name != "version" => Some(format!("{}.major", field.name)),
            _ => None,
        });
        fields.collect()
    }

    fn counted(split: &Split<'_>) -> Counted {
        let by = split.by.iter().map(|by| (*by).to_owned()).collect();
        Counted { measure: "events".into(), events: vec![split.event.to_owned()], by }
    }

    /// The same question about this code only.
    fn of_code(&self, ask: Ask, event: &str) -> Ask {
        let field = self.code_field(event).map_or("code", |field| &field.name);
        let is_vote = self.errors.vote.as_deref() == Some(event);
        let ask = if is_vote { with_readers(ask) } else { ask };
        ask.with("where", format!("{event}.{field}:{}", self.code))
    }

    fn whole(&self, split: &Split<'_>, scope: &Scope<'_>) -> Ask {
        self.of_code(scope.whole(&Self::counted(split)).0, split.event)
    }

    fn head(title: impl Into<String>, counts: &str, unit: Unit, scope: &Scope<'_>) -> Head {
        Head { title: title.into(), counts: counts.into(), unit, minimum: scope.minimum() }
    }

    /// How often it was met, by version over time, with the days on which its text was rewritten.
    fn met(&self, shown: &str, scope: &Scope<'_>, oracle: &Oracle<'_>) -> Result<Drawn, String> {
        let counted = Self::counted(&Split { event: shown, by: &["version"] });
        let table = oracle.ask(&self.of_code(scope.over_time(&counted), shown))?;
        let mut course = Course::of(&table, scope.today, Gap::Zero);
        course.keep(SERIES_MAX);
        course.by_version();
        let head = Self::head(format!("How often {} was shown, by version", self.code), "times", Unit::Count, scope);
        let plot = Plot {
            form: Form::Stacked,
            annotations: self.annotations(),
            ..Plot::lines(head, course.across(), course.series)
        };
        Ok(Drawn::one(plot.draw()))
    }

    fn annotations(&self) -> Vec<Annotation> {
        let revisions = self.page().into_iter().flat_map(|page| &page.revisions).skip(1);
        let mark = |revision: &aboveboard_catalog::errors::Revision| Annotation {
            day: revision.day,
            text: format!("text of {}", revision.version),
            change: Change::Text,
        };
        revisions.map(mark).collect()
    }

    /// The part of votes that it helped, over all days as a sentence and by weeks as a line.
    fn helped(&self, vote: &str, scope: &Scope<'_>, oracle: &Oracle<'_>) -> Result<Drawn, String> {
        let Some(flag) = self.flag_field(vote) else { return Err(format!("`{vote}` has no flag")) };
        let split = Split { event: vote, by: &[&flag.name] };
        let whole = oracle.ask(&self.whole(&split, scope))?;
        let (tally, hidden) = tally(groups(&whole), 0);
        let weekly = oracle.ask(&self.of_code(scope.by(&Self::counted(&split), Bucket::Week), vote))?;
        let course = Course::of(&weekly, scope.today, Gap::Zero);
        let points = (0..course.starts.len()).map(|place| share_of_week(&course, place)).collect();
        let head = Self::head("The part of votes that its text helped, by week", "votes", Unit::Share, scope);
        let series = vec![Series::new("helped", points)];
        let plot = Plot { annotations: self.annotations(), ..Plot::lines(head, course.across(), series) };
        Ok(Drawn::one(plot.draw()).saying(Some(helped(tally, hidden, scope.minimum()))))
    }

    /// Votes by the text that their version has.
    fn by_text(&self, vote: &str, scope: &Scope<'_>, oracle: &Oracle<'_>) -> Result<Drawn, String> {
        let (Some(flag), Some(page)) = (self.flag_field(vote), self.page()) else {
            return Err("there is no page".into());
        };
        let split = Split { event: vote, by: &["version", &flag.name] };
        let table = oracle.ask(&self.whole(&split, &scope.with_whole_versions()))?;
        let groups = groups(&table);
        let texts = &page.revisions;
        let bars = texts.iter().enumerate().rev().filter_map(|(place, text)| {
            let until = texts.get(place + 1).map(|next| next.version.as_str());
            let has = |group: &&Group| group.key.first().is_some_and(|version| has_text(version, &text.version, until));
            let (tally, _) = tally(groups.iter().filter(has).cloned().collect(), 1);
            let point = tally.share().map(|share| Point::of(share, tally.of()))?;
            let name = format!("text of {}, {}", text.version, text.day);
            Some(Bar { interval: tally.interval(), ..Bar::new(name, point) })
        });
        let bars: Vec<Bar> = bars.collect();
        let sentence = match bars.as_slice() {
            [after, before, ..] => compared(after, before),
            _ => None,
        };
        let head = Self::head("The part of votes that each text helped", "votes", Unit::Share, scope);
        let ranked =
            Ranked { head, rows_are: "text".into(), n_counts: Some("votes".into()), columns: Vec::new(), bars };
        Ok(Drawn::one(ranked.draw()).saying(sentence))
    }

    fn ranked(&self, split: &Split<'_>, title: &str, scope: &Scope<'_>, oracle: &Oracle<'_>) -> Result<Drawn, String> {
        let table = oracle.ask(&self.whole(split, scope))?;
        let said = groups(&table).into_iter().filter(|group| group.key != ["none"]);
        let bars = said.map(|group| Bar { folded: group.folded, ..Bar::new(group.key.join(""), group.point) });
        let bars: Vec<Bar> = with_shares(bars.collect());
        let head = Self::head(title, "times", Unit::Count, scope);
        let (rows_are, columns) = (split.by.join(" "), vec!["share".to_owned()]);
        Ok(Drawn::one(Ranked { head, rows_are, n_counts: None, columns, bars }.draw()))
    }

    /// Where this code is met, beside where all errors are.
    fn skew(&self, shown: &str, by: &str, scope: &Scope<'_>, oracle: &Oracle<'_>) -> Result<Drawn, String> {
        let split = Split { event: shown, by: &[by] };
        let table = oracle.ask(&self.whole(&split, scope))?;
        let all = named(&*oracle.ask(&scope.whole(&Self::counted(&split)).0)?);
        let whole: f64 = all.iter().filter_map(|(_, point)| point.value.known()).sum();
        let said = groups(&table).into_iter().filter(|group| group.key != ["none"]);
        let bars = said.map(|group| Bar { folded: group.folded, ..Bar::new(group.key.join(""), group.point) });
        let mut bars = with_shares(bars.collect());
        bars.truncate(ROWS_MAX);
        for bar in &mut bars {
            let known = all.iter().find(|(name, _)| *name == bar.name).and_then(|(_, point)| point.value.known());
            bar.more.push(known.map_or("–".into(), |n| Unit::Share.full(n / whole.max(1.0))));
        }
        let head = Self::head(format!("{} by {by}, beside all errors", self.code), "times", Unit::Count, scope);
        let columns = vec!["share".to_owned(), "share of all errors".to_owned()];
        Ok(Drawn::one(Ranked { head, rows_are: by.to_owned(), n_counts: None, columns, bars }.draw()))
    }

    /// What is known of it, to be pasted where work is planned.
    pub(crate) fn issue(&self, scope: &Scope<'_>, oracle: &Oracle<'_>) -> String {
        let mut lines = vec![match self.page() {
            Some(page) => format!("Rewrite the text of {}: {}", self.code, page.title),
            None => format!("Rewrite the text of {}", self.code),
        }];
        lines.push(String::new());
        let (from, to) = scope.state.days(scope.today);
        lines.push(format!("{} to {}, {}:", from, to, self.catalog.tool.title));
        let counted = |event: &str, by: &str| -> Vec<String> {
            let table = oracle.ask(&self.whole(&Split { event, by: &[by] }, scope));
            let groups = table.map(|table| groups(&table)).unwrap_or_default();
            let said = groups.into_iter().filter(|group| group.key != ["none"]);
            let text = |group: Group| group.point.value.known().map(|n| format!("{} {n:.0}", group.key.join("")));
            said.filter_map(text).take(ROWS_MAX).collect()
        };
        let mut say = |what: &str, said: Vec<String>| {
            if !said.is_empty() {
                lines.push(format!("- {what}: {}", said.join(", ")));
            }
        };
        if let Some(shown) = &self.errors.shown {
            say("shown, by version", counted(shown, "version"));
        }
        if let Some(vote) = &self.errors.vote {
            let helpful = self.flag_field(vote).map_or("helpful", |flag| &flag.name);
            let table = oracle.ask(&self.whole(&Split { event: vote, by: &[helpful] }, scope));
            let (tally, hidden) = table.map(|table| tally(groups(&table), 0)).unwrap_or_default();
            say("votes", vec![helped(tally, hidden, scope.minimum())]);
            if self.field(vote, "reason").is_some() {
                say("why not", counted(vote, "reason"));
            }
        }
        if let Some((followed, next)) = self.next() {
            say("what happened next", counted(followed, next));
        }
        let texts = self.page().into_iter().flat_map(|page| &page.revisions);
        say("texts so far", texts.map(|text| format!("{} in {} ({})", text.day, text.version, text.note)).collect());
        lines.push(String::new());
        lines.join("\n")
    }
}

/// The codes, that first whose text is to be rewritten first: how many machines (or reports) meet it, times the part of
/// votes that it surely did not help.
pub(crate) fn queue(catalog: &Catalog, scope: &Scope<'_>, oracle: &Oracle<'_>) -> Result<Drawn, String> {
    let Some(errors) = &catalog.errors else { return Err("the catalogue has no section `[errors]`".into()) };
    let votes = votes(catalog, errors).ok_or("the catalogue names no event of votes")?;
    let tallies = tallies(&votes, scope, oracle)?;
    // Where the tool does not say which errors it showed, votes are what is known of how often they are met.
    let met = errors.shown.as_ref().unwrap_or(&votes.event);
    let code = catalog.events.iter().find(|event| event.name == *met);
    let code = code.and_then(|event| event.fields.get(event.code_field()?)).ok_or("there is no field of codes")?;
    let measure = if scope.has_ids() { "machines" } else { "reports" };
    let counted =
        Counted { measure: measure.into(), events: vec![met.clone()], by: vec![format!("{met}.{}", code.name)] };
    let (ask, span) = scope.whole(&counted);
    let table = oracle.ask(&ask)?;
    let (known, hidden) = (named(&table), groups(&table).iter().any(|group| group.folded));
    let listed: Vec<&String> = match errors.pages.is_empty() {
        true => code.kind.members().iter().filter(|code| known.iter().any(|(name, _)| name == *code)).collect(),
        false => errors.pages.iter().filter(|page| page.removed.is_none()).map(|page| &page.code).collect(),
    };
    let mut rows: Vec<(f64, Bar)> = listed
        .into_iter()
        .map(|code| {
            let point = known.iter().find(|(name, _)| name == code).map(|(_, point)| *point);
            let point = point.unwrap_or(if hidden { Point::FEW } else { Point::count(0) });
            let tally = tallies.get(code).copied().unwrap_or_default();
            let weight = point.value.known().unwrap_or_default() * tally.unhelpful();
            (weight, row(&catalog.tool.name, code, point, tally, weight, scope))
        })
        .collect();
    let often = |bar: &Bar| bar.point.value.known().unwrap_or_default();
    rows.sort_by(|(a, x), (b, y)| b.total_cmp(a).then(often(y).total_cmp(&often(x))).then_with(|| x.name.cmp(&y.name)));
    let first = rows.first().filter(|(weight, _)| *weight > 0.0);
    let sentence = first.map(|(_, bar)| format!("Rewrite {} next: most is to be gained there.", bar.name));
    let head = About::head("Rewrite next", measure, Unit::Count, scope);
    let columns = ["helpful", "votes", "surely not helpful", "weight"].map(str::to_owned).to_vec();
    let bars = rows.into_iter().map(|(_, bar)| bar).collect();
    let drawing: Drawing = Ranked { head, rows_are: "code".into(), n_counts: None, columns, bars }.draw();
    let mut drawn = spanned(Drawn::one(drawing).saying(sentence), span);
    drawn.notes.extend(scope.take_notes());
    Ok(drawn)
}

fn row(tool: &str, code: &str, point: Point, tally: Tally, weight: f64, scope: &Scope<'_>) -> Bar {
    let few = || if scope.minimum() > 1 { format!("fewer than {}", scope.minimum()) } else { "none".into() };
    let voted = tally.of() > 0;
    let votes = if voted { chart::grouped(tally.of()) } else { few() };
    let surely = if voted { Unit::Share.full(tally.unhelpful()) } else { "–".into() };
    let weight = if voted && point.value != Value::Few { format!("{weight:.1}") } else { "–".into() };
    let link = Some(scope.state.address(&format!("/t/{tool}/errors/{code}"), scope.known));
    Bar { link, more: vec![tally.text(), votes, surely, weight], ..Bar::new(code, point) }
}

/// The event of votes, and its fields.
fn votes(catalog: &Catalog, errors: &Errors) -> Option<Votes> {
    let event = catalog.events.iter().find(|event| Some(&event.name) == errors.vote.as_ref())?;
    let name = |position: Option<usize>| Some(event.fields.get(position?)?.name.clone());
    Some(Votes { event: event.name.clone(), code: name(event.code_field())?, helpful: name(event.flag_field())? })
}

/// The last day on which the text of a page was rewritten, and how many votes there were before, where that may be told
/// to everybody.
pub(crate) fn rewritten(catalog: &Catalog, page: &Page, oracle: &Oracle<'_>) -> Option<(Day, Option<u64>)> {
    let [_, .., last] = page.revisions.as_slice() else { return None };
    let votes = catalog.errors.as_ref().and_then(|errors| votes(catalog, errors));
    let before = votes.and_then(|votes| {
        let (from, to) = (last.day.plus(-BEFORE_DAYS), last.day.plus(-1));
        let ask = Ask::new(Route::Query, &catalog.tool.name)
            .with("measure", "events")
            .with("by", format!("{}.{}", votes.event, votes.code))
            .with("where", format!("event:{}", votes.event))
            .with("from", from.to_string())
            .with("to", to.to_string());
        let table = oracle.ask(&ask).ok()?;
        let (_, point) = named(&table).into_iter().find(|(code, _)| *code == page.code)?;
        point.value.known().map(|n| n as u64)
    });
    Some((last.day, before))
}

/// Yes and no among groups whose key has the flag at this place, and whether something is hidden.
fn tally(groups: Vec<Group>, place: usize) -> (Tally, bool) {
    let mut tally = Tally::default();
    let hidden = groups.iter().any(|group| group.folded);
    for group in groups.into_iter().filter(|group| !group.folded) {
        let n = group.point.value.known().unwrap_or_default() as u64;
        match group.key.get(place).map(String::as_str) {
            Some("true") => tally.yes += n,
            Some("false") => tally.no += n,
            _ => {}
        }
    }
    (tally, hidden)
}

fn helped(tally: Tally, hidden: bool, minimum: u64) -> String {
    match (tally.share(), tally.interval()) {
        _ if hidden => format!("A part of the votes is of fewer than {minimum}, so it is not told how many it helped."),
        (Some(share), Some(Interval { low, high })) => {
            let [share, low, high] = [share, low, high].map(|part| Unit::Share.full(part));
            format!(
                "Of {} votes {share} say that its text helped; with 95 % confidence {low} to {high}.",
                chart::grouped(tally.of())
            )
        }
        _ => "Nobody has voted on its text in these days.".into(),
    }
}

/// The share of one week; not told when a part of it is hidden.
fn share_of_week(course: &Course, place: usize) -> Point {
    let of = |name: &str| {
        let series = course.series.iter().find(|series| series.name == name);
        series.and_then(|series| series.points.get(place)).and_then(|point| point.value.known()).unwrap_or_default()
    };
    let is_hidden = |series: &&Series| {
        series
            .points
            .get(place)
            .is_some_and(|point| point.value == Value::Few || (series.folded && point.value.known() > Some(0.0)))
    };
    if course.series.iter().any(|series| is_hidden(&series)) {
        return Point::FEW;
    }
    let tally = Tally { yes: of("true") as u64, no: of("false") as u64 };
    tally.share().map_or(Point::MISSING, |share| Point::of(share, tally.of()))
}

/// Whether a new text is better, as far as that can be said.
fn compared(after: &Bar, before: &Bar) -> Option<String> {
    let (now, then) = (after.interval?, before.interval?);
    Some(if now.low > then.high {
        "The new text helps more than the one before.".into()
    } else if now.high < then.low {
        "The new text helps less than the one before.".into()
    } else {
        "It cannot be said yet which text helps more.".into()
    })
}

fn with_shares(mut bars: Vec<Bar>) -> Vec<Bar> {
    let whole: f64 = bars.iter().filter_map(|bar| bar.point.value.known()).sum();
    for bar in &mut bars {
        let share = bar.point.value.known().map_or("–".into(), |n| Unit::Share.full(n / whole.max(1.0)));
        bar.more.push(share);
    }
    bars
}
