//! Made-up populations of made-up tools, small enough for groups to be around the minimum, and what is true of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::LazyLock;

use aboveboard_catalog::{Bucket, Day};
use proptest::prelude::*;
use serde_json::json;

use crate::server::Server;

/// The minimum of these tools: small, so that populations can be.
pub(crate) const K: u64 = 5;
pub(crate) const VERSIONS: [&str; 3] = ["1.0.0", "1.0.1", "1.1.0"];
pub(crate) const SYSTEMS: [&str; 2] = ["linux", "macos"];
pub(crate) const FLAGS: [&str; 2] = ["false", "true"];
pub(crate) const COMMANDS: [&str; 3] = ["build", "dev", "lint"];
pub(crate) const CODES: [&str; 2] = ["broken", "missing"];
/// So many weeks ago, the oldest first.
pub(crate) const WEEKS: [i32; 3] = [3, 2, 1];

/// Somebody's machine, which is always the same: then numbers of machines add up, which helps whoever subtracts.
#[derive(Clone)]
pub(crate) struct Machine {
    pub(crate) origin: [usize; 3],
    command: usize,
    /// In which weeks it is there; in the oldest of them for the first time.
    pub(crate) weeks: [bool; 3],
    runs: u64,
    /// Its error, and how often.
    fails: Option<(usize, u64)>,
    /// Whether it says what hardly anybody says.
    is_rare: bool,
}

/// On one line, for there are many.
impl std::fmt::Debug for Machine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { origin, command, weeks, runs, fails, is_rare } = self;
        let weeks = weeks.map(u8::from);
        f.write_str(&format!(
            "{origin:?} runs {command} {runs} times, fails {fails:?}, rare {is_rare}, weeks {weeks:?}"
        ))
    }
}

/// One event that a machine said in one week; being there at all is one too, named `any`.
pub(crate) struct Fact {
    pub(crate) machine: usize,
    pub(crate) week: usize,
    pub(crate) event: &'static str,
    /// Version, system, flag, and the field of the event.
    pub(crate) values: [&'static str; 4],
    pub(crate) n: u64,
}

/// The machines of a tool. Groups of some sizes must be likely, so machines come in clusters of the same kind.
pub(crate) fn population() -> impl Strategy<Value = Vec<Machine>> {
    let week = || prop_oneof![3 => Just(true), 2 => Just(false)];
    let fails = prop_oneof![2 => Just(None), 1 => (0..CODES.len(), 1..4u64).prop_map(Some)];
    let machine = (
        [0..VERSIONS.len(), 0..SYSTEMS.len(), 0..FLAGS.len()],
        0..COMMANDS.len(),
        [week(), week(), week()],
        1..4u64,
        fails,
        prop_oneof![7 => Just(false), 1 => Just(true)],
    );
    let machine = machine.prop_map(|(origin, command, weeks, runs, fails, is_rare)| {
        let weeks = if weeks == [false; 3] { [true, false, false] } else { weeks };
        Machine { origin, command, weeks, runs, fails, is_rare }
    });
    let cluster = (machine, prop_oneof![2 => 1..3usize, 2 => 3..K as usize + 2, 1 => K as usize..12]);
    let clusters = prop::collection::vec(cluster, 1..9);
    clusters.prop_map(|clusters| clusters.into_iter().flat_map(|(kind, size)| vec![kind; size]).collect())
}

/// A machine that is always there and says everything, one way or another.
pub(crate) fn talkative() -> impl Strategy<Value = Machine> {
    let origin = [0..VERSIONS.len(), 0..SYSTEMS.len(), 0..FLAGS.len()];
    (origin, 0..COMMANDS.len(), 1..4u64, (0..CODES.len(), 1..4u64)).prop_map(|(origin, command, runs, fails)| Machine {
        origin,
        command,
        weeks: [true; 3],
        runs,
        fails: Some(fails),
        is_rare: true,
    })
}

/// Everything that is true of them.
pub(crate) fn facts(machines: &[Machine]) -> Vec<Fact> {
    let of_week = |machine: usize, week: usize| {
        let Machine { origin: [version, system, flag], command, runs, fails, is_rare, .. } = &machines[machine];
        let fact = move |event, field, n| {
            let values = [VERSIONS[*version], SYSTEMS[*system], FLAGS[*flag], field];
            Fact { machine, week, event, values, n }
        };
        let fails = fails.map(|(code, n)| fact("failed", CODES[code], n));
        let rare = is_rare.then(|| fact("rare", "", 2));
        let said = [fact("any", "", 1), fact("ran", COMMANDS[*command], *runs)];
        said.into_iter().chain(fails).chain(rare).collect::<Vec<_>>()
    };
    let weeks = |machine: usize| (0..WEEKS.len()).filter(move |&week| machines[machine].weeks[week]);
    (0..machines.len()).flat_map(|machine| weeks(machine).flat_map(move |week| of_week(machine, week))).collect()
}

/// The first day of a week of these: the same ones to the end of a test that began before a Monday.
pub(crate) fn monday(week: usize) -> Day {
    static THIS_WEEK: LazyLock<Day> = LazyLock::new(|| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
        Day::of_unix_seconds(now.as_secs() as i64).start_of(Bucket::Week)
    });
    THIS_WEEK.plus(-7 * WEEKS[week])
}

