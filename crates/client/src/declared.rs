//! Rewrites what is about to leave the machine from what the judge let through, so that only declared words remain.
//!
//! The queue may hold lines of an older or newer version of the tool, or of whoever can write to it. Nothing of them
//! is copied: every field is checked, and written again from its checked value.

use aboveboard_catalog::wire::WireBatch;
use aboveboard_catalog::{
    Buckets, Catalog, Day, FIRST_CODE, Field, IdHash, Kind, Placed, RawEvent, RawFields, RawValue, Value,
};

use crate::spool;

/// An event with its declared fields, in the order of the catalogue. `None` when the catalogue does not have it.
pub(crate) fn event(catalog: &Catalog, raw: &RawEvent<'_>, day: Day) -> Option<RawEvent<'static>> {
    let event = catalog.check(raw, day, &identifier).ok()?;
    let declared = &catalog.events[event.position()];
    let name = declared.name.clone().into();
    Some(RawEvent { name, n: u64::from(event.n()), origin: 0, fields: fields(&declared.fields, event.values()) })
}

/// An origin with its declared fields, in the order of the catalogue.
pub(crate) fn origin(catalog: &Catalog, raw: &RawFields<'_>) -> RawFields<'static> {
    fields(&catalog.origin, catalog.check_origin(raw, &identifier).values())
}

/// How many events and fields of these lines are not declared, and so stay here.
pub(crate) fn left_out(catalog: &Catalog, lines: &[u8]) -> u64 {
    let of_event = |event: &RawEvent<'_>, day| match catalog.check(event, day, &identifier) {
        Ok(event) => u64::from(event.notes().dropped),
        Err(_) => 1,
    };
    let events = |batch: &WireBatch<'_>| batch.events.iter().map(|event| of_event(event, batch.day)).sum::<u64>();
    spool::batches(lines).map(|batch| events(&batch)).sum()
}

/// Our own identifiers are 32 hexadecimal digits, and the judge keeps them as the number they are.
fn identifier(_: &str, text: &str) -> IdHash {
    IdHash(u128::from_str_radix(text, 16).unwrap_or(0))
}

fn fields(declared: &[Field], values: &[Placed]) -> RawFields<'static> {
    let value = |position| values.iter().find(|(placed, _)| usize::from(*placed) == position).map(|(_, value)| *value);
    let said = declared
        .iter()
        .enumerate()
        .filter_map(|(position, field)| Some((field.key().to_owned().into(), text(&field.kind, value(position)?)?)));
    RawFields(said.collect())
}

/// A checked value as it is written.
fn text(kind: &Kind, value: Value) -> Option<RawValue<'static>> {
    Some(match (kind, value) {
        (Kind::Flag, Value::Code(code)) => RawValue::Bool(code > FIRST_CODE),
        (Kind::Number { buckets, .. }, Value::Code(code)) => {
            RawValue::Number(number(buckets, code.checked_sub(FIRST_CODE)? as usize))
        }
        (_, Value::Version(version)) => RawValue::Text(version.to_string().into()),
        (_, Value::Id(IdHash(number))) => RawValue::Text(format!("{number:032x}").into()),
        (_, Value::Set(mask)) => RawValue::List(members(kind.members(), mask)),
        (Kind::Version { .. }, Value::Code(_)) => RawValue::Text("other".into()),
        (_, code) => RawValue::Text(kind.text_of(code)?.to_owned().into()),
    })
}

fn members(members: &[String], mask: u32) -> Vec<RawValue<'static>> {
    let named = members.iter().enumerate().filter(|(position, _)| mask >> (position + 1) & 1 == 1);
    let named = named.map(|(_, member)| member.clone());
    let other = (mask & 1 == 1).then(|| "other".to_owned());
    named.chain(other).map(|text| RawValue::Text(text.into())).collect()
}

/// The number that stands for a bucket, short enough to be read where that keeps it in its bucket.
fn number(buckets: &Buckets, bucket: usize) -> f64 {
    let exact = buckets.value(bucket);
    let short = three_digits(exact);
    if buckets.of(short) == Some(bucket) { short } else { exact }
}

/// A number with three digits and zeros. Formatting and reading it back would do the same in twenty kilobytes.
fn three_digits(number: f64) -> f64 {
    let mut digits = number.abs();
    let mut power = 0;
    while digits >= 1_000.0 {
        (digits, power) = (digits / 10.0, power + 1);
    }
    while digits < 100.0 && digits > 0.0 {
        (digits, power) = (digits * 10.0, power - 1);
    }
    let digits = digits.round_ties_even().copysign(number);
    // A power of ten is exact, one of a tenth is not.
    if power < 0 { digits / 10_f64.powi(-power) } else { digits * 10_f64.powi(power) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::example::ACME;

    /// What remains of an event with these fields.
    fn check(name: &str, json: &str, expected: Option<&str>) {
        let fields: RawFields<'_> = serde_json::from_str(json).expect("fields");
        let raw = RawEvent { name: name.into(), n: 1, origin: 0, fields };
        let said = event(&ACME.catalog(), &raw, Day(20_779));
        let said = said.map(|event| serde_json::to_string(&event.fields).expect("JSON"));
        assert_eq!(said.as_deref(), expected, "{json}");
    }

    #[test]
    fn only_declared_words_remain() {
        check("command_finished", r#"{"command":"build","cached":true}"#, Some(r#"{"command":"build","cached":true}"#));
        check(
            "command_finished",
            r#"{"cached":false,"command":"build"}"#,
            Some(r#"{"command":"build","cached":false}"#),
        );
        check("command_finished", r#"{"command":"rm -rf /home/alice"}"#, Some(r#"{"command":"other"}"#));
        check("command_finished", r#"{"path":"/home/alice","command":{"a":"b"}}"#, Some("{}"));
        check(
            "command_finished",
            r#"{"flags":["watch","--token=x","draft"]}"#,
            Some(r#"{"flags":["draft","watch","other"]}"#),
        );
        check("command_finished", r#"{"duration":1234.5678,"pages":3}"#, Some(r#"{"duration":1280,"pages":2}"#));
        check(
            "plugin_loaded",
            r#"{"plugin_version":"1.0.0-alice.7","plugin":"mine"}"#,
            Some(r#"{"plugin":"other","plugin_version":"1.0.0-other"}"#),
        );
        check("plugin_loaded", r#"{"plugin_version":"file:../x"}"#, Some(r#"{"plugin_version":"other"}"#));
        check("secret_event", "{}", None);
    }

    #[test]
    fn an_error_without_a_page_does_not_leave() {
        let cases: serde_json::Value =
            serde_json::from_str(include_str!("../../../conformance/check/codes.json")).expect("cases");
        for case in cases.as_array().expect("a list") {
            let said = case.get("kept").map(|kept| kept["values"].to_string());
            let name = case["event"]["event"].as_str().expect("a name");
            check(name, &case["event"]["fields"].to_string(), said.as_deref());
        }
    }

    proptest! {
        #[test]
        fn a_number_is_written_within_its_bucket(number in 0.0..4e6f64) {
            let buckets = Buckets::Log { relative_error: 0.05, min: 1.0, max: 3_600_000.0 };
            let bucket = buckets.of(number).expect("finite");
            prop_assert_eq!(buckets.of(super::number(&buckets, bucket)), Some(bucket));
        }

        #[test]
        fn three_digits_are_those_of_the_formatted_number(number in -1e9..1e9f64, shift in -4..4) {
            let number = number * 10_f64.powi(shift);
            let formatted: f64 = format!("{number:.2e}").parse().expect("a number");
            prop_assert_eq!(super::three_digits(number), formatted);
        }
    }
}
