//! What more there is to say about how many machines stand behind a group. Where a tool cannot tell machines apart: no
//! more than its reports, and no more than the machines that were there at all, in the same week and with the same origin.
//!
//! One machine can make many reports. How many machines were there is known without identifiers, from the batches that
//! say they are their machine's first of the week; but not by the fields of an event.

use std::collections::{BTreeSet, HashMap};

use aboveboard_catalog::{Day, Dimension, Measure, Question};
use aboveboard_store::scan::CountRow;

/// The question that tells how many machines were there, for the groups of another question.
pub(crate) fn presence(question: &Question) -> Question {
    let by = origins(question).map(|(_, dimension)| dimension).collect();
    Question { measure: Measure::Machines, by, filters: Vec::new(), ..question.clone() }
}

/// Limits the support of each group to the machines that were there.
pub(crate) fn limit(rows: &mut [CountRow], question: &Question, presence: Vec<CountRow>) {
    let there: HashMap<(Option<Day>, Vec<String>), u64> =
        presence.into_iter().map(|row| ((row.bucket, row.key), row.n)).collect();
    let places: Vec<usize> = origins(question).map(|(place, _)| place).collect();
    for row in rows {
        let origin = places.iter().map(|&place| row.key[place].clone()).collect();
        let machines = there.get(&(row.bucket, origin)).copied().unwrap_or(0);
        row.support = row.support.min(machines);
    }
}

/// As if nobody stood behind the groups of events that are not told by themselves; `about` is the event of all groups,
/// where it is not what they are split by.
pub(crate) fn withhold(rows: &mut [CountRow], about: Option<&str>, untold: &BTreeSet<(Option<Day>, String)>) {
    for row in rows {
        let event = about.map_or_else(|| row.key.concat(), str::to_owned);
        if untold.contains(&(row.bucket, event)) {
            row.support = 0;
        }
    }
}

/// The dimensions that are about the origin, with their places.
fn origins(question: &Question) -> impl Iterator<Item = (usize, Dimension)> {
    let is_origin = |(_, dimension): &(usize, &Dimension)| matches!(dimension.whole(), Dimension::Origin(_));
    question.by.iter().enumerate().filter(is_origin).map(|(place, dimension)| (place, *dimension))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(key: &[&str], n: u64, support: u64) -> CountRow {
        let key = key.iter().map(|&text| text.to_owned()).collect();
        CountRow { bucket: Some(Day(7)), key, n, support, percentile: None }
    }

    #[test]
    fn an_event_that_is_not_told_by_itself_is_in_no_answer() {
        let untold = BTreeSet::from([(Some(Day(7)), "rare".to_owned())]);
        let mut rows = vec![row(&["rare"], 90, 30), row(&["ran"], 90, 30)];
        withhold(&mut rows, None, &untold);
        assert_eq!(rows.iter().map(|row| row.support).collect::<Vec<_>>(), [0, 30]);
        withhold(&mut rows, Some("rare"), &untold);
        assert_eq!(rows[1].support, 0);
    }

    #[test]
    fn many_reports_of_few_machines_are_few() {
        let question = Question {
            measure: Measure::Events,
            by: vec![Dimension::Field { event: 0, field: 0 }, Dimension::Origin(1)],
            filters: Vec::new(),
            from: Day(0),
            to: Day(6),
            bucket: None,
        };
        let mut rows =
            vec![row(&["build", "linux"], 900, 500), row(&["test", "linux"], 9, 9), row(&["test", "beos"], 70, 60)];
        assert_eq!(presence(&question).by, [Dimension::Origin(1)]);
        limit(&mut rows, &question, vec![row(&["linux"], 40, 40), row(&["macos"], 30, 30)]);
        assert_eq!(rows.iter().map(|row| row.support).collect::<Vec<_>>(), [40, 9, 0]);
    }
}
