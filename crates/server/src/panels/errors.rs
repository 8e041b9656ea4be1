//! What goes wrong: error codes with how often, since which version, and whether their texts help.

use std::collections::BTreeMap;

use super::ranked::spanned;
use super::rows::{Course, Gap, compare_versions, groups, named, version};
use super::{Drawn, Oracle, Scope, Size};
use crate::ask::Ask;
use crate::chart::{self, Bar, Head, Interval, Point, Ranked, Unit, Value};
use crate::views::{Counted, Votes};

const ROWS_SMALL: usize = 6;
const ROWS_FULL: usize = 300;

/// Votes on a code.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Tally {
    pub(super) yes: u64,
    pub(super) no: u64,
}

impl Tally {
    pub(super) fn of(self) -> u64 {
        self.yes + self.no
    }

    pub(super) fn share(self) -> Option<f64> {
        (self.of() > 0).then(|| self.yes as f64 / self.of() as f64)
    }

    pub(super) fn interval(self) -> Option<Interval> {
        chart::wilson(self.yes, self.of())
    }

    /// The part of votes that did not help, at least: what can be said for sure.
    pub(super) fn unhelpful(self) -> f64 {
        chart::wilson(self.no, self.of()).map_or(0.0, |interval| interval.low)
    }

    pub(super) fn text(self) -> String {
        match (self.share(), self.interval()) {
            (Some(share), Some(Interval { low, high })) => {
                let [low, high] = [low, high].map(|end| (end * 100.0).round());
                format!("{} ({low:.0}–{high:.0})", Unit::Share.full(share))
            }
            _ => "–".into(),
        }
    }
}

pub(super) fn errors(
    counted: &Counted,
    votes: Option<&Votes>,
    scope: &Scope<'_>,
    oracle: &Oracle<'_>,
    size: Size,
) -> Result<Drawn, String> {
    let (ask, span) = scope.whole(counted);
    let table = oracle.ask(&ask)?;
    let tallies = votes.map(|votes| tallies(votes, scope, oracle)).transpose()?.unwrap_or_default();
    let mut bars: Vec<Bar> = groups(&table)
        .into_iter()
        .filter(|group| group.key != ["none"])
        .map(|group| Bar { folded: group.folded, ..Bar::new(group.key.join(""), group.point) })
        .collect();
    let rewrite = next(&bars, &tallies);
    bars.truncate(if size == Size::Small { ROWS_SMALL } else { ROWS_FULL });
    let course = Course::of(&*oracle.ask(&scope.over_time(counted))?, scope.today, Gap::Zero);
    let by = counted.by.first().map_or("", String::as_str);
    let mut columns = Vec::new();
    let more = if size == Size::Full { beside(counted, scope, oracle)? } else { Beside::default() };
    let voted = bars.iter().any(|bar| tallies.contains_key(&bar.name));
    if voted {
        columns.extend(["helpful".to_owned(), "votes".to_owned()]);
    }
    columns.extend(more.columns());
    for bar in &mut bars {
        bar.link =
            page_of(counted, &bar.name, scope).or_else(|| scope.narrowed_to(by, &bar.name)).filter(|_| !bar.folded);
        let series = course.series.iter().find(|series| series.name == bar.name);
        bar.trend = series.map(|series| series.points.iter().map(|point| point.value).collect()).unwrap_or_default();
        if voted {
            let tally = tallies.get(&bar.name).copied().unwrap_or_default();
            bar.more.extend([tally.text(), chart::grouped(tally.of())]);
        }
        bar.more.extend(more.texts(&bar.name));
    }
    let head = scope.head("Error codes", counted);
    let drawing = Ranked { head, rows_are: "code".into(), n_counts: None, columns, bars }.draw();
    Ok(spanned(Drawn::one(drawing).asking_for(rewrite), span))
}

/// The page of a code, where the tool has such pages.
fn page_of(counted: &Counted, code: &str, scope: &Scope<'_>) -> Option<String> {
    let errors = scope.catalog().errors.as_ref().filter(|errors| errors.shown.as_ref() == counted.events.first())?;
    let has_page = errors.pages.iter().any(|page| page.code == code);
    let path = format!("/t/{}/errors/{code}", scope.catalog().tool.name);
    has_page.then(|| scope.state.address(&path, scope.known))
}

/// The code whose text to rewrite first: how often it is met, times the part of votes that it surely did not help.
fn next(bars: &[Bar], tallies: &BTreeMap<String, Tally>) -> Option<String> {
    let weight = |bar: &Bar| {
        let tally = tallies.get(&bar.name)?;
        Some((bar.point.value.known()? * tally.unhelpful(), tally.no, tally.of(), bar.name.clone()))
    };
    let worst = bars.iter().filter(|bar| !bar.folded).filter_map(weight).max_by(|a, b| a.0.total_cmp(&b.0))?;
    let (weight, no, of, name) = worst;
    (weight > 0.0).then(|| format!("Rewrite {name} next: {no} of {of} votes say that its text did not help."))
}

/// What stands beside how often: machines, and the first and the last version.
#[derive(Default)]
struct Beside {
    machines: Option<(String, BTreeMap<String, Point>)>,
    versions: Option<BTreeMap<String, Vec<String>>>,
}

