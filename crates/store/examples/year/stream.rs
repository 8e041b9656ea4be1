//! A synthetic year of what Next.js sends: builds of 31 events and dev sessions of 5, on laptops that keep their id and
//! in CI where every build has a new one. The shape is that of the captures; the numbers are drawn.

use std::fmt::Write;

use aboveboard_catalog::{Catalog, Day, IdHash, RawEvent, RawFields, RawValue};
use aboveboard_store::{Batch, Entry};

/// The first day of the year: a Monday.
pub(crate) const FIRST_DAY: Day = Day(20_416);
pub(crate) const DAYS: i32 = 364;
/// Events of an average session, to know how many sessions there must be.
const EVENTS_A_SESSION: u64 = 16;
/// Sessions of a laptop in a year.
const SESSIONS_A_LAPTOP: u64 = 30;
const BATCH_EVENTS: usize = 8;

/// Features that a build counts, each with how likely it is used.
const FEATURES: [(&str, u64); 16] = [
    ("next/image", 70),
    ("next/script", 25),
    ("next/dynamic", 40),
    ("next/font/google", 45),
    ("next/font/local", 15),
    ("experimental/cacheComponents", 10),
    ("swcLoader", 95),
    ("swcRelay", 1),
    ("swcStyledComponents", 6),
    ("swcEmotion", 3),
    ("swcRemoveConsole", 8),
    ("turbotrace", 1),
    ("transpilePackages", 20),
    ("modularizeImports", 4),
    ("turbopackFileSystemCache", 30),
    ("runAfterProductionCompile", 5),
];
const PACKAGES: [&str; 16] = [
    "next",
    "react",
    "react-dom",
    "typescript",
    "tailwindcss",
    "eslint",
    "zod",
    "axios",
    "lodash",
    "prisma",
    "date-fns",
    "framer-motion",
    "clsx",
    "stripe",
    "swr",
    "@types/node",
];
const OS: [&str; 3] = ["darwin", "win32", "linux"];
const VENDORS: [&str; 4] = ["GitHub Actions", "ZEIT Now", "GitLab CI", "CircleCI"];
const AGENTS: [&str; 5] = ["claude", "cursor", "codex", "gemini", "github-copilot"];

/// Sebastiano Vigna's SplitMix64.
pub(crate) struct Chance(pub u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// Small numbers are far more likely than large ones.
    fn skewed(&mut self, end: u64) -> u64 {
        let unit = self.next() as f64 / u64::MAX as f64;
        (unit * unit * unit * end as f64) as u64
    }

    /// About log-normal, with this median.
    fn around(&mut self, median: f64) -> f64 {
        let normal: f64 = (0..6).map(|_| self.next() as f64 / u64::MAX as f64 - 0.5).sum();
        median * (normal * 1.3).exp()
    }
}

/// Sessions of a whole year, in the order of their days.
pub(crate) struct Stream<'c> {
    catalog: &'c Catalog,
    chance: Chance,
    laptops: u64,
    sessions_a_day: u64,
}

/// Where a session runs.
struct Place {
    machine: u64,
    project: u64,
    ci: bool,
    /// Facts that stay as they are for a machine.
    traits: Chance,
}

impl<'c> Stream<'c> {
    pub(crate) fn new(catalog: &'c Catalog, events: u64) -> Self {
        let sessions = events / EVENTS_A_SESSION;
        let laptops = sessions * 60 / 100 / SESSIONS_A_LAPTOP;
        Self { catalog, chance: Chance(7), laptops, sessions_a_day: sessions / DAYS as u64 }
    }

    /// Everything that arrives on one day. Some of it is about the days before.
    pub(crate) fn day(&mut self, arrives: Day, mut take: impl FnMut(Batch)) {
        let weekend = (arrives.0 - FIRST_DAY.0) % 7 >= 5;
        let sessions = self.sessions_a_day * if weekend { 45 } else { 122 } / 100;
        for _ in 0..sessions {
            let late = if self.chance.percent(3) { self.chance.below(3) as i32 } else { 0 };
            let day = arrives.plus(-late);
            let place = self.place();
            let is_build = place.ci || self.chance.percent(20);
            let events = if is_build { self.build(&place) } else { self.dev(&place, day) };
            let origin = self.origin(&place, day);
            for events in events.chunks(BATCH_EVENTS) {
                take(self.batch(day, arrives, origin.clone(), events));
            }
        }
    }

    fn place(&mut self) -> Place {
        let ci = self.chance.percent(25);
        let owner = self.chance.skewed(self.laptops);
        let machine = if ci { 1 << 63 | self.chance.next() } else { owner };
        Place {
            machine,
            project: owner * 4 + self.chance.below(3),
            ci,
            traits: Chance(if ci { owner % 40 } else { owner }),
        }
    }

