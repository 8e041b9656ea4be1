//! What Clerk's clients send: the components and hooks of apps under development, and the `clerk` command line.
//!
//! Of the story, it has buffers that grow because an old SDK empties them only after the answer, and what is turned away
//! at the door: events of production instances.

use aboveboard_catalog::{Day, RawFields, RawValue};

use super::chance::Chance;
use super::delivery::{Delivery, Said, Wire, flag, number, text};
use super::story::{About, Life, Release, Story};
use crate::clock::Moment;

const RELEASES: [Release; 6] = [
    Release { version: "5.7.6", percent: -330 },
    Release { version: "6.22.0", percent: -150 },
    Release { version: "6.31.4", percent: -50 },
    Release { version: "6.35.1", percent: 12 },
    Release { version: "7.0.0", percent: 44 },
    Release { version: "7.1.2", percent: 78 },
];
/// The SDK whose buffer grows.
const GROWING: usize = 0;
const CLI: [Release; 4] = [
    Release { version: "3.0.2", percent: -70 },
    Release { version: "3.1.0", percent: 8 },
    Release { version: "3.2.1", percent: 41 },
    Release { version: "3.3.0", percent: 72 },
];
const SDKS: [(&str, u64); 7] = [
    ("@clerk/nextjs", 56),
    ("@clerk/react", 21),
    ("@clerk/react-router", 8),
    ("@clerk/astro", 6),
    ("@clerk/vue", 4),
    ("@clerk/express", 3),
    ("@clerk/nuxt", 2),
];
const COMPONENTS: [(&str, u64); 8] = [
    ("SignIn", 30),
    ("UserButton", 27),
    ("SignUp", 18),
    ("UserProfile", 9),
    ("OrganizationSwitcher", 7),
    ("PricingTable", 4),
    ("OrganizationProfile", 3),
    ("Waitlist", 2),
];
const METHODS: [(&str, u64); 7] = [
    ("useAuth", 34),
    ("useUser", 26),
    ("clerkMiddleware", 18),
    ("useSignIn", 9),
    ("useSignUp", 6),
    ("useOrganization", 5),
    ("useReverification", 2),
];
/// Themes; one of them is an app's own.
const THEMES: [(&str, u64); 6] =
    [("shadcn", 44), ("dark", 25), ("clerk", 12), ("neobrutalism", 9), ("simple", 6), ("initech-green", 4)];
const STEPS: [&str; 5] = ["select-provider", "verify-domain", "configure", "test", "activate"];
const COMMANDS: [(&str, u64); 9] = [
    ("env pull", 24),
    ("init", 20),
    ("auth login", 18),
    ("users list", 10),
    ("doctor", 9),
    ("deploy", 7),
    ("apps list", 6),
    ("webhooks listen", 4),
    ("config pull", 2),
];
const ERRORS: [(&str, u64); 5] = [
    ("auth_required", 46),
    ("api_error", 22),
    ("app_not_found", 15),
    ("framework_undetected", 11),
    ("auth_timeout", 6),
];

/// Everybody who builds on Clerk.
pub(super) struct Clerk {
    story: Story,
    projects: Vec<Project>,
}

struct Project {
    number: u64,
    life: Life,
    sdk: &'static str,
    key: String,
    next: &'static str,
    app_router: bool,
    restyled: bool,
    theme: Option<&'static str>,
    signs_on: bool,
    /// The random number of the command line, where it is used.
    cli: Option<String>,
    os: &'static str,
}

impl Clerk {
    pub(super) fn new(story: Story) -> Self {
        Self { story, projects: (0..story.machines / 4).map(|number| Project::new(&story, number)).collect() }
    }

    pub(super) fn day(&mut self, day: Day, send: &mut impl FnMut(Delivery)) {
        let story = self.story;
        for project in &self.projects {
            let mut dice = story.dice(About::ClerkDay, project.number, day);
            if project.life.is_active(&story, day, &mut dice) {
                project.develop(&story, day, &mut dice, send);
            }
            project.command(&story, day, send);
        }
    }
}

impl Project {
    fn new(story: &Story, number: u64) -> Self {
        let mut dice = story.dice(About::ClerkProject, number, Day(0));
        Self {
            number,
            life: Life::of(story, number + 2_000_000, &mut dice),
            sdk: dice.pick(&SDKS),
            key: format!("pk_test_{:032x}", dice.wide()),
            next: dice.pick(&[("16.4.3", 5), ("16.3.0", 3), ("15.5.9", 3)]),
            app_router: dice.percent(88.0),
            restyled: dice.percent(48.0),
            theme: dice.percent(37.0).then(|| dice.pick(&THEMES)),
            signs_on: dice.percent(6.0),
            cli: dice.percent(45.0).then(|| uuid(&mut dice)),
            os: dice.pick(&[("darwin", 61), ("linux", 24), ("win32", 15)]),
        }
    }

    /// What the app says while somebody works on it. Requests of a day are minutes apart, so that none passes for the
    /// repeat of another.
    fn develop(&self, story: &Story, day: Day, dice: &mut Chance, send: &mut impl FnMut(Delivery)) {
        let release = self.life.installed(story, &RELEASES, day);
        let instance = if dice.percent(2.0) { "production" } else { "development" };
        let mut events = self.events(release, dice);
        if instance == "production" {
            events = events.into_iter().map(|said| said.rejected("production_instance")).collect();
        }
        let origin = self.origin(release, instance);
        let begins = story.moment(day, dice);
        let deliver = |minutes: i64, events: Vec<Said>, repeated| {
            let at = Moment(begins.0 + minutes * 60_000);
            Delivery { at, wire: Wire::Clerk, origin: origin.clone(), events, repeated }
        };
        if release == GROWING && instance == "development" {
            // All within the seconds in which beginnings are recognised.
            (1..=events.len()).for_each(|end| send(deliver(0, events[..end].to_vec(), end - 1)));
        } else {
            (0..).zip(events).for_each(|(place, said)| send(deliver(place, vec![said], 0)));
        }
    }

