//! What the machines of `acme` send: one batch a day and place, as the native client seals them.
//!
//! Of the story, it has the slow release and its fix, the rewritten error text, the runtime that fades, the spike in
//! continuous integration, the burst of undeclared events, the field that nobody sends, and the retry storm.

use aboveboard_catalog::{Bucket, Day, First, RawFields};

use super::chance::Chance;
use super::delivery::{Delivery, Said, Wire, flag, number, text, texts};
use super::story::{About, Life, Release, Story};

const RELEASES: [Release; 10] = [
    Release { version: "1.9.4", percent: -420 },
    Release { version: "2.0.3", percent: -330 },
    Release { version: "2.1.2", percent: -230 },
    Release { version: "2.2.0", percent: -140 },
    Release { version: "2.3.0", percent: -70 },
    Release { version: "2.3.1", percent: -30 },
    Release { version: SLOW, percent: 32 },
    Release { version: "2.4.1", percent: 47 },
    Release { version: REWRITTEN, percent: 66 },
    Release { version: "2.5.1", percent: 84 },
];
/// Its cache misses, until the next release repairs it.
const SLOW: &str = "2.4.0";
/// From here on the text of `ACME_CONFIG_INVALID` says what to do.
const REWRITTEN: &str = "2.5.0";
/// For so many days an error is sure to found votes: a batch may come four days late, and votes look a month back.
const FOUNDED_DAYS: i32 = 21;
/// What a few testers run. It says more than the catalogue knows.
const BETA: Release = Release { version: "2.6.0-beta.1", percent: 74 };
const BETA_UNTIL: i32 = 83;
/// From here on plugins are reported together.
const TOGETHER_FROM: usize = 7;

/// The day before the first release that reports plugins together: a catalogue comes before who speaks it.
pub(super) fn together_from(story: &Story) -> Day {
    story.day_at(RELEASES[TOGETHER_FROM].percent).plus(-1)
}

/// When builds in continuous integration went round in circles, and how often each then ran.
const SPIKE: (i32, i32) = (57, 61);
const SPIKE_TIMES: u64 = 9;
/// When the answers of the collector did not come through, so that clients sent again.
const STORM: (i32, i32) = (53, 55);

const NODES: [(&str, u64); 3] = [("18.20.8", 34), ("20.19.5", 40), ("22.21.1", 26)];
const NEXT_NODE: &str = "24.11.1";
const OS: [(&str, u64); 4] = [("linux", 46), ("macos", 37), ("windows", 16), ("freebsd", 1)];
const AGENTS: [(&str, u64); 6] =
    [("claude", 44), ("cursor", 22), ("codex", 17), ("copilot", 9), ("gemini", 6), ("opencode", 2)];
const VENDORS: [(&str, u64); 6] =
    [("github_actions", 64), ("gitlab", 18), ("circleci", 7), ("buildkite", 5), ("jenkins", 4), ("azure_pipelines", 2)];
const COMMANDS: [(&str, u64); 7] =
    [("build", 44), ("dev", 20), ("check", 17), ("serve", 7), ("deploy", 6), ("clean", 4), ("init", 2)];
