//! What the real clients sent is declared down to the last field, and nothing private in it gets past the judge.
//!
//! The captures are read as their dialects are, without the collector: the judge is the same everywhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use aboveboard_catalog::{Catalog, Day, Field, IdHash, Placed, RawEvent, RawFields, RawValue, Value};

use crate::{catalog, repository};

/// Texts of the captures that belong to somebody.
const PRIVATE: [&str; 18] = [
    "@acme-internal",
    "billing-core",
    "file:",
    "./internal",
    "/home/alice",
    "secret",
    "6.8.0-45-generic",
    "Xeon",
    "24105",
    "org_1",
    "user_1",
    "sk_test",
    "pk_test",
    "2026-08-21",
    "load() failed",
    "255f6eaf-7e2f-4e9b-a474-1473f088c112",
    "47c5c9dd-baa9-410c-9cd9-d0d1396303f6",
    "134a129d12e9d44cd6a89f2b7d578f3a564fb2a6478052e535675e63099c0470",
];

/// One event of a capture, and where it happened.
struct Captured {
    origin: RawFields<'static>,
    event: RawEvent<'static>,
}

/// What the judge made of a capture.
#[derive(Debug, Default, PartialEq)]
struct Judged {
    kept: usize,
    rejected: Vec<String>,
    /// `EVENT.field` of every value that became `other`.
    folded: BTreeSet<String>,
    /// Every text that survives.
    texts: BTreeSet<String>,
}

#[test]
fn a_build_of_nextjs_is_declared_whole() {
    let judged = judge("nextjs", &nextjs("build_turbopack_tls"));
    assert_eq!((judged.kept, judged.rejected.len()), (31, 0));
    check_folded(&judged, "NEXT_PACKAGE_DETECTED.packageName NEXT_PACKAGE_DETECTED.packageVersion");
    for text in ["16.4.6", "20.20.2", "linux", "@types/react-dom", "swc/target/x86_64-unknown-linux-gnu", "turbopack"] {
        assert!(judged.texts.contains(text), "{text} is lost");
    }
}

#[test]
fn builds_in_ci_and_failing_builds_too() {
    let packages = "NEXT_PACKAGE_DETECTED.packageName NEXT_PACKAGE_DETECTED.packageVersion";
    let in_ci = judge("nextjs", &nextjs("build_ci"));
    assert_eq!((in_ci.kept, in_ci.rejected.len()), (31, 0));
    assert!(in_ci.texts.contains("GitHub Actions"));
    check_folded(&in_ci, packages);
    let failing = judge("nextjs", &nextjs("build_fail_module"));
    assert_eq!((failing.kept, failing.rejected.len()), (12, 0));
    assert!(failing.texts.contains("Error"));
    check_folded(&failing, packages);
}

#[test]
fn a_dev_session_keeps_nothing_but_declared_words() {
    let judged = judge("nextjs", &nextjs("dev_turbopack_preload"));
    assert_eq!((judged.kept, judged.rejected.len()), (4, 0));
    check_folded(&judged, "");
}

#[test]
fn feedback_of_16_3_keeps_codes_and_no_path() {
    let judged = judge("nextjs", &nextjs("dev_16.3.0_error_feedback"));
    assert_eq!((judged.kept, judged.rejected.len()), (7, 0));
    assert!(judged.texts.contains("E394") && judged.texts.contains("E1"));
    check_folded(&judged, "NEXT_ERROR_FEEDBACK.errorCode");
}

#[test]
fn the_clerk_collector_is_declared_whole_and_its_logs_are_turned_away() {
    let judged = judge("clerk", &clerk("node-all-events"));
    assert_eq!((judged.kept, judged.rejected.join(" ").as_str()), (9, "logs_refused"));
    check_folded(&judged, "");
    for text in ["@clerk/example", "9.9.9", "SignIn", "useSignIn", "shadcn", "unconfigured", "choose-organization"] {
        assert!(judged.texts.contains(text), "{text} is lost");
    }
}

#[test]
fn the_clerk_collector_of_2024_is_declared_whole() {
    let judged = judge("clerk", &clerk("node-old-shared-2.0.0"));
    assert_eq!((judged.kept, judged.rejected.len()), (10, 0));
    assert!(judged.texts.contains("clerkMiddleware"));
    check_folded(&judged, "");
}

