//! TOML to a catalogue, or to everything that is wrong with it at once.
//!
//! Pure: the texts of list files come from the caller. `docs/reference/catalogue.md` describes the format.

mod field;
mod members;
mod section;

use std::collections::HashMap;

use toml::de::DeTable;

use self::field::{FieldReader, Home};
use self::section::{Report, Section};
use crate::day::Day;
use crate::event::Rejection;
use crate::limits::{EVENTS_MAX, NAME_CHARS_MAX};
use crate::problem::Problems;
use crate::spec::{Catalog, Chart, Dialect, EventSpec, Identity, Mode, Refusal, Sensitivity, Tool};

pub(crate) use self::field::KINDS;

const DIALECTS: [Dialect; 3] = [Dialect::Native, Dialect::Nextjs, Dialect::Clerk];
const MODES: [Mode; 3] = [Mode::On, Mode::Ask, Mode::Off];
const IDENTITIES: [Identity; 3] = [Identity::None, Identity::Month, Identity::Install];
const SENSITIVITIES: [Sensitivity; 3] = [Sensitivity::Technical, Sensitivity::Interaction, Sensitivity::Feedback];

/// Ten years; nobody needs older telemetry.
const RETENTION_DAYS_MAX: u32 = 3_650;
/// Groups under this many are hidden from the public when a catalogue does not say.
const PUBLIC_MINIMUM_DEFAULT: u32 = 20;
const PUBLIC_MINIMUM_MAX: u32 = 1_000_000;
/// Names of tables that the store keeps for itself.
const RESERVED_EVENTS: [&str; 3] = ["cube", "presence", "values"];

/// Brings the text of a list file, by its path in the catalogue; `None` when there is no such file.
pub type ListSource<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Catalog {
    /// Reads a catalogue. `file` is its name in problems; `lists` brings the list files that it names.
    ///
    /// # Errors
    /// Everything that is wrong, by line.
    pub fn parse(file: &str, toml: &str, lists: ListSource<'_>) -> Result<Self, Problems> {
        let mut report = Report::new(file, toml);
        let (table, errors) = DeTable::parse_recoverable(toml);
        errors.iter().for_each(|error| report.not_toml(error));
        let mut catalog = read_catalog(&Section::whole_file(&report, table.get_ref()), lists);
        catalog.source = report.finish()?;
        Ok(catalog)
    }
}

fn read_catalog(file: &Section<'_, '_>, lists: ListSource<'_>) -> Catalog {
    let tool = read_tool(&file.section("tool"));
    let fields = FieldReader { tool: &tool, lists };
    let origin = fields.read_all(file, "origin", Home::Origin);
    let events = read_events(file, &fields);
    let charts = file.sections("chart").into_iter().map(|(name, section)| read_chart(name, &section)).collect();
    file.finish();
    Catalog::new(tool, origin, events, charts)
}

fn read_tool(section: &Section<'_, '_>) -> Tool {
    let tool = Tool {
        name: section.text("name"),
        title: section.text("title"),
        controller: section.text("controller"),
        contact: section.text("contact"),
        endpoint: section.text("endpoint"),
        dialect: section
            .word("dialect", &DIALECTS.map(|dialect| (dialect.name(), dialect)), Some(Dialect::Native))
            .unwrap_or(Dialect::Native),
        mode: section.word("mode", &MODES.map(|mode| (mode.name(), mode)), None).unwrap_or(Mode::Off),
        identity: section
            .word("identity", &IDENTITIES.map(|identity| (identity.name(), identity)), None)
            .unwrap_or(Identity::Install),
        retention_days: section.count("retention_days", 1..=RETENTION_DAYS_MAX, None),
        public_minimum: section.count("public_minimum", 1..=PUBLIC_MINIMUM_MAX, Some(PUBLIC_MINIMUM_DEFAULT)),
        links: section.named_texts("links"),
    };
    if !tool.name.is_empty() && !is_tool_name(&tool.name) {
        let rule = "take lower case letters, digits and `-`, a letter first";
        section.problem("name", format!("`{}` cannot name a tool; {rule}, at most {NAME_CHARS_MAX}", tool.name));
    }
    secure_url(section, "endpoint", &tool.endpoint);
    for (_, url) in &tool.links {
        secure_url(section, "links", url);
    }
    section.finish();
    tool
}