/// Flags, and in how many of a hundred commands they are given.
const FLAGS: [(&str, f64); 8] = [
    ("draft", 4.0),
    ("minify", 7.0),
    ("offline", 0.6),
    ("open", 3.0),
    ("port", 5.0),
    ("quiet", 1.5),
    ("verbose", 2.5),
    ("watch", 9.0),
];
/// Sites of a kind, with the plugins that belong to it.
const SITES: [(&[&str], u64); 5] = [
    (&["@acme/markdown", "acme-plugin-rss", "acme-plugin-images"], 36),
    (&["@acme/docs", "@acme/markdown", "acme-plugin-search", "acme-plugin-mdx"], 30),
    (&["@acme/tailwind", "acme-plugin-images", "@acme/i18n"], 16),
    (&["@acme/sass", "acme-plugin-images", "acme-plugin-sitemap"], 12),
    (&["@acme/markdown"], 6),
];
/// What may come on top: plugins that many have, that few have, and that only one company has.
const EXTRAS: [(&str, u64); 8] = [
    ("acme-plugin-sitemap", 30),
    ("acme-plugin-search", 18),
    ("@acme/tailwind", 16),
    ("acme-plugin-rss", 12),
    ("acme-plugin-shiki", 8),
    ("acme-plugin-minify", 6),
    ("@acme/i18n", 4),
    ("other", 14),
];
/// Plugins that `site_built` knows.
const SAID_TOGETHER: [&str; 10] = [
    "@acme/docs",
    "@acme/i18n",
    "@acme/markdown",
    "@acme/sass",
    "@acme/tailwind",
    "acme-plugin-images",
    "acme-plugin-mdx",
    "acme-plugin-rss",
    "acme-plugin-search",
    "acme-plugin-sitemap",
];
/// Errors, how frequent they are, and in how many of a hundred votes their texts helped.
const ERRORS: [(Mishap, u64); 12] = [
    (Mishap("ACME_CONFIG_INVALID", 27.0), 30),
    (Mishap("ACME_PLUGIN_MISSING", 71.0), 16),
    (Mishap("ACME_TEMPLATE_INVALID", 46.0), 14),
    (Mishap("ACME_PORT_IN_USE", 88.0), 11),
    (Mishap("ACME_PLUGIN_FAILED", 33.0), 9),
    (Mishap("ACME_LINK_BROKEN", 79.0), 8),
    (Mishap("ACME_NETWORK_UNREACHABLE", 58.0), 5),
    (Mishap("ACME_CONFIG_MISSING", 84.0), 4),
    (Mishap("ACME_IMAGE_UNSUPPORTED", 62.0), 3),
    (Mishap("ACME_CACHE_UNREADABLE", 22.0), 2),
    (Mishap("ACME_MEMORY_EXHAUSTED", 17.0), 1),
    (Mishap("ACME_DISK_FULL", 65.0), 1),
];
const REWRITTEN_HELPS: f64 = 81.0;
const REASONS: [(&str, u64); 4] =
    [("message_unclear", 52), ("fix_did_not_work", 27), ("wrong_cause", 14), ("not_my_code", 7)];

/// What comes after an error whose text did not help.
const NEXT: [(&str, u64); 4] = [("again", 46), ("gave_up", 24), ("other_error", 18), ("success", 12)];
/// What is pressed in the banner of the documentation, with the switches it leaves on.
const CHOICES: [((&str, [bool; 3]), u64); 5] = [
    (("accept", [true; 3]), 44),
    (("deny", [false; 3]), 34),
    (("save", [false, true, false]), 11),
    (("save", [false, true, true]), 7),
    (("withdraw", [false; 3]), 4),
];
/// From here on the banner has its third text.
const NOTICE: i32 = 40;