#[test]
fn the_clerk_command_line_is_declared_whole() {
    let judged = judge("clerk", &clerk("cli-command-executed"));
    assert_eq!((judged.kept, judged.rejected.len()), (7, 0));
    for text in ["webhooks token", "json,verbose", "auth_required", "claude_code", "vscode", "npm_global"] {
        assert!(judged.texts.contains(text), "{text} is lost");
    }
    check_folded(&judged, "");
}

#[test]
fn clerk_in_a_browser_is_declared_whole() {
    let judged = judge("clerk", &clerk("browser-react"));
    assert_eq!((judged.kept, judged.rejected.len()), (8, 0));
    check_folded(&judged, "");
    let with_logs = judge("clerk", &clerk("browser-clientdebug-logs"));
    assert!(with_logs.rejected.iter().all(|code| code == "logs_refused"), "{:?}", with_logs.rejected);
}

#[test]
fn production_instances_are_turned_away() {
    let mut events = clerk("browser-react");
    for captured in &mut events {
        captured.origin.take("it");
        captured.origin.0.push(("it".into(), RawValue::Text("production".into())));
    }
    let judged = judge("clerk", &events);
    assert_eq!(judged.kept, 0);
    assert!(judged.rejected.iter().all(|code| code == "production_instance"));
}