fn read_events(file: &Section<'_, '_>, fields: &FieldReader<'_>) -> Vec<EventSpec> {
    let sections = file.sections("event");
    if sections.len() > EVENTS_MAX {
        file.problem("event", format!("{} events are more than {EVENTS_MAX}; leave some out", sections.len()));
    }
    let mut folded: HashMap<String, String> = HashMap::new();
    for (name, section) in &sections {
        check_event_name(section, name, fields.tool.dialect);
        // Tables are folders, and some file systems do not tell `Build` from `build`.
        if let Some(earlier) = folded.insert(name.to_ascii_lowercase(), name.clone()) {
            let message = format!("`{name}` and `{earlier}` differ in case only; rename one");
            section.report.problem(section.line, message);
        }
    }
    sections.into_iter().map(|(name, section)| read_event(name, &section, fields)).collect()
}

/// An event that is only turned away needs no more than its refusal.
fn read_event(name: String, section: &Section<'_, '_>, fields: &FieldReader<'_>) -> EventSpec {
    let refused = section.has("refused").then(|| read_refusal(&section.section("refused")));
    let collected = refused.is_none();
    let text = |key| if collected { section.text(key) } else { section.optional_text(key).unwrap_or_default() };
    let classes = SENSITIVITIES.map(|class| (class.name(), class));
    let class = if collected { None } else { Some(Sensitivity::Technical) };
    let event = EventSpec {
        name,
        question: text("question"),
        owner: text("owner"),
        review: text("review"),
        since: if collected { section.day("since") } else { section.optional_day("since") }.unwrap_or(Day(0)),
        expires: section.optional_day("expires"),
        sensitivity: section.word("sensitivity", &classes, class).unwrap_or(Sensitivity::Feedback),
        refused,
        fields: fields.read_all(section, "field", Home::Event),
    };
    if event.expires.is_some_and(|expires| expires <= event.since) {
        section.problem("expires", format!("`expires` must come after `since`, which is `{}`", event.since));
    }
    secure_url(section, "review", &event.review);
    section.finish();
    event
}

fn read_refusal(section: &Section<'_, '_>) -> Refusal {
    let refusal = Refusal { code: section.text("code"), reason: section.text("reason") };
    if !refusal.code.is_empty() && !is_snake_case(&refusal.code) {
        let fix = "take lower case letters, digits and `_`, such as `logs_refused`";
        section.problem("code", format!("`{}` cannot be a code; {fix}", refusal.code));
    }
    if Rejection::CODES.contains(&refusal.code.as_str()) {
        section.problem("code", format!("the code `{}` has another meaning already; choose another", refusal.code));
    }
    section.finish();
    refusal
}

fn read_chart(name: String, section: &Section<'_, '_>) -> Chart {
    if !is_snake_case(&name) {
        let fix = "take lower case letters, digits and `_`, a letter first";
        section.report.problem(section.line, format!("`{name}` cannot name a chart; {fix}"));
    }
    let texts =
        |key| if section.has(key) { section.texts(key).into_iter().map(|(_, text)| text).collect() } else { vec![] };
    let chart = Chart {
        name,
        title: section.text("title"),
        measure: section.text("measure"),
        events: texts("events"),
        by: texts("by"),
        public: section.flag("public"),
    };
    section.finish();
    chart
}

fn check_event_name(section: &Section<'_, '_>, name: &str, dialect: Dialect) {
    let problem = |message: String| section.report.problem(section.line, message);
    let (fits, rule) = match dialect {
        Dialect::Native => (is_snake_case(name), "take lower case letters, digits and `_`"),
        Dialect::Nextjs | Dialect::Clerk => (is_identifier(name), "take letters, digits and `_`"),
    };
    if !fits {
        problem(format!("`{name}` cannot name an event; {rule}, a letter first, at most {NAME_CHARS_MAX}"));
    }
    if RESERVED_EVENTS.contains(&name.to_ascii_lowercase().as_str()) {
        problem(format!("`{name}` names a table of the store; choose another name"));
    }
}

fn secure_url(section: &Section<'_, '_>, key: &'static str, url: &str) {
    let local = url.starts_with("http://127.0.0.1") || url.starts_with("http://localhost");
    if !url.is_empty() && !url.starts_with("https://") && !local {
        section.problem(key, format!("`{url}` must begin with `https://`"));
    }
}

