//! What people chose in the consent banner of a tool's site.

use aboveboard_catalog::{Catalog, EventSpec, Kind};

use super::rows::{Group, groups, named};
use super::{Drawn, Oracle, Scope};
use crate::chart::{Bar, Head, Point, Ranked, Unit, Value};
use crate::views::Counted;

/// What was pressed under which notice, and the part of choices with each switch on.
pub(crate) fn choices(catalog: &Catalog, scope: &Scope<'_>, oracle: &Oracle<'_>) -> Option<Result<Drawn, String>> {
    let consent = catalog.consent.as_ref()?;
    let event = catalog.events.iter().find(|event| event.name == consent.event)?;
    Some(
        pressed(event, scope, oracle)
            .and_then(|drawn| Ok(drawn.and(switched(event, scope, oracle)?)))
            .map(|drawn| Drawn { notes: scope.take_notes(), ..drawn }),
    )
}

fn counted(event: &EventSpec, by: &[&str]) -> Counted {
    let by = by.iter().map(|field| format!("{}.{field}", event.name)).collect();
    Counted { measure: "events".into(), events: vec![event.name.clone()], by }
}

fn head(title: &str, unit: Unit, scope: &Scope<'_>) -> Head {
    Head { title: title.into(), counts: "choices".into(), unit, minimum: scope.minimum() }
}

fn pressed(event: &EventSpec, scope: &Scope<'_>, oracle: &Oracle<'_>) -> Result<Drawn, String> {
    let table = oracle.ask(&scope.whole(&counted(event, &["notice", "action"])).0)?;
    let name = |group: &Group| match group.key.as_slice() {
        [notice, action] => format!("notice {notice}, {action}"),
        key => key.join(" "),
    };
    let bars =
        groups(&table).into_iter().map(|group| Bar { folded: group.folded, ..Bar::new(name(&group), group.point) });
    let head = head("Choices in the consent banner", Unit::Count, scope);
    let ranked = Ranked { head, rows_are: "choice".into(), n_counts: None, columns: Vec::new(), bars: bars.collect() };
    Ok(Drawn::one(ranked.draw()))
}

/// Each flag of the event by itself. What is hidden is not told as nothing.
fn switched(event: &EventSpec, scope: &Scope<'_>, oracle: &Oracle<'_>) -> Result<crate::chart::Drawing, String> {
    let mut bars = Vec::new();
    for field in event.fields.iter().filter(|field| field.kind == Kind::Flag) {
        let table = oracle.ask(&scope.whole(&counted(event, &[&field.name])).0)?;
        let hidden = groups(&table).iter().any(|group| group.folded);
        let known = named(&table);
        let of = |flag: &str| known.iter().find(|(name, _)| name == flag).map_or(Value::Known(0.0), |(_, p)| p.value);
        let point = match (of("true").known(), of("false").known()) {
            _ if hidden => Point::FEW,
            (Some(on), Some(off)) if on + off > 0.0 => Point::of(on / (on + off), (on + off) as u64),
            _ => Point::MISSING,
        };
        bars.push(Bar::new(field.name.clone(), point));
    }
    let head = head("The part of choices with each switch on", Unit::Share, scope);
    let n_counts = Some("choices".to_owned());
    Ok(Ranked { head, rows_are: "switch".into(), n_counts, columns: Vec::new(), bars }.draw())
}
