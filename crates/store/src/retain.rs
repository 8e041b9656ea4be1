//! What is too old to be kept.

use std::sync::Arc;

use aboveboard_catalog::Day;

use crate::manifest::Segment;
use crate::table::Schema;

/// The first day that is still visible. Older rows count in no answer, even while their file is there.
pub(crate) fn first_visible(schema: &Schema, today: Day) -> Day {
    today.plus(-i32::try_from(schema.retention_days).unwrap_or(i32::MAX))
}

/// The files whose rows are all older than their tool keeps.
pub(crate) fn expired(schemas: &[Schema], segments: &[Arc<Segment>], today: Day) -> Vec<Arc<Segment>> {
    let past = |segment: &&Arc<Segment>| {
        let visible = first_visible(&schemas[segment.tool], today);
        i64::from(segment.last_day) < i64::from(visible.0)
    };
    segments.iter().filter(past).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_goes_when_its_last_day_is_past() {
        let schema = Schema { retention_days: 10, ..Schema::default() };
        let segment = |last_day| Arc::new(Segment { last_day, ..Segment::default() });
        let segments = [segment(9), segment(10)];
        let gone = |today| expired(std::slice::from_ref(&schema), &segments, Day(today)).len();
        assert_eq!([gone(19), gone(20), gone(21)], [0, 1, 2]);
    }
}