fn is_tool_name(name: &str) -> bool {
    is_name(name, |b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn is_snake_case(name: &str) -> bool {
    is_name(name, |b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn is_identifier(name: &str) -> bool {
    is_name(name, |b| b.is_ascii_alphanumeric() || b == b'_')
}

fn is_name(name: &str, allowed: impl Fn(u8) -> bool) -> bool {
    let letter_first = name.starts_with(|c: char| c.is_ascii_alphabetic());
    letter_first && name.len() <= NAME_CHARS_MAX && name.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use crate::spec::Kind;

    /// Reads the sample with one edit, and expects one problem on the line that contains `at`.
    #[track_caller]
    fn check(from: &str, to: &str, at: &str, said: &str) {
        let toml = sample::TOML.replacen(from, to, 1);
        let line = toml.lines().position(|line| line.contains(at)).expect("a line") + 1;
        let problems = sample::edited(from, to).expect_err("a problem").to_string();
        assert_eq!(problems, format!("catalog.toml:{line}: {said}"));
    }

    #[test]
    fn the_sample_reads_in_the_order_of_the_file() {
        let catalog = sample::catalog();
        let names: Vec<&str> = catalog.events.iter().map(|event| event.name.as_str()).collect();
        assert_eq!(names, ["command_finished", "build_failed", "log"]);
        let keys: Vec<&str> = catalog.events[0].fields.iter().map(crate::Field::key).collect();
        assert_eq!(keys, ["command", "features", "result.ok", "duration", "plugin", "result.directory"]);
        assert_eq!(catalog.events[1].since, Day::parse("2026-11-01").expect("a day"));
        assert_eq!(catalog.events[0].fields[4].kind.members(), ["@acme/docs", "eslint", "prettier"]);
        assert_eq!(catalog.tool.links[0].0, "source");
        assert!(matches!(catalog.origin[0].kind, Kind::Version { distinct_max: 500 }));
        assert_eq!(catalog.origin[2].refuse[0].1.code, "production_refused");
        assert_eq!(catalog.tool.public_minimum, 20);
    }

    #[test]
    fn everything_wrong_is_told_at_once() {
        let toml = "[tool]\nname = 'My Tool'\nmood = 'on'\n\n[origin.os]\ntype = 'choise'\nabout = ''\n\n[event.x]\nowner = 1\n";
        let problems = sample::parse(toml).expect_err("problems").to_string();
        for said in [
            "catalog.toml:1: `title` is missing in `[tool]`; add it",
            "catalog.toml:2: `My Tool` cannot name a tool",
            "catalog.toml:3: unknown key `mood` in `[tool]`; did you mean `mode`?",
            "catalog.toml:6: `choise` is not a known `type`; take one of `flag`, `choice`",
            "catalog.toml:7: `about` is empty in `[origin.os]`; say it in a few words",
            "catalog.toml:9: `since` is missing in `[event.x]`; add it",
            "catalog.toml:10: `owner` must be a text, not `1`",
        ] {
            assert!(problems.contains(said), "`{said}` is not in\n{problems}");
        }
    }

    #[test]
    fn what_is_not_toml_is_told_with_its_line() {
        let problems = sample::edited("mode = \"on\"", "mode = ").expect_err("problems");
        assert_eq!((problems.as_slice()[0].line, &problems.as_slice()[0].message[..8]), (7, "not TOML"));
        assert!(sample::parse("").expect_err("problems").to_string().contains("`tool` is missing"));
    }

    #[test]
    fn names_that_would_not_work() {
        let letters = "take lower case letters, digits and `_`, a letter first";
        check(
            "name = \"acme\"",
            "name = \"Acme\"",
            "\"Acme\"",
            "`Acme` cannot name a tool; take lower case letters, digits and `-`, a letter first, at most 64",
        );
        let said = format!("`Commands` cannot name a chart; {letters}");
        check("[chart.commands]", "[chart.Commands]", "[chart.Commands]", &said);
        let said = format!("`Log` cannot name an event; {letters}, at most 64");
        check("[event.log]", "[event.Log]", "[event.Log]", &said);
        let said = format!("`OS` cannot name a field; {letters}, at most 64");
        check("[origin.os]", "[origin.OS]", "[origin.OS]", &said);
        check(
            "[origin.os]",
            "[origin.day]",
            "[origin.day]",
            "`day` means something for every event; choose another name, and `wire = \"day\"`",
        );
        check("[event.log]", "[event.cube]", "cube", "`cube` names a table of the store; choose another name");
        check(
            "code = \"logs_refused\"",
            "code = \"event_expired\"",
            "event_expired",
            "the code `event_expired` has another meaning already; choose another",
        );
    }

    #[test]
    fn foreign_names_may_be_in_any_case() {
        let toml = sample::TOML.replace("mode =", "dialect = \"nextjs\"\nmode =").replace("event.log]", "event.LOG]");
        assert_eq!(sample::parse(&toml).expect("a catalogue").events[2].name, "LOG");
        let twice = toml.replace("event.build_failed", "event.Log");
        assert!(
            sample::parse(&twice).expect_err("a problem").to_string().contains("`LOG` and `Log` differ in case only")
        );
    }

    #[test]
    fn values_of_the_wrong_kind() {
        check(
            "retention_days = 400",
            "retention_days = 0",
            "retention_days",
            "`retention_days` must be a whole number from 1 to 3650, not `0`",
        );
        check(
            "mode = \"on\"",
            "mode = \"yes\"",
            "mode =",
            "`yes` is not a known `mode`; take one of `on`, `ask`, `off`",
        );
        check("public = true", "public = 1", "public =", "`public` must be true or false, not `1`");
        check(
            "since = 2026-11-01",
            "since = 2026-11-31",
            "2026-11-31",
            "not TOML: invalid date, expected day between 01 and 30",
        );
        check(
            "expires = \"2028-11-01\"",
            "expires = \"2026-11-01\"",
            "expires",
            "`expires` must come after `since`, which is `2026-11-01`",
        );
        check(
            "\"https://telemetry",
            "\"http://telemetry",
            "endpoint",
            "`http://telemetry.acme.example` must begin with `https://`",
        );
        check("[event.log]\nrefused = {", "[event]\nlog = 5\n#", "log = 5", "`event.log` must be a table, not `5`");
    }

    #[test]
    fn members_and_lists() {
        let member = |name: &str, why: &str| {
            let to = format!("\"linux\", \"{name}\"");
            check("\"linux\"", &to, "\"linux\"", &format!("`{name}` cannot be a member: {why}"));
        };
        member("other", "every undeclared value is called so; leave it out");
        member("none", "a value that is not there is called so; leave it out");
        member("a|b", "`|` and a leading `!` have a meaning in questions");
        member(" x", "it begins or ends with a space; remove that");
        check("\"linux\"", "\"macos\"", "\"macos\"", "the member `macos` is there twice; leave one out");
        check(
            "members = [\"cache\", \"watch\"]",
            "members = []",
            "members = []",
            "`members` names nothing; add at least one",
        );
        let many: Vec<String> = (0..32).map(|member| format!("\"m{member}\"")).collect();
        check(
            "[\"cache\", \"watch\"]",
            &format!("[{}]", many.join(", ")),
            "\"m31\"",
            "32 members are more than 31; leave the rarest out, they become `other`",
        );
        check(
            "lists/errors.txt",
            "lists/gone.txt",
            "gone",
            "the list file `lists/gone.txt` is not there; add it, one name a line",
        );
        let escape = "`lists/../x.txt` is no list file; take a path such as `lists/plugins.txt`";
        check("lists/errors.txt", "lists/../x.txt", "lists/..", escape);
    }

    #[test]
    fn fields_and_their_wire_keys() {
        check(
            "wire = \"result.ok\"",
            "wire = \"command\"",
            "field.ok]",
            "`ok` and `command` have the same wire key `command`; change one",
        );
        let said = "`directory` can never arrive: `ok` takes the whole object around it; declare only one of them";
        check("wire = \"result.ok\"", "wire = \"result\"", "field.directory]", said);
        check(
            "buckets = [0, 1, 10, 100]",
            "buckets = [0, 0]",
            "buckets = [0, 0]",
            "`buckets = [0, 0]` cannot be used: edges must grow",
        );
        check("log = 0.05", "log = \"x\"", "log = \"x\"", "`log` must be a number, not `\"x\"`");
        check(
            "identity = \"month\"",
            "identity = \"none\"",
            "[origin.machine]",
            "`machine` is an id, and the identity policy is `none`; remove it, or say `identity = \"month\"` in `[tool]`",
        );
        check(
            "field.ok]\ntype = \"flag\"",
            "field.ok]\ntype = \"id\"",
            "field.ok]",
            "`ok` is an id; ids belong to the origin, so move it to `[origin.ok]`",
        );
        check(
            "refuse = { production",
            "refuse = { staging",
            "staging",
            "`staging` is not a member and cannot be refused; take one of `development`, `production`, `other`",
        );
    }

    #[test]
    fn no_text_makes_it_panic() {
        for (cut, _) in sample::TOML.char_indices().step_by(7) {
            let _ = (sample::parse(&sample::TOML[..cut]), sample::parse(&sample::TOML[cut..]));
        }
    }
}