    fn events(&self, release: usize, dice: &mut Chance) -> Vec<Said> {
        let mut events = Vec::new();
        if self.sdk == "@clerk/nextjs" {
            let router = text(if self.app_router { "app" } else { "pages" });
            events.push(Said::new("FRAMEWORK_METADATA", vec![("router", router), ("nextjsVersion", text(self.next))]));
        }
        events.push(self.component(release, dice));
        events.extend(self.theme.map(|theme| Said::new("THEME_USAGE", vec![("themeName", text(theme))])));
        let method = dice.pick(&METHODS);
        let mut called = vec![("method", text(method))];
        if matches!(method, "useSignIn" | "useSignUp") {
            called.push(("apiVersion", text(if release >= 4 { "2025-11" } else { "legacy" })));
        }
        events.push(Said::new("METHOD_CALLED", called));
        if self.signs_on && dice.percent(50.0) {
            let reached = 1 + dice.skewed(STEPS.len() as u64) as usize;
            events.extend(STEPS[..reached].iter().map(|step| flow(step)));
        }
        events
    }

    fn component(&self, release: usize, dice: &mut Chance) -> Said {
        let theme = if release == GROWING { "baseTheme" } else { "theme" };
        let mounted = vec![
            ("component", text(dice.pick(&COMPONENTS))),
            ("appearanceProp", flag(self.restyled)),
            (theme, flag(self.theme.is_some())),
            ("elements", flag(self.restyled && self.app_router)),
            ("variables", flag(self.restyled)),
        ];
        Said::new("COMPONENT_MOUNTED", mounted)
    }

    fn origin(&self, release: usize, instance: &'static str) -> RawFields<'static> {
        let origin = [
            ("cv", text(if release >= 4 { "6.40.0" } else { "5.109.2" })),
            ("it", text(instance)),
            ("sdk", text(self.sdk)),
            ("sdkv", text(RELEASES[release].version)),
            ("pk", text(self.key.clone())),
        ];
        RawFields(origin.map(|(key, value)| (key.into(), value)).into())
    }

    fn command(&self, story: &Story, day: Day, send: &mut impl FnMut(Delivery)) {
        let Some(machine) = &self.cli else { return };
        let mut dice = story.dice(About::ClerkCommand, self.number, day);
        if !self.life.is_active(story, day, &mut dice) {
            return;
        }
        let release = self.life.installed(story, &CLI, day);
        let origin = [("sdk", text("clerk-cli")), ("sdkv", text(CLI[release].version))];
        let origin = RawFields(origin.map(|(key, value)| (key.into(), value)).into());
        let begins = story.moment(day, &mut dice);
        for place in 0..1 + dice.skewed(5) as i64 {
            let at = Moment(begins.0 + place * 60_000);
            let events = vec![self.executed(machine, &mut dice)];
            send(Delivery { at, wire: Wire::Clerk, origin: origin.clone(), events, repeated: 0 });
        }
    }

    fn executed(&self, machine: &str, dice: &mut Chance) -> Said {
        let command = dice.pick(&COMMANDS);
        let failed = dice.percent(9.0);
        let agent = if dice.percent(28.0) { "claude_code" } else { "" };
        let took = if command == "deploy" { 14_000.0 } else { 620.0 };
        let executed = vec![
            ("command", text(command)),
            ("flags", text(if dice.percent(20.0) { "json" } else { "" })),
            ("outcome", text(if failed { "error" } else { "success" })),
            ("exit_code", number(u8::from(failed))),
            ("error_code", if failed { text(dice.pick(&ERRORS)) } else { RawValue::Null }),
            ("stage", RawValue::Null),
            ("duration_ms", number(dice.around(took, 0.6).round())),
            ("machine_uuid", text(machine.to_owned())),
            ("install_method", text(if self.app_router { "npx" } else { "npm_global" })),
            ("ai_agent", text(agent)),
            ("terminal_program", text(if self.restyled { "vscode" } else { "ghostty" })),
            ("mode", text(if agent.is_empty() { "human" } else { "agent" })),
            ("os", text(self.os)),
            ("arch", text(if self.os == "darwin" { "arm64" } else { "x64" })),
            ("ci", flag(false)),
            ("in_tmux", flag(false)),
            ("in_screen", flag(false)),
            ("env", text("production")),
            ("workspace_id", RawValue::Null),
            ("app_id", RawValue::Null),
        ];
        Said::new("CLI_COMMAND_EXECUTED", executed)
    }
}

fn flow(step: &'static str) -> Said {
    let status = text(if step == "activate" { "active" } else { "draft" });
    let metadata = RawFields(vec![("connectionStatus".into(), status), ("organizationId".into(), text("org_demo"))]);
    let fields = vec![("flow", text("configureSSO")), ("step", text(step)), ("metadata", RawValue::Map(metadata))];
    Said::new("FLOW_STEP_MOUNTED", fields)
}

fn uuid(dice: &mut Chance) -> String {
    let digits = format!("{:032x}", dice.wide());
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}
