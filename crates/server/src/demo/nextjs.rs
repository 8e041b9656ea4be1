//! What Next.js sends: a request for each kind of event of a session, from laptops that keep their random number and
//! from continuous integration, where every build has a new one. The shape of each request is that of the captures.
//!
//! Of the story, it has the version of Node.js that fades, and the same bytes sent again after a lost answer.

use std::collections::BTreeSet;

use aboveboard_catalog::{Bucket, Day, RawFields, RawValue};

use super::chance::Chance;
use super::delivery::{Delivery, Said, Wire, flag, number, text};
use super::story::{About, Life, Release, Story};
use crate::clock::Moment;

const RELEASES: [Release; 9] = [
    Release { version: "14.2.35", percent: -500 },
    Release { version: "15.5.9", percent: -330 },
    Release { version: "16.1.6", percent: -160 },
    Release { version: "16.2.4", percent: -80 },
    Release { version: "16.3.0", percent: -20 },
    Release { version: "16.3.2", percent: 14 },
    Release { version: "16.4.0", percent: 40 },
    Release { version: "16.4.3", percent: 61 },
    Release { version: "16.4.6", percent: 86 },
];
/// From here on there are no votes on errors any more.
const WITHOUT_VOTES: usize = 6;
const STORM: (i32, i32) = (63, 65);
const NODES: [(&str, u64); 4] = [("v18.20.8", 22), ("v20.19.5", 41), ("v22.21.1", 29), ("v24.11.1", 8)];
const NEXT_NODE: &str = "v24.11.1";
const OS: [(&str, u64); 3] = [("darwin", 55), ("win32", 24), ("linux", 21)];
const AGENTS: [(&str, u64); 5] = [("claude", 46), ("cursor", 28), ("codex", 15), ("gemini", 6), ("github-copilot", 5)];
const VENDORS: [(&str, u64); 4] = [("ZEIT Now", 58), ("GitHub Actions", 29), ("GitLab CI", 9), ("CircleCI", 4)];
/// Packages, and in how many of a hundred apps they are. One of them is private and must become `other`.
const PACKAGES: [(&str, &str, f64); 16] = [
    ("@types/node", "^24.10.1", 80.0),
    ("@types/react", "^19.2.0", 92.0),
    ("react", "19.2.1", 100.0),
    ("react-dom", "19.2.1", 100.0),
    ("typescript", "^5.9.3", 88.0),
    ("tailwindcss", "^4.1.17", 71.0),
    ("eslint", "^9.39.1", 63.0),
    ("zod", "^4.1.12", 47.0),
    ("@clerk/nextjs", "^6.35.0", 19.0),
    ("framer-motion", "^12.23.24", 26.0),
    ("swr", "^2.3.6", 15.0),
    ("@tanstack/react-query", "^5.90.7", 34.0),
    ("drizzle-orm", "^0.44.7", 13.0),
    ("@prisma/client", "^6.18.0", 22.0),
    ("date-fns", "^4.1.0", 31.0),
    ("@initech/tps-reports", "file:../tps-reports", 4.0),
];
/// Features that a build counts, each with how likely it is used.
const FEATURES: [(&str, f64); 12] = [
    ("next/image", 70.0),
    ("next/script", 25.0),
    ("next/dynamic", 40.0),
    ("next/font/google", 45.0),
    ("next/font/local", 15.0),
    ("swcRelay", 1.0),
    ("swcStyledComponents", 6.0),
    ("swcEmotion", 3.0),
    ("swcRemoveConsole", 8.0),
    ("transpilePackages", 20.0),
    ("modularizeImports", 4.0),
    ("skipTrailingSlashRedirect", 5.0),
];
const LATER_FEATURES: [(&str, f64); 4] = [
    ("experimental/cacheComponents", 14.0),
    ("experimental/optimizeCss", 3.0),
    ("useCache/default", 9.0),
    ("useCache/remote", 2.0),
];
const FAILURES: [(&str, u64); 5] =
    [("CompileError", 40), ("Error", 30), ("BuildError", 15), ("CssSyntaxError", 10), ("DynamicServerError", 5)];
/// Errors of the overlay, and in how many of a hundred votes their texts helped.
const VOTED: [((&str, f64), u64); 5] = [
    (("E394", 31.0), 40),
    (("E1", 62.0), 25),
    (("E100", 74.0), 20),
    (("E10", 48.0), 14),
    (("/home/alice/app", 0.0), 1),
];

/// Everybody who uses Next.js.
pub(super) struct Nextjs {
    story: Story,
    machines: Vec<Machine>,
    /// The machine, the code and the month of every vote. Next.js lets people vote again; that counts once.
    voted: BTreeSet<(u64, String, Day)>,
}

