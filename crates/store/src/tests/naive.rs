//! The answers by a loop over all rows, in texts: slow, and too simple to be wrong in the same way as the scan.

use std::collections::{BTreeMap, BTreeSet};

use aboveboard_catalog::version::Grain;
use aboveboard_catalog::{
    Bucket, Catalog, Day, Dimension, FIRST_CODE, Field, Filter, IdHash, Identity, Kind, Measure, OTHER, Placed,
    Question, Value,
};

use crate::scan::{CohortRow, CountRow};
use crate::{Batch, Entry};

/// Everything that was kept, row by row.
#[derive(Debug, Default)]
pub(crate) struct Naive {
    rows: Vec<Row>,
    /// Distinct versions seen, by tool, event (none for the origin) and field.
    versions: BTreeMap<(String, Option<String>, String), BTreeSet<u128>>,
}

#[derive(Clone, Debug)]
struct Row {
    tool: String,
    /// None for the row that says a batch arrived.
    event: Option<String>,
    day: Day,
    /// By name of the field: its texts, several for sets.
    origin: BTreeMap<String, Said>,
    fields: BTreeMap<String, Said>,
    ids: Vec<IdHash>,
    machine: Option<IdHash>,
    n: u64,
    first: [bool; 3],
    cohort: Option<Day>,
}

/// What a field said: its texts, and its bucket if it is a number.
#[derive(Clone, Debug, Default)]
struct Said {
    texts: Vec<String>,
    bucket: Option<usize>,
}

impl Naive {
    /// Adds a batch as the store does: a row for each kept event, and one for each origin that was needed.
    pub(crate) fn commit(&mut self, catalog: &Catalog, batch: &Batch) {
        let mut present: Vec<usize> = Vec::new();
        for entry in &batch.entries {
            let Entry::Kept { origin, event, .. } = entry else { continue };
            if !present.contains(origin) {
                present.push(*origin);
                self.note_presence(catalog, batch, *origin, present.len() == 1);
            }
            let declared = &catalog.events[event.position()];
            let mut row = self.row(catalog, batch, *origin);
            row.fields = self.said(&catalog.tool.name, Some(&declared.name), &declared.fields, event.values());
            row.ids.extend(ids(event.values()));
            (row.event, row.n) = (Some(declared.name.clone()), u64::from(event.n()));
            self.rows.push(row);
        }
        if batch.entries.is_empty() {
            (0..batch.origins.len()).for_each(|origin| self.note_presence(catalog, batch, origin, origin == 0));
        }
    }

    fn note_presence(&mut self, catalog: &Catalog, batch: &Batch, origin: usize, is_first: bool) {
        let mut row = self.row(catalog, batch, origin);
        if is_first {
            row.first = [batch.first.day, batch.first.week, batch.first.month];
        }
        self.rows.push(row);
    }

    fn row(&mut self, catalog: &Catalog, batch: &Batch, origin: usize) -> Row {
        let values = batch.origins[origin].values();
        let machine = catalog.origin.iter().position(|field| field.name == "machine");
        let is_machine = |(position, _): &&Placed| Some(usize::from(*position)) == machine;
        Row {
            tool: catalog.tool.name.clone(),
            event: None,
            day: batch.day,
            origin: self.said(&catalog.tool.name, None, &catalog.origin, values),
            fields: BTreeMap::new(),
            ids: ids(values).collect(),
            machine: values.iter().filter(is_machine).find_map(|(_, value)| id(*value)),
            n: 1,
            first: [false; 3],
            cohort: batch.cohort,
        }
    }

    fn said(&mut self, tool: &str, event: Option<&str>, fields: &[Field], values: &[Placed]) -> BTreeMap<String, Said> {
        let mut said = BTreeMap::new();
        for (position, value) in values {
            let field = &fields[usize::from(*position)];
            let key = (tool.to_owned(), event.map(str::to_owned), field.name.clone());
            let texts = match (*value, &field.kind) {
                (Value::Version(version), Kind::Version { distinct_max }) => {
                    let known = self.versions.entry(key).or_default();
                    let kept = known.contains(&version.to_bits()) || known.len() < *distinct_max as usize;
                    if kept {
                        known.insert(version.to_bits());
                    }
                    vec![if kept { version.to_string() } else { "other".into() }]
                }
                (Value::Set(set), kind) => set_texts(set, kind),
                (Value::Code(code), kind) => vec![if code == OTHER { "other".into() } else { kind.label(code) }],
                _ => Vec::new(),
            };
            let bucket = match *value {
                Value::Code(code) => code.checked_sub(FIRST_CODE).map(|bucket| bucket as usize),
                _ => None,
            };
            said.insert(field.name.clone(), Said { texts, bucket });
        }
        said
    }

    /// Drops every row that holds the id; it counts anew when it comes again.
    pub(crate) fn forget(&mut self, tool: &str, id: IdHash) {
        self.rows.retain(|row| row.tool != tool || !row.ids.contains(&id));
    }