#[test]
fn a_shape_looks_into_declared_objects_only() {
    let check = |fields: &str, expected: Option<&str>| {
        let RawValue::Map(fields) = serde_json::from_str::<RawValue<'_>>(fields).expect("JSON") else {
            panic!("a map")
        };
        let event = RawEvent { name: "FLOW_STEP_MOUNTED".into(), n: 1, origin: 0, fields };
        let shape = catalog("clerk").shape_of(&event).map(|shape| shape.to_string());
        assert_eq!(shape.as_deref(), expected);
    };
    check(r#"{"flow":"x","metadata":{"connectionStatus":"y","organizationId":"org_1"}}"#, None);
    check(r#"{"metadata":{"plan":"z"}}"#, Some("FLOW_STEP_MOUNTED(metadata.plan: text)"));
    check(r#"{"people":{"alice":1}}"#, Some("FLOW_STEP_MOUNTED(people: object)"));
    check(r#"{"metadata":{"C:/alice":1}}"#, Some("FLOW_STEP_MOUNTED(metadata.?: number)"));
}

#[track_caller]
fn check_folded(judged: &Judged, expected: &str) {
    assert_eq!(judged.folded.iter().map(String::as_str).collect::<Vec<_>>().join(" "), expected);
}

/// Judges every event; fails when a field is undeclared, and when anything private survives.
#[track_caller]
fn judge(tool: &str, captured: &[Captured]) -> Judged {
    let catalog = catalog(tool);
    let mut judged = Judged::default();
    for one in captured {
        judge_one(&catalog, one, &mut judged);
    }
    let survived = judged.texts.iter().filter(|text| PRIVATE.iter().any(|private| text.contains(private)));
    assert_eq!(survived.collect::<Vec<_>>(), Vec::<&String>::new());
    judged
}

#[track_caller]
fn judge_one(catalog: &Catalog, Captured { origin, event }: &Captured, judged: &mut Judged) {
    let hash_id = |_: &str, _: &str| IdHash(7);
    let origin = catalog.check_origin(origin, &hash_id);
    assert_eq!((origin.notes().folded, origin.notes().dropped), (0, 0), "the origin of {}", event.name);
    if let Some(refusal) = origin.refusal() {
        return judged.rejected.push(refusal.code.clone());
    }
    match catalog.check(event, Day(0), &hash_id) {
        Err(rejection) => judged.rejected.push(rejection.code().to_owned()),
        Ok(kept) => {
            let declared = &catalog.events[kept.position()];
            assert_eq!(catalog.shape_of(event).map(|shape| shape.to_string()), None);
            assert_eq!(kept.notes().dropped, 0, "{event:?}");
            judged.kept += 1;
            judged.texts.extend(origin.values().iter().filter_map(|placed| text(&catalog.origin, *placed)));
            for (field, text) in kept.values().iter().filter_map(|placed| named_text(&declared.fields, *placed)) {
                if text == "other" {
                    judged.folded.insert(format!("{}.{field}", declared.name));
                }
                judged.texts.insert(text);
            }
        }
    }
}

fn named_text(fields: &[Field], placed: Placed) -> Option<(String, String)> {
    Some((fields[usize::from(placed.0)].name.clone(), text(fields, placed)?))
}

/// A kept value as answers spell it; ids are hashes and have no text.
fn text(fields: &[Field], (field, value): Placed) -> Option<String> {
    let kind = &fields[usize::from(field)].kind;
    match value {
        Value::Code(code) => Some(kind.label(code)),
        Value::Version(version) => Some(version.to_string()),
        Value::Id(_) => None,
        Value::Set(mask) => {
            let other = (mask & 1 == 1).then_some("other");
            let members = kind.members().iter().enumerate().filter(|(member, _)| mask & (2 << member) != 0);
            Some(other.into_iter().chain(members.map(|(_, text)| text.as_str())).collect::<Vec<_>>().join(","))
        }
    }
}

/// The events of one Next.js scenario: one POST a file.
fn nextjs(scenario: &str) -> Vec<Captured> {
    let folder = repository().join("fixtures/captures/nextjs").join(scenario);
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).expect("captures").map(|file| file.expect("a file").path()).collect();
    files.sort();
    files.into_iter().flat_map(|file| nextjs_post(object(read(file)))).collect()
}

fn nextjs_post(mut request: RawFields<'static>) -> Vec<Captured> {
    let mut body = object(request.take("body").expect("a body"));
    let mut origin = object(body.take("meta").expect("meta"));
    origin.0.extend(object(body.take("context").expect("a context")).0);
    let captured = |event| {
        let mut event = object(event);
        let (name, fields) = (event.take("eventName"), event.take("fields").map(object));
        Captured { origin: origin.clone(), event: raw_event(name, fields) }
    };
    list(body.take("events")).into_iter().map(captured).collect()
}

/// The events and logs of one Clerk capture: a list of requests.
fn clerk(name: &str) -> Vec<Captured> {
    let requests = list(Some(read(repository().join(format!("fixtures/captures/clerk/{name}.json")))));
    requests.into_iter().flat_map(|request| clerk_request(object(request))).collect()
}

fn clerk_request(mut request: RawFields<'static>) -> Vec<Captured> {
    let Some(RawValue::Map(mut body)) = request.take("body") else { return Vec::new() };
    let logs = list(body.take("logs"))
        .into_iter()
        .map(|_| Captured { origin: RawFields::default(), event: raw_event(Some(RawValue::Text("LOG".into())), None) });
    list(body.take("events")).into_iter().map(|event| clerk_event(object(event))).chain(logs).collect()
}

fn clerk_event(mut origin: RawFields<'static>) -> Captured {
    let name = origin.take("event");
    let mut fields = object(origin.take("payload").unwrap_or_default());
    origin.0.extend(fields.take("machine_uuid").map(|machine| ("machine_uuid".into(), machine)));
    Captured { origin, event: raw_event(name, Some(fields)) }
}

fn raw_event(name: Option<RawValue<'static>>, fields: Option<RawFields<'static>>) -> RawEvent<'static> {
    let Some(RawValue::Text(name)) = name else { panic!("an event without a name") };
    RawEvent { name, n: 1, origin: 0, fields: fields.unwrap_or_default() }
}

/// A JSON file that lives as long as the test.
fn read(file: PathBuf) -> RawValue<'static> {
    let json: &'static str = fs::read_to_string(file).expect("a capture").leak();
    serde_json::from_str(json).expect("JSON")
}

fn object(value: RawValue<'static>) -> RawFields<'static> {
    match value {
        RawValue::Map(fields) => fields,
        RawValue::Null => RawFields::default(),
        other => panic!("an object was expected, not a {}", other.type_name()),
    }
}

fn list(value: Option<RawValue<'static>>) -> Vec<RawValue<'static>> {
    match value {
        Some(RawValue::List(items)) => items,
        _ => Vec::new(),
    }
}
