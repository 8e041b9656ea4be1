//! Examples made from declarations alone: what a field might say, and what a whole batch might look like. Nobody's row.

use crate::bucket::Buckets;
use crate::day::Day;
use crate::spec::{Catalog, Dialect, EventSpec, Field, Kind};

/// A value that a field might have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// As a client says it, in JSON.
    pub said: String,
    /// As it is kept, where that is coarser.
    pub kept: Option<String>,
}

/// An example of what a field says; `None` for what is thrown away.
#[must_use]
pub fn example(field: &Field) -> Option<Example> {
    let same = |said: String| Some(Example { said, kept: None });
    match &field.kind {
        Kind::Flag => same("true".to_owned()),
        Kind::Choice(members) | Kind::Name { members, .. } | Kind::Code { members, .. } => {
            same(quoted(middle(members, field)))
        }
        Kind::Choices(members) => {
            let few: Vec<String> = members.iter().take(2).map(|member| quoted(member)).collect();
            same(format!("[{}]", few.join(",")))
        }
        Kind::Number { unit, buckets } => {
            let number = typical(buckets);
            let kept = buckets.of(number).map(|bucket| format!("{} {unit}", buckets.label(bucket)));
            Some(Example { said: number.to_string(), kept })
        }
        Kind::Version { .. } => same(quoted("1.4.2")),
        Kind::Id => {
            let said = quoted("5f3c9a6e1b7d4c028e95a0f46d1c7b3a");
            Some(Example { said, kept: Some("a keyed hash".to_owned()) })
        }
        Kind::Drop { .. } => None,
    }
}

/// A whole batch with one event. In our own format it is what a client would send; other dialects spell it otherwise,
/// and this is what is kept of it, under the names of the catalogue.
#[must_use]
pub fn sample(catalog: &Catalog, event: &EventSpec, day: Day) -> String {
    let native = catalog.tool.dialect == Dialect::Native;
    let fields = |fields: &[Field]| {
        let said = fields.iter().filter_map(|field| {
            let value = example(field)?;
            let (name, value) = if native {
                (field.key(), value.said)
            } else {
                (field.name.as_str(), value.kept.map_or(value.said, |kept| quoted(&kept)))
            };
            Some(format!("{}: {value}", quoted(name)))
        });
        said.collect::<Vec<_>>().join(", ")
    };
    let head = if native { "  \"v\": 1,\n  \"id\": \"000102030405060708090a0b0c0d0e0f\",\n" } else { "" };
    format!(
        "{{\n{head}  \"tool\": {},\n  \"day\": \"{day}\",\n  \"origin\": {{{}}},\n  \"events\": [\n    {{\"event\": {}, \
         \"n\": 1, \"fields\": {{{}}}}}\n  ]\n}}",
        quoted(&catalog.tool.name),
        fields(&catalog.origin),
        quoted(&event.name),
        fields(&event.fields),
    )
}

/// Names are printable ASCII or close to it, and JSON spells them as Rust does.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A member in the middle of those that do not turn the whole event away.
fn middle<'f>(members: &'f [String], field: &Field) -> &'f str {
    let wanted = |member: &&String| !field.refuse.iter().any(|(refused, _)| refused == *member);
    let wanted: Vec<&String> = members.iter().filter(wanted).collect();
    wanted.get(wanted.len() / 2).map_or("", |member| member.as_str())
}

/// The middle of what can be told apart; for logarithmic buckets that is the geometric mean.
fn typical(buckets: &Buckets) -> f64 {
    match buckets {
        Buckets::Edges(edges) => edges.get(edges.len() / 2).copied().unwrap_or_default(),
        Buckets::Log { min, max, .. } => (min * max).sqrt().round(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::catalog;

    #[test]
    fn every_kind_has_an_example_that_the_judge_keeps() {
        let catalog = catalog();
        let event = &catalog.events[0];
        let sample = sample(&catalog, event, Day(20_779));
        let raw = crate::wire::decode(sample.as_bytes()).expect("a batch");
        assert_eq!(raw.tool, "acme");
        assert!(sample.contains("\"stage\": \"development\""), "no value that turns the event away: {sample}");
        let hash = |_: &str, _: &str| crate::IdHash(7);
        let origin = catalog.check_origin(&raw.origins[0], &hash);
        let event = catalog.check(&raw.events[0], Day(20_779), &hash).expect("it is declared");
        let notes = [origin.notes(), event.notes()];
        assert_eq!(notes.map(|notes| (notes.folded, notes.dropped)), [(0, 0), (0, 0)], "{sample}");
        let kept = catalog.events[0].fields.iter().filter(|field| !matches!(field.kind, Kind::Drop { .. })).count();
        assert_eq!(event.values().len(), kept, "{sample}");
    }

    #[test]
    fn numbers_say_how_coarsely_they_are_kept() {
        let buckets = Buckets::Log { relative_error: 0.05, min: 1.0, max: 3_600_000.0 };
        let field =
            Field { kind: Kind::Number { unit: "ms".into(), buckets }, ..catalog().events[0].fields[0].clone() };
        let number = example(&field).expect("an example");
        assert_eq!(number, Example { said: "1897".into(), kept: Some("1820–2010 ms".into()) });
    }
}