impl Beside {
    fn columns(&self) -> impl Iterator<Item = String> + '_ {
        let machines = self.machines.iter().map(|(counts, _)| counts.clone());
        let versions = self.versions.iter().flat_map(|_| ["first in".to_owned(), "last in".to_owned()]);
        machines.chain(versions)
    }

    fn texts(&self, code: &str) -> Vec<String> {
        let machines = self.machines.iter().map(|(_, points)| {
            points.get(code).and_then(|point| point.value.known()).map_or("–".into(), |n| Unit::Count.full(n))
        });
        let versions = self.versions.iter().flat_map(|versions| {
            let of = versions.get(code).map(Vec::as_slice).unwrap_or_default();
            [of.first(), of.last()].map(|version| version.cloned().unwrap_or_else(|| "–".into()))
        });
        machines.chain(versions).collect()
    }
}

fn beside(counted: &Counted, scope: &Scope<'_>, oracle: &Oracle<'_>) -> Result<Beside, String> {
    let measure = if scope.has_ids() { "machines" } else { "reports" };
    let machines = Counted { measure: measure.into(), ..counted.clone() };
    let machines = named(&*oracle.ask(&scope.whole(&machines).0)?).into_iter().collect();
    let [code] = counted.by.as_slice() else { return Ok(Beside::default()) };
    let by_version = Counted { by: vec![code.clone(), "version".into()], ..counted.clone() };
    let mut versions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for group in groups(&*oracle.ask(&scope.whole(&by_version).0)?) {
        if let [code, of] = group.key.as_slice()
            && version(of).is_some()
            && !group.folded
        {
            versions.entry(code.clone()).or_default().push(of.clone());
        }
    }
    versions.values_mut().for_each(|versions| versions.sort_by(|a, b| compare_versions(a, b)));
    Ok(Beside { machines: Some((measure.to_owned(), machines)), versions: Some(versions) })
}

/// The same question about votes from everywhere: readers of the documentation say nothing of where they are, and nothing
/// votes in continuous integration.
pub(super) fn with_readers(mut ask: Ask) -> Ask {
    ask.parameters.retain(|(name, value)| name != "where" || value != "ci:false");
    ask
}

fn asked(votes: &Votes, first: String, scope: &Scope<'_>) -> Ask {
    let by = vec![first, format!("{}.{}", votes.event, votes.helpful)];
    with_readers(scope.whole(&Counted { measure: "events".into(), events: vec![votes.event.clone()], by }).0)
}

/// The codes whose texts were rewritten, each with the version that has the last one. The public cannot ask so finely.
fn texts<'s>(scope: &'s Scope<'_>) -> impl Iterator<Item = (&'s str, &'s str)> {
    let pages = scope.catalog().errors.iter().filter(|_| !scope.is_public()).flat_map(|errors| &errors.pages);
    pages.filter_map(|page| match page.revisions.as_slice() {
        [_, .., last] => Some((page.code.as_str(), last.version.as_str())),
        _ => None,
    })
}

/// Whether a version has the text that came with one and went with another.
pub(super) fn has_text(version: &str, from: &str, until: Option<&str>) -> bool {
    let is_version = super::rows::version(version).is_some();
    let gone = until.is_some_and(|until| compare_versions(version, until).is_ge());
    is_version && compare_versions(version, from).is_ge() && !gone
}

/// The votes on each code that may be shown; of a text that was rewritten, those on what it says now.
pub(super) fn tallies(
    votes: &Votes,
    scope: &Scope<'_>,
    oracle: &Oracle<'_>,
) -> Result<BTreeMap<String, Tally>, String> {
    let code = format!("{}.{}", votes.event, votes.code);
    let mut tallies = counted(&asked(votes, code.clone(), scope), oracle)?;
    for (revised, from) in texts(scope) {
        let ask =
            asked(votes, "version".into(), &scope.with_whole_versions()).with("where", format!("{code}:{revised}"));
        let by_version = counted(&ask, oracle)?.into_iter().filter(|(version, _)| has_text(version, from, None));
        let tally = by_version
            .fold(Tally::default(), |sum, (_, tally)| Tally { yes: sum.yes + tally.yes, no: sum.no + tally.no });
        tallies.insert(revised.to_owned(), tally);
    }
    Ok(tallies)
}

/// Votes by whatever is asked for first.
fn counted(ask: &Ask, oracle: &Oracle<'_>) -> Result<BTreeMap<String, Tally>, String> {
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for group in groups(&*oracle.ask(ask)?) {
        let (Value::Known(n), [first, helpful]) = (group.point.value, group.key.as_slice()) else { continue };
        if group.folded {
            continue;
        }
        let tally = tallies.entry(first.clone()).or_default();
        match helpful.as_str() {
            "true" => tally.yes += n as u64,
            "false" => tally.no += n as u64,
            _ => {}
        }
    }
    Ok(tallies)
}

pub(super) fn votes(votes: &Votes, scope: &Scope<'_>, oracle: &Oracle<'_>, size: Size) -> Result<Drawn, String> {
    let mut tallies: Vec<(String, Tally)> = tallies(votes, scope, oracle)?.into_iter().collect();
    tallies.sort_by_key(|(_, tally)| std::cmp::Reverse(tally.of()));
    tallies.truncate(if size == Size::Small { ROWS_SMALL } else { ROWS_FULL });
    let bars = tallies.into_iter().filter_map(|(code, tally)| {
        let point = Point::of(tally.share()?, tally.of());
        Some(Bar { interval: tally.interval(), ..Bar::new(code, point) })
    });
    let head = Head {
        title: "Error texts that helped".into(),
        counts: "votes that say it helped".into(),
        unit: Unit::Share,
        minimum: scope.minimum(),
    };
    let (n_counts, columns) = (Some("votes".to_owned()), Vec::new());
    let ranked = Ranked { head, rows_are: "code".into(), n_counts, columns, bars: bars.collect() };
    Ok(Drawn::one(ranked.draw()))
}