struct Machine {
    number: u64,
    life: Life,
    id: String,
    app: App,
    os: &'static str,
    arm: bool,
    node: (&'static str, Day),
    agent: Option<(&'static str, Day)>,
    cpus: f64,
}

/// What is built: it stays the same for a machine, and for all builds of a project.
struct App {
    project: String,
    routes: u64,
    packages: Vec<(&'static str, &'static str)>,
    webpack: bool,
    src_dir: bool,
    app_dir: bool,
    pages_dir: bool,
    strict: bool,
    compiler: bool,
    slowness: f64,
}

/// One run of `next`: its origin, and the requests it makes.
struct Session<'a> {
    app: &'a App,
    release: usize,
    node: &'static str,
    origin: RawFields<'static>,
    begins: Moment,
}

impl Nextjs {
    pub(super) fn new(story: Story) -> Self {
        let machines = (0..story.machines * 2 / 5).map(|number| Machine::new(&story, number)).collect();
        Self { story, machines, voted: BTreeSet::new() }
    }

    pub(super) fn day(&mut self, day: Day, send: &mut impl FnMut(Delivery)) {
        let story = self.story;
        for machine in &self.machines {
            let mut dice = story.dice(About::NextDay, machine.number, day);
            if machine.life.is_active(&story, day, &mut dice) {
                let session = machine.session(&story, day, &mut dice);
                let is_build = dice.percent(30.0);
                let mut requests = if is_build { session.build(&mut dice) } else { session.dev(&mut dice) };
                once_a_month(&mut self.voted, machine.number, day, &mut requests);
                session.send(requests, &story, send);
            }
        }
        in_ci(&story, day, send);
    }
}

/// The first vote of a machine on a code in a month counts. What is no code is `other`, and so one.
fn once_a_month(voted: &mut BTreeSet<(u64, String, Day)>, machine: u64, day: Day, requests: &mut [Request]) {
    let said = requests.iter_mut().flat_map(|(_, events)| events);
    for vote in said.filter(|said| said.event.name == "NEXT_ERROR_FEEDBACK") {
        let code = vote.event.fields.0.iter().find_map(|(key, value)| match value {
            RawValue::Text(code) if key == "errorCode" => Some(code.to_string()),
            _ => None,
        });
        if !voted.insert((machine, code.unwrap_or_default(), day.start_of(Bucket::Month))) {
            vote.rejected = Some("vote_repeated");
        }
    }
}

impl Machine {
    fn new(story: &Story, number: u64) -> Self {
        let mut dice = story.dice(About::NextMachine, number, Day(0));
        let os = dice.pick(&OS);
        let node = dice.pick(&NODES);
        let leaves = if node.starts_with("v18") { dice.unit() * 108.0 } else { 12.0 + dice.unit() * 330.0 };
        let starts = story.day_at((dice.unit() * 180.0) as i32 - 70);
        Self {
            number,
            // Their updates have nothing to do with those of machines of the same number elsewhere.
            life: Life::of(story, number + 1_000_000, &mut dice),
            id: hex(&mut dice),
            app: App::new(&mut dice),
            os,
            arm: dice.percent(if os == "darwin" { 88.0 } else { 6.0 }),
            node: (node, story.day_at(leaves as i32)),
            agent: dice.percent(22.0).then(|| (dice.pick(&AGENTS), starts)),
            cpus: dice.pick(&[(4.0, 2), (8.0, 5), (10.0, 4), (12.0, 3), (16.0, 2)]),
        }
    }

    fn session(&self, story: &Story, day: Day, dice: &mut Chance) -> Session<'_> {
        let release = self.life.installed(story, &RELEASES, day);
        // Next.js 15 and later do not run on Node.js 18.
        let (node, until) = self.node;
        let node = if day >= until || (node.starts_with("v18") && release >= 2) { NEXT_NODE } else { node };
        let agent = self.agent.filter(|(_, from)| *from <= day && dice.percent(55.0)).map(|(agent, _)| agent);
        let arch = if self.arm { "arm64" } else { "x64" };
        let meta = [
            ("systemPlatform", text(self.os)),
            ("systemRelease", text("24.6.0")),
            ("systemArchitecture", text(arch)),
            ("cpuCount", number(self.cpus)),
            ("memoryInMb", number(self.cpus * 2048.0)),
            ("isDocker", flag(false)),
            ("isWsl", flag(self.os == "linux" && self.number.is_multiple_of(3))),
            ("isCI", flag(false)),
            ("ciName", RawValue::Null),
            ("agentName", agent.map_or(RawValue::Null, text)),
        ];
        let origin = origin(&self.id, &self.app.project, hex(dice), release, meta);
        Session { app: &self.app, release, node, origin, begins: story.moment(day, dice) }
    }
}