    fn origin(&mut self, place: &Place, day: Day) -> RawFields<'static> {
        let mut traits = Chance(place.traits.0);
        let mut origin = vec![
            ("nextVersion", text(version(day, &mut traits, 6, "16"))),
            ("systemPlatform", text(if place.ci { "linux" } else { OS[traits.skewed(3) as usize] }.to_owned())),
            ("systemArchitecture", text(if traits.percent(60) { "arm64" } else { "x64" }.to_owned())),
            ("cpuCount", RawValue::Number([2.0, 4.0, 8.0, 10.0, 12.0, 16.0, 32.0][traits.below(7) as usize])),
            ("memoryInMb", RawValue::Number((4096u64 << traits.below(5)) as f64)),
            ("isCI", RawValue::Bool(place.ci)),
            ("isDocker", RawValue::Bool(traits.percent(12))),
            ("isWsl", RawValue::Bool(!place.ci && traits.percent(8))),
            ("anonymousId", text(format!("{:016x}", place.machine))),
            ("projectId", text(format!("{:016x}", place.project))),
        ];
        if place.ci {
            origin.push(("ciName", text(VENDORS[traits.skewed(4) as usize].to_owned())));
        } else if self.chance.percent(15) {
            origin.push(("agentName", text(AGENTS[self.chance.skewed(5) as usize].to_owned())));
        }
        fields(origin)
    }

    fn build(&mut self, place: &Place) -> Vec<RawEvent<'static>> {
        let mut project = Chance(place.project);
        let mut events =
            vec![event("NEXT_AGENT_UPGRADE_POLICY_DETECTED", policy("build")), self.started("build", place)];
        for _ in 0..10 {
            let package = PACKAGES[project.below(16) as usize];
            let range = format!("^{}.{}.{}", project.skewed(20), project.skewed(12), project.skewed(9));
            let said = vec![("packageName", text(package.to_owned())), ("packageVersion", text(range))];
            events.push(event("NEXT_PACKAGE_DETECTED", fields(said)));
        }
        for (feature, percent) in FEATURES {
            let count = if project.percent(percent) { 1 + project.skewed(40) } else { 0 };
            let said = vec![("featureName", text(feature.to_owned())), number("invocationCount", count as f64)];
            events.push(event("NEXT_BUILD_FEATURE_USAGE", fields(said)));
        }
        let pages = 1 + project.skewed(300);
        let bundler = if project.percent(70) { "turbopack" } else { "webpack" };
        events.push(event(
            "NEXT_BUILD_COMPLETED",
            fields(vec![
                ("bundler", text(bundler.to_owned())),
                number("durationInSeconds", self.chance.around(12.0 + pages as f64 / 10.0)),
                number("totalAppPagesCount", pages as f64),
                number("totalPageCount", pages as f64),
                ("hasDunderPages", RawValue::Bool(false)),
                ("hasTestPages", RawValue::Bool(false)),
            ]),
        ));
        events.push(event(
            "NEXT_TYPE_CHECK_COMPLETED",
            fields(vec![
                number("durationInSeconds", self.chance.around(6.0)),
                ("typescriptVersion", text(format!("5.{}.{}", 6 + project.skewed(4), project.skewed(4)))),
                number("inputFilesCount", project.skewed(2000) as f64),
                number("totalFilesCount", project.skewed(9000) as f64),
                ("incremental", RawValue::Bool(true)),
            ]),
        ));
        events.push(self.optimized(pages, &mut project));
        events
    }

    fn dev(&mut self, place: &Place, day: Day) -> Vec<RawEvent<'static>> {
        let mut events = vec![event("NEXT_AGENT_UPGRADE_POLICY_DETECTED", policy("dev")), self.started("dev", place)];
        let mut project = Chance(place.project);
        let said =
            vec![("featureName", text("next/image".to_owned())), number("invocationCount", project.below(2) as f64)];
        events.push(event("NEXT_BUILD_FEATURE_USAGE", fields(said)));
        if self.chance.percent(6) && day < FIRST_DAY.plus(200) {
            let code = format!("E{}", 1 + self.chance.skewed(400));
            let helpful = RawValue::Bool(self.chance.percent(40));
            events.push(event("NEXT_ERROR_FEEDBACK", fields(vec![("errorCode", text(code)), ("wasHelpful", helpful)])));
        }
        let mut stopped = vec![number("durationMilliseconds", self.chance.around(1_500_000.0))];
        stopped.extend([("cliCommand", text("dev".to_owned())), ("turboFlag", RawValue::Bool(true))]);
        events.push(event("NEXT_CLI_SESSION_STOPPED", fields(stopped)));
        events
    }

    fn started(&mut self, command: &'static str, place: &Place) -> RawEvent<'static> {
        let mut traits = Chance(place.traits.0 ^ 1);
        let mut project = Chance(place.project ^ 2);
        let mut said = vec![
            ("nodeVersion", text(format!("v{}.{}.0", 20 + 2 * traits.below(3), traits.skewed(15)))),
            ("cliCommand", text(command.to_owned())),
            ("buildTarget", text("default".to_owned())),
            ("imageLoader", text("default".to_owned())),
            ("imageSizes", text("32,48,64,96,128,256,384".to_owned())),
            ("imageFormats", text(if project.percent(80) { "image/webp" } else { "image/avif,image/webp" }.to_owned())),
            number("webpackVersion", 5.0),
            number("imageDomainsCount", project.skewed(3) as f64),
            number("imageRemotePatternsCount", project.skewed(8) as f64),
            number("staticStaleTime", 300.0),
            number("dynamicStaleTime", 0.0),
        ];
        let flags = [
            ("isSrcDir", 50),
            ("hasNowJson", 10),
            ("isCustomServer", 3),
            ("hasNextConfig", 90),
            ("hasWebpackConfig", 20),
            ("hasBabelConfig", 0),
            ("imageEnabled", 100),
            ("imageFutureEnabled", 100),
            ("i18nEnabled", 8),
            ("trailingSlashEnabled", 5),
            ("reactStrictMode", 40),
            ("turboFlag", 70),
            ("isRspack", 1),
            ("appDir", 80),
            ("pagesDir", 30),
            ("reactCompiler", 12),
        ];
        said.extend(flags.map(|(flag, percent)| (flag, RawValue::Bool(project.percent(percent)))));
        event("NEXT_CLI_SESSION_STARTED", fields(said))
    }

    fn optimized(&mut self, pages: u64, project: &mut Chance) -> RawEvent<'static> {
        let counts = [
            "staticPageCount",
            "staticPropsPageCount",
            "serverPropsPageCount",
            "ssrPageCount",
            "rewritesCount",
            "headersCount",
            "redirectsCount",
            "headersWithHasCount",
            "rewritesWithHasCount",
            "redirectsWithHasCount",
            "middlewareCount",
            "staticAppPagesCount",
            "serverAppPagesCount",
            "edgeRuntimeAppCount",
            "edgeRuntimePagesCount",
        ];
        let mut said =
            vec![number("durationInSeconds", self.chance.around(20.0)), number("totalPageCount", pages as f64)];
        said.extend(counts.map(|count| number(count, project.skewed(pages / 4) as f64)));
        said.extend(
            ["hasStatic404", "hasReportWebVitals", "isRspack"].map(|flag| (flag, RawValue::Bool(project.percent(10)))),
        );
        event("NEXT_BUILD_OPTIMIZED", fields(said))
    }

    fn batch(&self, day: Day, arrives: Day, origin: RawFields<'static>, events: &[RawEvent<'static>]) -> Batch {
        let entry = |raw: &RawEvent<'static>| match self.catalog.check(raw, day, &hash) {
            Ok(event) => Entry::Kept { origin: 0, event, undeclared: None },
            Err(rejection) => Entry::Rejected { code: rejection.code().to_owned(), n: 1, shape: None },
        };
        let received_at = i64::from(arrives.0) * 86_400;
        Batch {
            tool: 0,
            day,
            first: Default::default(),
            cohort: None,
            received_at,
            marks: Vec::new(),
            remember_until: received_at,
            origins: vec![self.catalog.check_origin(&origin, &hash)],
            entries: events.iter().map(entry).collect(),
        }
    }
}

