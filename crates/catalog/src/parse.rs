//! TOML to a catalogue, or to everything that is wrong with it at once.
//!
//! Pure: the texts of list files come from the caller. `docs/reference/catalogue.md` describes the format.

mod errors;
mod field;
mod members;
pub(crate) mod section;

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

/// The files beside a catalogue. A function from a path to a text is enough where there is no folder of pages.
pub trait Files {
    /// The text of a file, by its path in the catalogue; `None` when there is no such file.
    fn read(&self, path: &str) -> Option<String>;

    /// The names of the files in a folder, in any order; `None` when there is no such folder.
    fn list(&self, folder: &str) -> Option<Vec<String>>;
}

impl<F: Fn(&str) -> Option<String>> Files for F {
    fn read(&self, path: &str) -> Option<String> {
        self(path)
    }

    fn list(&self, _: &str) -> Option<Vec<String>> {
        None
    }
}

impl Catalog {
    /// Reads a catalogue. `file` is its name in problems; `files` are the lists and pages that it names.
    ///
    /// # Errors
    /// Everything that is wrong, by line.
    pub fn parse(file: &str, toml: &str, files: &dyn Files) -> Result<Self, Problems> {
        let mut report = Report::new(file, "the catalogue", toml);
        let (table, errors) = DeTable::parse_recoverable(toml);
        errors.iter().for_each(|error| report.not_toml(error));
        let mut catalog = read_catalog(&Section::whole_file(&report, table.get_ref()), files);
        catalog.source = report.finish()?;
        Ok(catalog)
    }
}