/// Every build is a machine of its own there.
fn in_ci(story: &Story, day: Day, send: &mut impl FnMut(Delivery)) {
    for project in 0..story.machines / 60 {
        let mut fixed = story.dice(About::NextCi, project, Day(0));
        let (vendor, app, behind) = (fixed.pick(&VENDORS), App::new(&mut fixed), fixed.skewed(4) as usize);
        let mut dice = story.dice(About::NextCi, project, day);
        for _ in 0..(dice.around(1.6, 0.5) * story.bustle(day)) as u64 {
            let release = story.newest(&RELEASES, day).saturating_sub(behind);
            let meta = [
                ("systemPlatform", text("linux")),
                ("systemRelease", text("6.8.0-45-generic")),
                ("systemArchitecture", text("x64")),
                ("cpuCount", number(4.0)),
                ("memoryInMb", number(8192.0)),
                ("isDocker", flag(true)),
                ("isWsl", flag(false)),
                ("isCI", flag(true)),
                ("ciName", text(vendor)),
                ("agentName", RawValue::Null),
            ];
            let origin = origin(&hex(&mut dice), &app.project, hex(&mut dice), release, meta);
            let begins = story.moment(day, &mut dice);
            let session = Session { app: &app, release, node: "v22.21.1", origin, begins };
            session.send(session.build(&mut dice), story, send);
        }
    }
}

fn origin(
    machine: &str,
    project: &str,
    session: String,
    release: usize,
    meta: [(&'static str, RawValue<'static>); 10],
) -> RawFields<'static> {
    let ids = [("anonymousId", machine.to_owned()), ("projectId", project.to_owned()), ("sessionId", session)];
    let ids = ids.map(|(key, id)| (key, text(id)));
    let version = [("nextVersion", text(RELEASES[release].version))];
    RawFields(ids.into_iter().chain(meta).chain(version).map(|(key, value)| (key.into(), value)).collect())
}

impl App {
    fn new(dice: &mut Chance) -> Self {
        let routes = dice.around(22.0, 1.1).clamp(1.0, 4_000.0);
        Self {
            project: hex(dice),
            routes: routes as u64,
            packages: PACKAGES.iter().filter(|(.., share)| dice.percent(*share)).map(|p| (p.0, p.1)).collect(),
            webpack: dice.percent(31.0),
            src_dir: dice.percent(52.0),
            app_dir: dice.percent(86.0),
            pages_dir: dice.percent(29.0),
            strict: dice.percent(44.0),
            compiler: dice.percent(17.0),
            slowness: dice.around(1.0, 0.4) * (routes / 22.0).sqrt(),
        }
    }
}

/// The events of a request, and how many seconds after the begin of the session it is made.
type Request = (i64, Vec<Said>);