    fn visible(&self, catalog: &Catalog, today: Day) -> impl Iterator<Item = &Row> {
        let days = today.0 - catalog.tool.retention_days as i32..=today.0 + 1;
        self.rows.iter().filter(move |row| row.tool == catalog.tool.name && days.contains(&row.day.0))
    }

    /// The answer, with every group's support; `None` where the store cannot know.
    pub(crate) fn answer(&self, catalog: &Catalog, question: &Question, today: Day) -> Option<Vec<CountRow>> {
        let ids = has_machine(catalog);
        let about_origin = |of: &Dimension| matches!(of.whole(), Dimension::Origin(_));
        let mut dimensions = question.by.iter().chain(question.filters.iter().map(|filter| &filter.dimension));
        let only_origin = dimensions.all(about_origin);
        let machines = question.measure == Measure::Machines;
        if machines && !ids && (!only_origin || question.bucket.is_none()) {
            return None;
        }
        let mut groups: BTreeMap<(Option<Day>, Vec<String>), Vec<&Row>> = BTreeMap::new();
        for row in self.visible(catalog, today) {
            let is_presence = row.event.is_none();
            let counts = if machines { is_presence == only_origin } else { !is_presence };
            let first = !machines || ids || is_first(row, question.bucket);
            if counts && first && in_days(question, row.day, machines && !ids) && concerns(catalog, question, row) {
                let bucket = question.bucket.map(|bucket| row.day.start_of(bucket));
                for key in keys(catalog, &question.by, row) {
                    groups.entry((bucket, key)).or_default().push(row);
                }
            }
        }
        let rows = groups.into_iter().filter_map(|((bucket, key), rows)| {
            let machines_here: BTreeSet<IdHash> = rows.iter().filter_map(|row| row.machine).collect();
            let support = if ids { machines_here.len() } else { rows.len() } as u64;
            let (n, percentile) = measured(catalog, question, &rows, support)?;
            Some(CountRow { bucket, key, n, support, percentile })
        });
        Some(rows.collect())
    }

    pub(crate) fn retention(
        &self,
        catalog: &Catalog,
        bucket: Bucket,
        (from, to): (Day, Day),
        today: Day,
    ) -> Option<Vec<CohortRow>> {
        let mut counts: BTreeMap<(Day, u32), u64> = BTreeMap::new();
        let present = || self.visible(catalog, today).filter(|row| row.event.is_none() && row.day <= to);
        if has_machine(catalog) && catalog.tool.identity != Identity::Month {
            let mut seen: BTreeMap<IdHash, BTreeSet<Day>> = BTreeMap::new();
            for row in present() {
                if let Some(machine) = row.machine {
                    seen.entry(machine).or_default().insert(row.day.start_of(bucket));
                }
            }
            for spans in seen.values() {
                let cohort = *spans.first()?;
                for span in spans {
                    *counts.entry((cohort, spans_between(cohort, *span, bucket))).or_default() += 1;
                }
            }
        } else if bucket == Bucket::Month {
            for row in present().filter(|row| row.first[2]) {
                let visit = row.day.start_of(bucket);
                let started = row.cohort.filter(|cohort| *cohort <= visit && *cohort == cohort.start_of(bucket));
                if let Some(cohort) = started.filter(|_| visit >= from.start_of(bucket)) {
                    *counts.entry((cohort, spans_between(cohort, visit, bucket))).or_default() += 1;
                }
            }
        } else {
            return None;
        }
        let asked_for = counts.into_iter().filter(|((cohort, _), _)| *cohort >= from.start_of(bucket));
        Some(asked_for.map(|((cohort, period), machines)| CohortRow { cohort, period, machines }).collect())
    }

    pub(crate) fn funnel(
        &self,
        catalog: &Catalog,
        steps: &[usize],
        filters: &[Filter],
        (from, to): (Day, Day),
        today: Day,
    ) -> Option<Vec<u64>> {
        has_machine(catalog).then_some(())?;
        let mut reached: BTreeMap<IdHash, Day> = BTreeMap::new();
        let mut counts = Vec::new();
        for (position, step) in steps.iter().enumerate() {
            let mut next: BTreeMap<IdHash, Day> = BTreeMap::new();
            for row in self.visible(catalog, today).filter(|row| row.day >= from && row.day <= to) {
                let Some(machine) = row.machine else { continue };
                let is_step = row.event.as_ref() == Some(&catalog.events[*step].name);
                let passes = filters.iter().all(|filter| match filter.dimension.whole() {
                    Dimension::Field { event, .. } if event != *step => true,
                    _ => passes(catalog, filter, row),
                });
                let in_order = position == 0 || reached.get(&machine).is_some_and(|day| row.day >= *day);
                if is_step && passes && in_order {
                    next.entry(machine).and_modify(|day| *day = (*day).min(row.day)).or_insert(row.day);
                }
            }
            counts.push(next.len() as u64);
            reached = next;
        }
        Some(counts)
    }
}

