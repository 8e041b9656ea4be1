//! Catalogues that change between two runs.

use aboveboard_catalog::{Buckets, Catalog, EventSpec, Field, Kind};

use super::fixture::*;
use crate::testing::TestDisk;

fn catalog_with(fields: Vec<Field>) -> Catalog {
    let events: Vec<EventSpec> = vec![event("start", Vec::new()), event("build", fields)];
    Catalog::new(tool("acme"), catalog().origin, events, Vec::new())
}

fn number(unit: &str, edges: &[f64]) -> Kind {
    Kind::Number { unit: unit.into(), buckets: Buckets::Edges(edges.to_vec()) }
}

/// Opens with one declaration and then with another. Answers why that was refused.
fn refusal(before: Kind, after: Kind) -> Option<String> {
    let disk = TestDisk::new();
    drop(open_with(&disk, vec![catalog_with(vec![field("outcome", before)])]).expect("it opens"));
    let again = open_with(&disk, vec![catalog_with(vec![field("outcome", after)])]);
    again.err().map(|error| error.to_string())
}

#[test]
fn a_field_keeps_its_meaning() {
    let check = |before, after, said: &str| {
        let refused = refusal(before, after).expect("it is refused");
        assert!(refused.contains(said), "{refused}");
        assert!(refused.contains("field `outcome` of event `build` of `acme`"), "{refused}");
        assert!(refused.contains("under a new name"), "{refused}");
    };
    check(Kind::Flag, choice(&["ok"]), "is stored as flag and is now declared as choice");
    check(choice(&["ok"]), Kind::Choices(vec!["ok".into()]), "stored as choice and is now declared as choice, many");
    check(number("ms", &[1.0]), number("s", &[1.0]), "stored as number ms [1] and is now declared as number s [1]");
    check(number("ms", &[1.0]), number("ms", &[1.0, 2.0]), "now declared as number ms [1, 2]");
    let colours = |first: usize| Kind::Choices((first..first + 31).map(|colour| colour.to_string()).collect());
    check(colours(0), colours(1), "has had 32 different members");
}

#[test]
fn a_list_may_be_reordered_cut_and_extended() {
    assert_eq!(refusal(choice(&["ok", "failed"]), choice(&["new", "failed"])), None);
    assert_eq!(refusal(Kind::Version { distinct_max: 3 }, Kind::Version { distinct_max: 9 }), None);
    let list = Kind::Name { list: "list".into(), members: vec!["ok".into()] };
    assert_eq!(refusal(choice(&["ok"]), list), None);
    let disk = TestDisk::new();
    let original = catalog();
    let store = open(&disk).expect("it opens");
    commit(&store, Said::build("m1", 1).batch(&original)).expect("the disk works");
    let before = told(&store);
    store.close().expect("it closes");

    let mut origin = original.origin.clone();
    origin.reverse();
    origin.push(field("arch", choice(&["arm64"])));
    origin.push(field("project", Kind::Id));
    let mut events = original.events.clone();
    events.insert(0, event("added", vec![field("new", Kind::Flag)]));
    for event in &mut events {
        event.fields.reverse();
    }
    let outcome = events[1].fields.iter_mut().find(|field| field.name == "outcome").expect("it is declared");
    outcome.kind = choice(&["slow", "failed", "ok"]);
    let changed = Catalog::new(tool("acme"), origin, events, Vec::new());
    let store = open_with(&disk, vec![changed.clone()]).expect("it opens changed");
    commit(&store, Said::build("m1", 2).batch(&changed)).expect("the disk works");
    let after = told(&store);
    let rows = |told: &[String]| -> Vec<String> { told.iter().filter(|line| line.contains("n=")).cloned().collect() };
    let twice: Vec<String> = rows(&before).iter().map(|line| line.replace("n=1 r=1", "n=2 r=2")).collect();
    assert_eq!(rows(&after), twice);
}

#[test]
fn a_tool_that_is_no_longer_declared_keeps_its_rows() {
    let disk = TestDisk::new();
    let store = open(&disk).expect("it opens");
    commit(&store, Said::build("m1", 1).batch(&catalog())).expect("the disk works");
    let before = told(&store);
    drop(store);
    let other = Catalog::new(tool("other"), Vec::new(), vec![event("start", Vec::new())], Vec::new());
    let store = open_with(&disk, vec![other.clone()]).expect("it opens with another tool");
    let with_other = |store: &crate::Store| -> Vec<String> {
        told(store).into_iter().filter(|line| !line.starts_with("other")).collect()
    };
    assert_eq!(with_other(&store), before);
    store.close().expect("it closes");
    let store = open_with(&disk, vec![other, catalog()]).expect("it opens with both");
    assert_eq!(with_other(&store), before);
}

#[test]
fn versions_beyond_the_declared_number_fold() {
    let disk = TestDisk::new();
    let store = open(&disk).expect("it opens");
    let catalog = catalog();
    for (number, version) in ["1.0.0", "2.0.0", "3.0.0", "4.0.0", "3.0.0"].into_iter().enumerate() {
        let mut said = Said::build("m1", number as u128);
        said.origins[0].0[0].1 = aboveboard_catalog::RawValue::Text(version.into());
        commit(&store, said.batch(&catalog)).expect("the disk works");
    }
    assert_eq!(store.totals(0).folded, 1);
    let before = told(&store);
    drop(store);
    assert_eq!(told(&open(&disk).expect("it opens again")), before);
}