impl Session<'_> {
    /// Makes the requests. While answers are lost, each is made once more with the same bytes.
    fn send(&self, requests: Vec<Request>, story: &Story, send: &mut impl FnMut(Delivery)) {
        let storm = story.is_within(self.begins.day(), STORM.0, STORM.1);
        for (place, (seconds, events)) in requests.into_iter().enumerate() {
            let at = Moment(self.begins.0 + seconds * 1000);
            let delivery = Delivery { at, wire: Wire::Nextjs, origin: self.origin.clone(), events, repeated: 0 };
            let lost = Chance::of(at.0 as u64, &[place as u64]).percent(if storm { 60.0 } else { 0.3 });
            if lost {
                send(delivery.again(2));
            }
            send(delivery);
        }
    }

    fn dev(&self, dice: &mut Chance) -> Vec<Request> {
        let mut requests = vec![(0, vec![self.started("dev")])];
        if self.release >= WITHOUT_VOTES {
            requests.push((1, vec![feature("turbopackFileSystemCache", u8::from(!self.app.webpack))]));
        } else if dice.percent(12.0) {
            let (code, helps) = dice.pick(&VOTED);
            let vote = vec![("errorCode", text(code)), ("wasHelpful", flag(dice.percent(helps)))];
            requests.push((240, vec![Said::new("NEXT_ERROR_FEEDBACK", vote)]));
        }
        let minutes = dice.around(26.0, 0.9);
        let stopped = vec![
            ("nextVersion", text(RELEASES[self.release].version)),
            ("nodeVersion", text(self.node)),
            ("cliCommand", text("dev")),
            ("durationMilliseconds", number((minutes * 60_000.0).round())),
            ("turboFlag", flag(!self.app.webpack)),
            ("pagesDir", flag(self.app.pages_dir)),
            ("appDir", flag(self.app.app_dir)),
            ("isRspack", flag(false)),
        ];
        requests.push((1_800, vec![Said::new("NEXT_CLI_SESSION_STOPPED", stopped)]));
        requests
    }

    fn build(&self, dice: &mut Chance) -> Vec<Request> {
        let seconds = dice.around(if self.app.webpack { 46.0 } else { 15.0 }, 0.4) * self.app.slowness;
        let bundler = text(if self.app.webpack { "webpack" } else { "turbopack" });
        let package = |(name, version): &(&'static str, &'static str)| {
            Said::new("NEXT_PACKAGE_DETECTED", vec![("packageName", text(*name)), ("packageVersion", text(*version))])
        };
        let mut requests = vec![
            (0, vec![self.started("build")]),
            (1, self.app.packages.iter().map(package).collect()),
            (2, features(&FEATURES, dice)),
        ];
        let duration = ("durationInSeconds", number(seconds.round()));
        if dice.percent(6.0) {
            let failed = vec![("bundler", bundler), ("errorCode", text(dice.pick(&FAILURES))), duration];
            requests.push((30, vec![Said::new("NEXT_BUILD_FAILED", failed)]));
            return requests;
        }
        let routes = number(self.app.routes as f64);
        let completed = vec![
            ("bundler", bundler),
            duration,
            ("totalAppPagesCount", routes.clone()),
            ("totalPageCount", number(2.0)),
            ("hasDunderPages", flag(false)),
            ("hasTestPages", flag(false)),
        ];
        let checked = vec![
            ("durationInSeconds", number((seconds / 4.0).round())),
            ("typescriptVersion", text("5.9.3")),
            ("incremental", flag(true)),
            ("typeCheckMode", text("typescript-cli")),
        ];
        requests.push((30, vec![Said::new("NEXT_BUILD_COMPLETED", completed)]));
        requests.push((31, vec![Said::new("NEXT_TYPE_CHECK_COMPLETED", checked)]));
        requests.push((32, features(&LATER_FEATURES, dice)));
        requests.push((33, vec![self.optimized(seconds, routes, dice)]));
        requests
    }

    fn optimized(&self, seconds: f64, routes: RawValue<'static>, dice: &mut Chance) -> Said {
        let part = |dice: &mut Chance| number(dice.skewed(self.app.routes / 3) as f64);
        let optimized = vec![
            ("durationInSeconds", number((seconds / 6.0).round())),
            ("staticPageCount", number(1.0)),
            ("serverPropsPageCount", part(dice)),
            ("ssrPageCount", part(dice)),
            ("hasStatic404", flag(true)),
            ("rewritesCount", part(dice)),
            ("headersCount", part(dice)),
            ("redirectsCount", part(dice)),
            ("middlewareCount", number(f64::from(u8::from(self.app.strict)))),
            ("totalAppPagesCount", routes),
            ("totalPageCount", number(2.0)),
            ("isRspack", flag(false)),
        ];
        Said::new("NEXT_BUILD_OPTIMIZED", optimized)
    }

    fn started(&self, command: &'static str) -> Said {
        let app = self.app;
        let started = vec![
            ("nextVersion", text(RELEASES[self.release].version)),
            ("nodeVersion", text(self.node)),
            ("cliCommand", text(command)),
            ("isSrcDir", flag(app.src_dir)),
            ("hasNowJson", flag(false)),
            ("isCustomServer", RawValue::Null),
            ("hasNextConfig", flag(true)),
            ("buildTarget", text("default")),
            ("hasWebpackConfig", flag(app.webpack)),
            ("imageEnabled", flag(true)),
            ("i18nEnabled", flag(false)),
            ("imageDomainsCount", number(0.0)),
            ("imageRemotePatternsCount", number(1.0)),
            ("imageSizes", text("32,48,64,96,128,256,384")),
            ("imageLoader", text("default")),
            ("imageFormats", text(if app.strict { "image/webp,image/avif" } else { "image/webp" })),
            ("nextConfigOutput", if app.src_dir { RawValue::Null } else { text("standalone") }),
            ("reactStrictMode", flag(app.strict)),
            ("turboFlag", flag(!app.webpack)),
            ("isRspack", flag(false)),
            ("appDir", flag(app.app_dir)),
            ("pagesDir", flag(app.pages_dir)),
            ("reactCompiler", flag(app.compiler)),
        ];
        Said::new("NEXT_CLI_SESSION_STARTED", started)
    }
}

fn features(features: &[(&'static str, f64)], dice: &mut Chance) -> Vec<Said> {
    let uses = |(name, likely): &(&'static str, f64)| {
        let used = dice.percent(*likely);
        feature(name, if used { 1 + dice.skewed(30) as u8 } else { 0 })
    };
    features.iter().map(uses).collect()
}

fn feature(name: &'static str, count: u8) -> Said {
    Said::new("NEXT_BUILD_FEATURE_USAGE", vec![("featureName", text(name)), ("invocationCount", number(count))])
}

/// 64 digits, as Next.js writes its numbers.
fn hex(dice: &mut Chance) -> String {
    format!("{:032x}{:032x}", dice.wide(), dice.wide())
}