fn measured(catalog: &Catalog, question: &Question, rows: &[&Row], support: u64) -> Option<(u64, Option<f64>)> {
    let n: u64 = rows.iter().map(|row| row.n).sum();
    match question.measure {
        Measure::Events | Measure::Share => Some((n, None)),
        Measure::Reports => Some((rows.len() as u64, None)),
        Measure::Machines => (support > 0).then_some((support, None)),
        Measure::Percentile { event, field, percent } => {
            let field = &catalog.events[event].fields[field];
            let Kind::Number { buckets, .. } = &field.kind else { return None };
            let mut values: Vec<usize> = rows
                .iter()
                .filter_map(|row| Some((row.fields.get(&field.name)?.bucket?, row.n)))
                .flat_map(|(bucket, n)| std::iter::repeat_n(bucket, n as usize))
                .collect();
            values.sort_unstable();
            let rank = (values.len() * usize::from(percent)).div_ceil(100);
            let bucket = values.get(rank.max(1) - 1)?;
            Some((values.len() as u64, Some(buckets.value(*bucket))))
        }
    }
}

fn is_first(row: &Row, bucket: Option<Bucket>) -> bool {
    match bucket {
        Some(Bucket::Day) => row.first[0],
        Some(Bucket::Week) => row.first[1],
        Some(Bucket::Month) => row.first[2],
        None => false,
    }
}

fn in_days(question: &Question, day: Day, whole_buckets: bool) -> bool {
    let (mut from, mut to) = (question.from, question.to);
    if let Some(bucket) = question.bucket.filter(|_| whole_buckets) {
        (from, to) = (from.start_of(bucket), to.start_of_next(bucket).plus(-1));
    }
    (from..=to).contains(&day)
}

/// Whether the row is one that the question looks at: of its event, if it names one, and past its filters.
fn concerns(catalog: &Catalog, question: &Question, row: &Row) -> bool {
    let of_event = question.event().is_none_or(|event| row.event.as_ref() == Some(&catalog.events[event].name));
    let declared = row.event.as_ref().is_none_or(|name| catalog.events.iter().any(|event| event.name == *name));
    let has_value = match question.measure {
        Measure::Percentile { event, field, .. } => {
            let name = &catalog.events[event].fields[field].name;
            row.fields.get(name).is_some_and(|said| said.bucket.is_some())
        }
        _ => true,
    };
    of_event && declared && has_value && question.filters.iter().all(|filter| passes(catalog, filter, row))
}

fn passes(catalog: &Catalog, filter: &Filter, row: &Row) -> bool {
    let texts = texts(catalog, filter.dimension, row);
    texts.iter().any(|text| filter.values.contains(text)) != filter.not
}

fn texts(catalog: &Catalog, dimension: Dimension, row: &Row) -> Vec<String> {
    let said = match dimension {
        Dimension::Event => return row.event.iter().cloned().collect(),
        Dimension::Origin(field) | Dimension::OriginVersions(field, _) => row.origin.get(&catalog.origin[field].name),
        Dimension::Field { event, field } | Dimension::FieldVersions { event, field, .. } => {
            row.fields.get(&catalog.events[event].fields[field].name)
        }
    };
    let texts = said.map_or_else(|| vec!["none".into()], |said| said.texts.clone());
    match dimension.grain() {
        Some(grain) => texts.iter().map(|text| first_numbers(text, grain)).collect(),
        None => texts,
    }
}

/// `1.2.3-rc.1` is `1.2`; words stay.
fn first_numbers(text: &str, grain: Grain) -> String {
    let numbers = if grain == Grain::Major { 1 } else { 2 };
    text.split('.').take(numbers).collect::<Vec<_>>().join(".")
}

fn keys(catalog: &Catalog, by: &[Dimension], row: &Row) -> Vec<Vec<String>> {
    by.iter().fold(vec![Vec::new()], |keys, dimension| {
        let texts = texts(catalog, *dimension, row);
        let longer = |key: &Vec<String>| {
            texts.iter().map(|text| key.iter().chain([text]).cloned().collect()).collect::<Vec<Vec<String>>>()
        };
        keys.iter().flat_map(longer).collect()
    })
}

fn set_texts(set: u32, kind: &Kind) -> Vec<String> {
    let other = (set & 1 != 0).then(|| "other".to_owned());
    let members = kind.members().iter().zip(1..).filter(|(_, bit)| set >> bit & 1 != 0);
    other.into_iter().chain(members.map(|(member, _)| member.clone())).collect()
}

fn spans_between(first: Day, last: Day, bucket: Bucket) -> u32 {
    let next = |day: &Day| Some(day.start_of_next(bucket));
    std::iter::successors(Some(first), next).take_while(|day| *day < last).count() as u32
}

fn has_machine(catalog: &Catalog) -> bool {
    catalog.origin.iter().any(|field| field.name == "machine")
}

fn id(value: Value) -> Option<IdHash> {
    match value {
        Value::Id(hash) => Some(hash),
        _ => None,
    }
}

fn ids(values: &[Placed]) -> impl Iterator<Item = IdHash> + '_ {
    values.iter().filter_map(|(_, value)| id(*value))
}