/// Stands for the keyed hash: spread over all its bits, and the same for the same text.
fn hash(_: &str, text: &str) -> IdHash {
    let mut state = text.bytes().fold(0u64, |state, byte| Chance(state ^ u64::from(byte)).next());
    let mut next = || {
        state = Chance(state).next();
        u128::from(state)
    };
    IdHash(next() << 64 | next())
}

/// The version that a machine has on a day: releases come all year, machines follow after a while.
fn version(day: Day, traits: &mut Chance, minors: u64, major: &str) -> String {
    let age = (day.0 - FIRST_DAY.0).max(0) as u64;
    let behind = traits.skewed(240);
    let released = age.saturating_sub(behind).min(age);
    let mut version = String::from(major);
    // Writing to a string cannot fail.
    let _ = write!(version, ".{}.{}", released * minors / DAYS as u64, released / 6 % 10);
    version
}

fn policy(command: &str) -> RawFields<'static> {
    let word = |text_: &str| text(text_.to_owned());
    fields(vec![
        ("effectivePolicy", word("security")),
        ("policySource", word("config")),
        ("sourceCommand", word(command)),
    ])
}

fn event(name: &'static str, fields: RawFields<'static>) -> RawEvent<'static> {
    RawEvent { name: name.into(), n: 1, origin: 0, fields }
}

fn fields(pairs: Vec<(&'static str, RawValue<'static>)>) -> RawFields<'static> {
    RawFields(pairs.into_iter().map(|(key, value)| (key.into(), value)).collect())
}

fn text(text: String) -> RawValue<'static> {
    RawValue::Text(text.into())
}

fn number(key: &'static str, number: f64) -> (&'static str, RawValue<'static>) {
    (key, RawValue::Number(number))
}