#[derive(Clone, Copy)]
struct Mishap(&'static str, f64);

/// Everybody who uses `acme`.
pub(super) struct Acme {
    story: Story,
    machines: Vec<Machine>,
    /// The days on which the most frequent error arrived without a vote, once for each.
    unjudged: Vec<Day>,
    /// The days on which readers of the documentation voted.
    read: Vec<Day>,
}

/// One machine, and what its client remembers.
struct Machine {
    number: u64,
    life: Life,
    os: &'static str,
    arch: &'static str,
    /// The version of Node.js, and from which day on the next one.
    node: Option<(&'static str, Day)>,
    agent: Option<(&'static str, Day)>,
    container: bool,
    tests_beta: bool,
    /// A clock that is wrong by so many days.
    clock_off: i32,
    site: Site,
    last_reported: Option<Day>,
}

/// What is built on a machine.
struct Site {
    pages: u64,
    plugins: Vec<&'static str>,
    /// How long things take here, as a factor.
    slowness: f64,
}

/// One sitting: where and on what.
struct Sitting<'a> {
    site: &'a Site,
    release: usize,
    is_beta: bool,
    runs: u64,
    in_ci: bool,
}

impl Acme {
    pub(super) fn new(story: Story) -> Self {
        let machines = (0..story.machines).map(|number| Machine::new(&story, number)).collect();
        Self { story, machines, unjudged: Vec::new(), read: Vec::new() }
    }

    /// Everything that is about a day. Some of it arrives on later days.
    pub(super) fn day(&mut self, day: Day, send: &mut impl FnMut(Delivery)) {
        let story = self.story;
        let storm = story.is_within(day, STORM.0, STORM.1);
        for machine in &mut self.machines {
            let mut dice = story.dice(About::AcmeDay, machine.number, day);
            if !machine.life.is_active(&story, day, &mut dice) {
                continue;
            }
            for delivery in machine.report(&story, day, &mut dice) {
                again_in_a_storm(&delivery, storm, &mut dice, send);
                self.unjudged.extend(std::iter::repeat_n(delivery.at.day(), unjudged(&delivery)));
                send(delivery);
            }
        }
        in_ci(&story, day, send);
        readers(&story, day, &self.unjudged, &mut self.read, send);
        hostile(&story, day, send);
    }
}

/// A client whose answer does not come through sends the same batch again, under the same id.
fn again_in_a_storm(delivery: &Delivery, storm: bool, dice: &mut Chance, send: &mut impl FnMut(Delivery)) {
    let whole = delivery.events.iter().all(|said| said.rejected.is_none());
    let times = if storm && dice.percent(55.0) { 1 + dice.below(4) } else { u64::from(dice.percent(0.4)) };
    for time in 1..=times {
        if whole {
            send(delivery.again(900 * time as i64));
        }
    }
}

impl Machine {
    fn new(story: &Story, number: u64) -> Self {
        let mut dice = story.dice(About::AcmeMachine, number, Day(0));
        let life = Life::of(story, number, &mut dice);
        let os = dice.pick(&OS);
        let arm = match os {
            "macos" => 84.0,
            "linux" => 13.0,
            _ => 4.0,
        };
        let node = dice.percent(46.0).then(|| moving_on(story, dice.pick(&NODES), &mut dice));
        let starts = story.day_at((dice.unit() * 190.0) as i32 - 60);
        Self {
            number,
            life,
            os,
            arch: if dice.percent(arm) { "aarch64" } else { "x86_64" },
            node,
            agent: dice.percent(24.0).then(|| (dice.pick(&AGENTS), starts)),
            container: os == "linux" && dice.percent(21.0),
            tests_beta: dice.percent(6.0),
            clock_off: if dice.percent(0.25) { 400 } else { 0 },
            site: Site::new(&mut dice),
            last_reported: None,
        }
    }

    /// The batches about a day: one for each origin, and of them the first is the machine's first.
    fn report(&mut self, story: &Story, day: Day, dice: &mut Chance) -> Vec<Delivery> {
        let arrives = if dice.percent(4.0) { day.plus(1 + dice.below(4) as i32) } else { day };
        let agent = self.agent.filter(|(_, from)| *from <= day).map(|(agent, _)| agent);
        let driven = agent.filter(|_| dice.percent(45.0));
        let alone = driven.is_none() || dice.percent(60.0);
        let mut reports = Vec::new();
        for agent in alone.then_some(None).into_iter().chain(driven.map(Some)) {
            let (first, cohort) = self.remember(day);
            let origin = self.origin(story, day, agent);
            let events = self.sitting(story, day, dice).events(dice);
            let wire = Wire::Native { id: dice.wide(), day: day.plus(self.clock_off), first, cohort: Some(cohort) };
            let code = (self.clock_off != 0).then_some("day_out_of_range");
            let events = events.into_iter().map(|said| Said { rejected: said.rejected.or(code), ..said }).collect();
            reports.push(Delivery { at: story.moment(arrives, dice), wire, origin, events, repeated: 0 });
        }
        reports
    }

    /// Of which periods a batch is the first, as the client knows it, and the month in which the machine began.
    fn remember(&mut self, day: Day) -> (First, Day) {
        let new = |bucket| self.last_reported.is_none_or(|last| last.start_of(bucket) < day.start_of(bucket));
        let first = First { day: new(Bucket::Day), week: new(Bucket::Week), month: new(Bucket::Month) };
        self.last_reported = Some(day);
        (first, self.life.joins.start_of(Bucket::Month))
    }

    fn sitting(&self, story: &Story, day: Day, dice: &mut Chance) -> Sitting<'_> {
        let release = self.life.installed(story, &RELEASES, day);
        Sitting {
            site: &self.site,
            release,
            is_beta: self.is_beta(story, day),
            runs: 1 + dice.skewed(14),
            in_ci: false,
        }
    }

    fn is_beta(&self, story: &Story, day: Day) -> bool {
        self.tests_beta && story.is_within(day, BETA.percent, BETA_UNTIL)
    }

    fn origin(&self, story: &Story, day: Day, agent: Option<&'static str>) -> RawFields<'static> {
        let release = self.life.installed(story, &RELEASES, day);
        let version = if self.is_beta(story, day) { BETA.version } else { RELEASES[release].version };
        let node = self.node.map(|(node, until)| if day < until { node } else { NEXT_NODE });
        origin(version, (self.os, self.arch), node, agent, self.container)
    }
}

/// When the owner of this version of Node.js moves on: soon, if it is not maintained any more.
fn moving_on(story: &Story, node: &'static str, dice: &mut Chance) -> (&'static str, Day) {
    let percent = if node.starts_with("18") { dice.unit() * 112.0 } else { dice.unit() * 420.0 };
    (node, story.day_at(percent as i32))
}

fn origin(
    version: &'static str,
    (os, arch): (&'static str, &'static str),
    node: Option<&'static str>,
    agent: Option<&'static str>,
    container: bool,
) -> RawFields<'static> {
    let mut origin = vec![("version", text(version)), ("os", text(os)), ("arch", text(arch))];
    origin.extend(node.map(|node| ("runtime", text(node))));
    origin.push(("ci", flag(false)));
    origin.extend(agent.map(|agent| ("agent", text(agent))));
    origin.push(("container", flag(container)));
    RawFields(origin.into_iter().map(|(key, value)| (key.into(), value)).collect())
}

/// What runs in continuous integration, where no machine is counted: each project builds after each push.
fn in_ci(story: &Story, day: Day, send: &mut impl FnMut(Delivery)) {
    for project in 0..story.machines / 40 {
        let mut fixed = story.dice(About::AcmeCi, project, Day(0));
        let (vendor, site) = (fixed.pick(&VENDORS), Site::new(&mut fixed));
        let mut dice = story.dice(About::AcmeCi, project, day);
        let spike = vendor == "github_actions" && story.is_within(day, SPIKE.0, SPIKE.1);
        let builds = (dice.around(4.0, 0.6) * story.bustle(day)) as u64 * if spike { SPIKE_TIMES } else { 1 };
        for _ in 0..builds {
            let release = story.newest(&RELEASES, day).saturating_sub(fixed.skewed(4) as usize);
            let sitting = Sitting { site: &site, release, is_beta: false, runs: 1 + dice.below(2), in_ci: true };
            let mut events = sitting.events(&mut dice);
            if spike {
                events.push(error("ACME_CACHE_UNREADABLE", "build"));
            }
            let id = dice.wide();
            let mut origin = origin(RELEASES[release].version, ("linux", "x86_64"), None, None, true);
            origin.take("ci");
            origin.0.extend([("ci".into(), flag(true)), ("ci_vendor".into(), text(vendor))]);
            let wire = Wire::Native { id, day, first: First::default(), cohort: None };
            send(Delivery { at: story.moment(day, &mut dice), wire, origin, events, repeated: 0 });
        }
    }
}

/// Readers of the documentation choose in its banner, and some vote on the text of the most frequent error. Nothing is
/// said of where they are.
fn readers(story: &Story, day: Day, unjudged: &[Day], read: &mut Vec<Day>, send: &mut impl FnMut(Delivery)) {
    let mut dice = story.dice(About::AcmeReaders, 0, day);
    let mut say = |dice: &mut Chance, said: Said| {
        let wire = Wire::Native { id: dice.wide(), day, first: First::default(), cohort: None };
        let origin = RawFields::default();
        send(Delivery { at: story.moment(day, dice), wire, origin, events: vec![said], repeated: 0 });
    };
    for _ in 0..(story.machines as f64 / 60.0 * story.bustle(day)) as u64 {
        let (action, switches) = dice.pick(&CHOICES);
        let notice = if day < story.day_at(NOTICE) { 2.0 } else { 3.0 };
        let mut choice = vec![("notice", number(notice)), ("action", text(action))];
        choice.extend(["marketing", "analytics", "functional"].into_iter().zip(switches.map(flag)));
        choice.push(("gpc", flag(action == "deny" && dice.percent(22.0))));
        say(&mut dice, Said::new("consent_chosen", choice));
    }
    // A vote that no error founds does not count, so there are no more of them than errors of days that are over.
    let founded = unjudged.iter().filter(|met| (day.plus(-FOUNDED_DAYS)..day).contains(*met)).count();
    let used = read.iter().filter(|voted| **voted > day.plus(-3 * FOUNDED_DAYS)).count();
    if used < founded && dice.percent(60.0 * story.bustle(day)) {
        let (Mishap(code, helped), _) = ERRORS[0];
        let is_new = came_out(REWRITTEN, *story).is_some_and(|rewritten| rewritten <= day);
        let helps = if is_new { REWRITTEN_HELPS } else { helped };
        let vote = vec![("code", text(code)), ("helpful", flag(dice.percent(helps))), ("surface", text("docs"))];
        read.push(day);
        say(&mut dice, Said::new("feedback_given", vote));
    }
}

/// How often a batch says the most frequent error without a vote on it.
fn unjudged(delivery: &Delivery) -> usize {
    let about = |name: &str| {
        let of_code = |said: &&Said| {
            let fields = &said.event.fields.0;
            said.rejected.is_none() && said.event.name == name && fields.contains(&("code".into(), text(ERRORS[0].0.0)))
        };
        delivery.events.iter().filter(of_code).count()
    };
    about("error_shown").saturating_sub(about("feedback_given"))
}

/// Now and then something arrives that no client of ours would send.
fn hostile(story: &Story, day: Day, send: &mut impl FnMut(Delivery)) {
    let mut dice = story.dice(About::Hostile, 0, day);
    let events = vec![
        Said::new("", vec![("command", text("build"))]).rejected("event_malformed"),
        Said::new("error_shown", vec![("code", text("ACME_DISK_FULL"))])
            .times(2_000_000)
            .rejected("count_out_of_range"),
    ];
    let origin = origin("2.2.0", ("linux", "x86_64"), None, None, false);
    let wire = Wire::Native { id: dice.wide(), day, first: First::default(), cohort: None };
    if dice.percent(60.0) {
        send(Delivery { at: story.moment(day, &mut dice), wire, origin, events, repeated: 0 });
    }
}

impl Site {
    fn new(dice: &mut Chance) -> Self {
        let mut plugins = dice.pick(&SITES).to_vec();
        plugins.retain(|_| dice.percent(90.0));
        for _ in 0..dice.skewed(4) {
            plugins.push(dice.pick(&EXTRAS));
        }
        plugins.sort_unstable();
        plugins.dedup();
        let pages = dice.around(34.0, 1.5).clamp(1.0, 30_000.0) as u64;
        Self { pages, plugins, slowness: dice.around(1.0, 0.45) * (pages as f64 / 34.0).powf(0.3) }
    }
}

impl Sitting<'_> {
    /// What a client has to say about it.
    fn events(&self, dice: &mut Chance) -> Vec<Said> {
        let mut events = Vec::new();
        let mut builds = 0;
        for _ in 0..self.runs.min(4) {
            let command = if self.in_ci { dice.pick(&[("build", 8), ("check", 3)]) } else { dice.pick(&COMMANDS) };
            let n = self.runs.div_ceil(4);
            builds += if command == "build" { n } else { 0 };
            self.run(command, n, dice, &mut events);
        }
        if builds > 0 {
            self.built(builds, dice, &mut events);
        }
        if self.is_beta {
            self.beta(dice, &mut events);
        }
        events
    }

    /// One command, as often as it was run alike, and what went wrong in it.
    fn run(&self, command: &'static str, n: u64, dice: &mut Chance, events: &mut Vec<Said>) {
        let failed = dice.percent(8.5);
        let outcome = match dice.unit() {
            _ if failed => "failed",
            luck if luck < 0.04 => "cancelled",
            luck if luck < 0.08 && self.is_beta => "skipped",
            _ => "ok",
        };
        let mut fields = vec![("command", text(command)), ("outcome", text(outcome))];
        let cached = dice.percent(if self.is_slow() { 31.0 } else { 74.0 });
        fields.extend(self.duration(command, cached, dice).map(|ms| ("duration", number(ms))));
        fields.push(("pages", number(self.site.pages as f64)));
        let flags: Vec<&str> = FLAGS.iter().filter(|(_, share)| dice.percent(*share)).map(|(flag, _)| *flag).collect();
        if !flags.is_empty() {
            fields.push(("flags", texts(&flags)));
        }
        if command == "build" {
            fields.push(("cached", flag(cached)));
        }
        events.push(Said::new("command_finished", fields).times(n));
        if failed {
            self.fail(command, dice, events);
        }
    }

    fn is_slow(&self) -> bool {
        RELEASES[self.release].version == SLOW && !self.is_beta
    }

    /// In whole milliseconds. What runs until it is stopped has no duration.
    fn duration(&self, command: &str, cached: bool, dice: &mut Chance) -> Option<f64> {
        let median = match command {
            "build" => 4_600.0,
            "check" => 1_300.0,
            "deploy" => 9_500.0,
            "init" => 2_400.0,
            "clean" => 80.0,
            _ => return None,
        };
        let missed = if command == "build" && !cached { 1.6 } else { 1.0 };
        let release = if self.is_slow() { 1.55 } else { 1.0 };
        Some((dice.around(median, 0.5) * self.site.slowness * missed * release).round().max(1.0))
    }

    fn fail(&self, command: &'static str, dice: &mut Chance, events: &mut Vec<Said>) {
        let mut errors = ERRORS;
        if RELEASES[self.release].version >= REWRITTEN {
            errors[0] = (Mishap(errors[0].0.0, REWRITTEN_HELPS), 19);
        }
        let Mishap(code, helps) = dice.pick(&errors);
        events.push(error(code, command));
        if !self.in_ci {
            // Whoever is helped by a text does not meet the error again.
            let next = if dice.percent(helps) { "success" } else { dice.pick(&NEXT) };
            events.push(Said::new("error_followed", vec![("code", text(code)), ("next", text(next))]));
        }
        if !self.in_ci && dice.percent(30.0) {
            let helpful = dice.percent(helps);
            let mut vote = vec![("code", text(code)), ("helpful", flag(helpful))];
            vote.push(("surface", text(dice.pick(&[("terminal", 8), ("overlay", 2)]))));
            if !helpful && dice.percent(70.0) {
                vote.push(("reason", text(dice.pick(&REASONS))));
            }
            events.push(Said::new("feedback_given", vote));
        }
    }

    fn built(&self, n: u64, dice: &mut Chance, events: &mut Vec<Said>) {
        for plugin in &self.site.plugins {
            let version = format!("{}.{}.0", 1 + plugin.len() % 3, self.release / 2 + dice.skewed(3) as usize);
            let fields = vec![("plugin", text(*plugin)), ("plugin_version", text(version))];
            events.push(Said::new("plugin_loaded", fields).times(n));
        }
        let together: Vec<&str> =
            self.site.plugins.iter().copied().filter(|plugin| SAID_TOGETHER.contains(plugin)).collect();
        if self.release >= TOGETHER_FROM && !together.is_empty() {
            events.push(Said::new("site_built", vec![("plugins", texts(&together))]).times(n));
        }
    }

    /// What the beta says although its catalogue was never reviewed.
    fn beta(&self, dice: &mut Chance, events: &mut Vec<Said>) {
        let seconds = number((dice.around(40.0, 0.4)).round());
        let deployed = vec![("target", text("staging")), ("seconds", seconds), ("regions", texts(&["eu", "us"]))];
        events.push(Said::new("site_deployed", deployed).times(2 + dice.below(30)).rejected("event_undeclared"));
        if dice.percent(40.0) {
            let theme = vec![("theme", text("night")), ("dark", flag(true))];
            events.push(Said::new("theme_previewed", theme).rejected("event_undeclared"));
        }
    }
}

fn error(code: &'static str, command: &'static str) -> Said {
    Said::new("error_shown", vec![("code", text(code)), ("command", text(command))])
}

/// When a version came out.
pub(super) fn came_out(version: &str, story: Story) -> Option<Day> {
    let release = RELEASES.iter().find(|release| release.version == version)?;
    Some(story.day_at(release.percent))
}