/// Lets them say it all. A week's batch is sent on its Wednesday, which tells nothing of when it arrives.
pub(crate) fn tell(server: &Server, tool: &str, machines: &[Machine], has_ids: bool) {
    let mut batches: BTreeMap<(usize, usize), Vec<serde_json::Value>> = BTreeMap::new();
    for fact in facts(machines) {
        let field = match fact.event {
            "ran" => json!({"command": fact.values[3], "duration": 10 * fact.n}),
            "failed" => json!({"code": fact.values[3]}),
            _ => json!({}),
        };
        let events = batches.entry((fact.machine, fact.week)).or_default();
        events.extend((fact.event != "any").then(|| json!({"event": fact.event, "n": fact.n, "fields": field})));
    }
    for ((machine, week), events) in batches {
        let [version, system, flag] = machines[machine].origin;
        let mut origin = json!({"version": VERSIONS[version], "os": SYSTEMS[system], "ci": flag == 1});
        if has_ids {
            origin["machine"] = format!("{machine:064x}").into();
        }
        let first = machines[machine].weeks.iter().position(|&there| there).expect("it is there");
        let cohort = &monday(first).plus(2).to_string()[..7];
        let batch = json!({
            "v": 1, "id": format!("{:032x}", machine * WEEKS.len() + week), "tool": tool,
            "day": monday(week).plus(2).to_string(), "first": ["day", "week", "month"], "cohort": cohort,
            "origin": origin, "events": events,
        });
        let answer = server.post("/v1/batches", batch.to_string());
        assert_eq!((answer.status, &answer.json()["kept"]), (200, &answer.json()["received"]), "{answer:?}");
    }
}

/// Writes the catalogue of such a tool.
pub(crate) fn write_catalogue(folder: &Path, tool: &str, has_ids: bool) {
    let folder = folder.join(tool);
    std::fs::create_dir_all(&folder).expect("a folder");
    let identity = if has_ids { "install" } else { "none" };
    let mut text = format!(
        "[tool]\nname = \"{tool}\"\ntitle = \"A tool\"\ncontroller = \"Acme\"\ncontact = \"privacy@acme.example\"\n\
         endpoint = \"https://telemetry.acme.example\"\nmode = \"on\"\nidentity = \"{identity}\"\n\
         retention_days = 400\npublic_minimum = {K}\n"
    );
    let mut section = |name: &str, lines: &str| {
        let _ = write!(text, "\n[{name}]\nabout = \"what it is\"\n{lines}\n");
    };
    let members = |texts: &[&str]| format!("type = \"choice\"\nmembers = {}", json!(texts));
    section("origin.version", "type = \"version\"\nmax_distinct = 20");
    section("origin.os", &members(&SYSTEMS));
    section("origin.ci", "type = \"flag\"");
    if has_ids {
        section("origin.machine", "type = \"id\"");
    }
    section("event.ran.field.command", &members(&COMMANDS));
    section("event.ran.field.duration", "type = \"number\"\nunit = \"ms\"\nbuckets = [1, 10, 20, 30, 100]");
    section("event.failed.field.code", &members(&CODES));
    for event in ["ran", "failed", "rare"] {
        let _ = write!(
            text,
            "\n[event.{event}]\nquestion = \"What happens?\"\nowner = \"Acme\"\nreview = \"https://acme.example/1\"\n\
             since = \"2026-01-01\"\nsensitivity = \"interaction\"\n"
        );
    }
    let charts = [
        ("versions", "machines", "", "\"version\""),
        ("systems", "machines", "", "\"os\", \"ci\""),
        ("commands", "events", "ran", "\"ran.command\""),
        ("shares", "share", "ran", "\"ran.command\", \"version\""),
        ("time", "p50:ran.duration", "ran", "\"os\""),
        ("codes", "events", "failed", "\"failed.code\""),
        ("rarely", "events", "rare", "\"version\""),
    ];
    for (name, measure, event, by) in charts {
        let events = if event.is_empty() { String::new() } else { format!("events = [\"{event}\"]\n") };
        let _ = write!(
            text,
            "\n[chart.{name}]\ntitle = \"Chart {name}\"\nmeasure = \"{measure}\"\n{events}by = [{by}]\npublic = true\n"
        );
    }
    std::fs::write(folder.join("catalog.toml"), text).expect("a file");
}