fn read_catalog(file: &Section<'_, '_>, files: &dyn Files) -> Catalog {
    let tool = read_tool(&file.section("tool"));
    let errors = errors::read(file, files);
    let codes: Option<Vec<String>> = errors.as_ref().filter(|errors| errors.folder.is_some()).map(errors::codes);
    let fields = FieldReader { tool: &tool, files, codes: codes.as_deref() };
    let origin = fields.read_all(file, "origin", Home::Origin);
    let events = read_events(file, &fields);
    let charts = file.sections("chart").into_iter().map(|(name, section)| read_chart(name, &section)).collect();
    let consent = errors::read_consent(file);
    errors::check_events(file, errors.as_ref(), consent.as_ref(), &events);
    file.finish();
    Catalog { errors, consent, ..Catalog::new(tool, origin, events, charts) }
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
    let code = refusal.code.as_str();
    if Rejection::CODES.contains(&code) || code.starts_with(Rejection::VOTES) {
        section.problem("code", format!("the code `{code}` has another meaning already; choose another"));
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
    if !url.is_empty() && !url.starts_with("https://") && !is_local(url) {
        section.problem(key, format!("`{url}` must begin with `https://`"));
    }
}

/// Plain HTTP to this very machine, for trying things out.
fn is_local(url: &str) -> bool {
    let host = url.strip_prefix("http://").and_then(|rest| rest.split([':', '/']).next());
    matches!(host, Some("127.0.0.1" | "localhost"))
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
        for code in ["event_expired", "vote_repeated"] {
            let said = format!("the code `{code}` has another meaning already; choose another");
            check("code = \"logs_refused\"", &format!("code = \"{code}\""), code, &said);
        }
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
        check(
            "\"https://telemetry",
            "\"http://localhost.telemetry",
            "endpoint",
            "`http://localhost.telemetry.acme.example` must begin with `https://`",
        );
        let local = sample::edited("\"https://telemetry.acme.example\"", "\"http://127.0.0.1:7300\"");
        assert_eq!(local.map(|catalog| catalog.tool.endpoint).as_deref(), Ok("http://127.0.0.1:7300"));
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
    fn codes_are_the_pages_of_the_folder() {
        let catalog = sample::with_pages();
        let errors = catalog.errors.as_ref().expect("a section");
        let codes: Vec<&str> = errors.pages.iter().map(|page| page.code.as_str()).collect();
        assert_eq!(codes, ["ACME_CONFIG_MISSING", "ACME_DISK_FULL"]);
        let field = &catalog.events[3].fields[catalog.events[3].code_field().expect("a code")];
        assert_eq!(field.kind.members(), codes);
        assert!(field.kind.is_strict());
        let without = sample::paged().replace("docs = \"https", "sites_2 = \"https");
        let said = sample::parse_with_pages(&without).expect_err("a problem").to_string();
        assert!(said.contains("unknown key `sites_2` in `[errors]`; did you mean `sites`?"), "{said}");
    }

    #[test]
    fn a_code_more_leaves_the_hash_as_it_is() {
        let hash = sample::with_pages().hash();
        let fewer = Catalog::parse("catalog.toml", &sample::paged(), &OnePage).expect("a catalogue");
        assert_eq!(fewer.events[3].fields[0].kind.members().len(), 1);
        assert_eq!(fewer.hash(), hash);
        assert_ne!(sample::catalog().hash(), hash);
    }

    /// The sample with one page less.
    struct OnePage;

    impl Files for OnePage {
        fn read(&self, path: &str) -> Option<String> {
            sample::Pages.read(path)
        }

        fn list(&self, _: &str) -> Option<Vec<String>> {
            Some(vec!["ACME_DISK_FULL.md".into()])
        }
    }

    #[test]
    fn what_is_wrong_with_errors_is_told_at_once() {
        let said = |from: &str, to: &str| {
            let toml = sample::paged();
            assert!(toml.contains(from), "{from}");
            sample::parse_with_pages(&toml.replacen(from, to, 1)).expect_err("a problem").to_string()
        };
        let check = |from: &str, to: &str, wanted: &str| {
            let said = said(from, to);
            assert!(said.contains(wanted) && said.lines().count() == 1, "{said}");
        };
        check(
            "shown = \"build_failed\"",
            "shown = \"failed\"",
            "`shown` names `failed`, which is not collected; declare `[event.failed]`",
        );
        check("vote = \"error_voted\"", "vote = \"log\"", "`vote` names `log`, which is not collected");
        check(
            "\"https://acme.example\"]",
            "\"https://acme.example/\"]",
            "`https://acme.example/` is no origin of a web page",
        );
        check(
            "example/errors/\"",
            "example/errors\"",
            "a code is appended to `https://acme.example/errors`; end it with `/`",
        );
        check("[errors]", "[consent]\nevent = \"chosen\"\n[errors]", "`event` names `chosen`, which is not collected");
        assert!(said("folder = \"errors\"", "folder = \"pages\"").contains("the folder `pages` is not there"));
        assert!(said("folder = \"errors\"", "folder = \"../errors\"").contains("`../errors` is no folder of pages"));
        let said = said("folder = \"errors\"\n", "");
        assert!(
            said.contains("`list` is missing in `[event.build_failed.field.error]`; add it, or a page a code"),
            "{said}"
        );
    }

    #[test]
    fn a_code_with_a_page_belongs_to_an_event() {
        let toml = sample::paged().replace("[origin.os]\ntype = \"choice\"", "[origin.os]\ntype = \"code\"");
        let said = sample::parse_with_pages(&toml).expect_err("a problem").to_string();
        assert!(said.contains("a code that has a page says what happened, not where"), "{said}");
    }

    #[test]
    fn the_problems_of_pages_are_told_with_those_of_the_catalogue() {
        struct Broken;
        impl Files for Broken {
            fn read(&self, _: &str) -> Option<String> {
                Some("+++\n+++\n".into())
            }
            fn list(&self, _: &str) -> Option<Vec<String>> {
                Some(vec!["ACME_A.md".into(), "acme.md".into()])
            }
        }
        let said = Catalog::parse("catalog.toml", &sample::paged(), &Broken).expect_err("problems").to_string();
        assert!(said.contains("errors/ACME_A.md:1: `title` is missing in the front matter; add it"), "{said}");
        assert!(said.contains("errors/acme.md:1: `acme` cannot be a code"), "{said}");
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
