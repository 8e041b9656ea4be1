//! From a catalogue to the panels of its dashboard: pure, and the only place that decides which there are.
//!
//! What every tool has comes from its origin: versions, machines, systems, sources. Every chart of the catalogue
//! becomes a panel by the kinds of its measure and dimensions, so that a new event with a chart appears without code.
//! A panel belongs to one of twelve topics; the first of a topic leads it, and is what the overview shows.

use aboveboard_catalog::{Asked, Catalog, Chart, Day, Dimension, EventSpec, Field, Kind, Measure, Question};

use crate::chart::Unit;

/// What panels are sorted under, in the order of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Topic {
    Versions,
    Active,
    Commands,
    Plugins,
    Durations,
    Systems,
    Sources,
    Errors,
    Retention,
    Funnels,
    OptOut,
    Quality,
}

/// One figure with its table, its definition and its address.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Panel {
    /// Its name in addresses: that of its chart; or with a `-`, which no chart can have.
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) topic: Topic,
    pub(crate) form: Form,
    /// Where its vocabulary stands on the page of the catalogue.
    pub(crate) anchor: String,
    /// Whether the tool's users see it too.
    pub(crate) public: bool,
}

/// What is asked and how it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Form {
    /// A version field over time, put together as the reader chose.
    Adoption(Counted),
    /// Machines of a day, of a week, of a month.
    Active,
    /// The values of one dimension, most frequent first.
    Ranked(Counted),
    /// Two dimensions.
    Grid(Counted),
    /// Over time, by one dimension of few values or by none.
    Course(Counted),
    /// A version of something else than the tool, and the share below each.
    Below(Counted),
    /// Systems by architectures, and what dropping the oldest of such versions would cost.
    Systems(Counted, Option<Counted>),
    /// Percentiles of a number field by version.
    Durations {
        /// `EVENT.FIELD`.
        of: String,
        /// The percentile that the chart names.
        percent: u8,
        /// What the chart splits by, besides versions.
        by: Vec<String>,
    },
    /// Continuous integration beside everything else, vendors, agents.
    Sources,
    /// Error codes, with votes where there are some.
    Errors(Counted, Option<Votes>),
    /// Votes on error codes.
    Votes(Votes),
    /// Who came back.
    Retention,
    /// How far machines came, step by step.
    Funnel(Vec<String>),
    /// Who is not counted.
    OptOut,
    /// Verdicts, shapes, coverage.
    Quality,
}

/// A measure, events and dimensions, as in a question.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Counted {
    pub(crate) measure: String,
    pub(crate) events: Vec<String>,
    pub(crate) by: Vec<String>,
}

impl Counted {
    /// Whether the figures of groups are parts of a sum: a machine may be in several groups, an event is in one.
    pub(crate) fn adds_up(&self) -> bool {
        matches!(self.measure.as_str(), "events" | "reports")
    }
}

/// An event that says of a code whether its text helped.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Votes {
    pub(crate) event: String,
    pub(crate) code: String,
    pub(crate) helpful: String,
}

impl Topic {
    pub(crate) const ALL: [Self; 12] = [
        Self::Versions,
        Self::Active,
        Self::Commands,
        Self::Plugins,
        Self::Durations,
        Self::Systems,
        Self::Sources,
        Self::Errors,
        Self::Retention,
        Self::Funnels,
        Self::OptOut,
        Self::Quality,
    ];

    /// The question it answers.
    pub(crate) fn question(self) -> &'static str {
        match self {
            Self::Versions => "Who has updated?",
            Self::Active => "How many use it?",
            Self::Commands => "What is used?",
            Self::Plugins => "With what?",
            Self::Durations => "How long does it take?",
            Self::Systems => "Where does it run?",
            Self::Sources => "People, machines or agents?",
            Self::Errors => "What goes wrong?",
            Self::Retention => "Who comes back?",
            Self::Funnels => "How far do they get?",
            Self::OptOut => "Who is not counted?",
            Self::Quality => "Can these figures be trusted?",
        }
    }
}

/// The panels of a tool, by topic; within one, the leading panel first and then charts in the order of the catalogue.
pub(crate) fn of(catalog: &Catalog) -> Vec<Panel> {
    let reader = Reader { catalog };
    let charts: Vec<Panel> = catalog.charts.iter().map(|chart| reader.chart(chart)).collect();
    let mut panels = Vec::new();
    for topic in Topic::ALL {
        let charts: Vec<&Panel> = charts.iter().filter(|panel| panel.topic == topic).collect();
        let standard = reader.standard(topic, &charts);
        let replaces = |panel: &&&Panel| standard.as_ref().is_some_and(|standard| standard.form == panel.form);
        match (charts.iter().find(replaces), standard) {
            (Some(chart), _) => panels.push((**chart).clone()),
            (None, Some(standard)) => panels.push(standard),
            (None, None) => {}
        }
        let shown: Vec<String> = panels.iter().map(|panel| panel.name.clone()).collect();
        panels.extend(charts.into_iter().filter(|panel| !shown.contains(&panel.name)).cloned());
    }
    panels
}

/// The event that stands for a run: that of the first chart which counts the events of one.
pub(crate) fn run_event(catalog: &Catalog) -> Option<&EventSpec> {
    let counts_one = |chart: &&Chart| chart.measure == "events" && chart.events.len() == 1;
    let chart = catalog.charts.iter().find(counts_one)?;
    catalog.events.iter().find(|event| event.name == chart.events[0])
}

/// Whether each event that a chart of codes counts is an error: no chart looks at it in another way than by its code.
/// Else it is something that happened and has a code when it went wrong.
pub(crate) fn is_of_errors_alone(catalog: &Catalog, codes: &Counted) -> bool {
    let of_them = catalog.charts.iter().filter(|chart| chart.events == codes.events);
    of_them.into_iter().all(|chart| codes.by.iter().all(|code| chart.by.contains(code)))
}

/// Whether machines can be counted: by identifiers, or because native batches say that they are the first of a span.
pub(crate) fn has_machines(catalog: &Catalog) -> bool {
    has_ids(catalog) || catalog.tool.dialect == aboveboard_catalog::Dialect::Native
}

/// Whether machines can be told apart.
pub(crate) fn has_ids(catalog: &Catalog) -> bool {
    catalog.origin.iter().any(|field| field.name == "machine" && field.kind == Kind::Id)
}

/// A number field by `EVENT.FIELD`, with its unit.
pub(crate) fn number<'c>(catalog: &'c Catalog, of: &str) -> Option<(&'c Field, &'c str)> {
    let (event, field) = of.split_once('.')?;
    let event = catalog.events.iter().find(|declared| declared.name == event)?;
    let field = event.fields.iter().find(|declared| declared.name == field)?;
    match &field.kind {
        Kind::Number { unit, .. } => Some((field, unit)),
        _ => None,
    }
}

struct Reader<'c> {
    catalog: &'c Catalog,
}

impl Reader<'_> {
    /// What a topic begins with whatever the charts are.
    fn standard(&self, topic: Topic, charts: &[&Panel]) -> Option<Panel> {
        let whole = |by: &[&str]| Counted { measure: self.measure(), events: Vec::new(), by: owned(by) };
        let (name, title, form) = match topic {
            Topic::Versions => ("version-adoption", "Version adoption", Form::Adoption(whole(&[self.tool_version()?]))),
            Topic::Active => ("active-machines", "Active machines", Form::Active),
            Topic::Systems if self.has("os") && self.has("arch") => {
                let below = charts.iter().find_map(|panel| match &panel.form {
                    Form::Below(counted) => Some(counted.clone()),
                    _ => None,
                });
                ("where-it-runs", "Where it runs", Form::Systems(whole(&["os", "arch"]), below))
            }
            Topic::Sources if self.has("ci") || self.has("agent") => {
                ("ci-and-local", "CI, people and agents", Form::Sources)
            }
            Topic::Durations => return self.duration(charts).cloned(),
            Topic::Errors => ("error-codes", "Error codes", self.errors(charts)?),
            Topic::Funnels if charts.is_empty() => {
                ("one-step-after-another", "One step after another", Form::Funnel(Vec::new()))
            }
            Topic::Retention => ("machines-that-return", "Machines that come back", Form::Retention),
            Topic::OptOut => ("opted-out", "Opting out", Form::OptOut),
            Topic::Quality => ("data-quality", "Data quality", Form::Quality),
            _ => return None,
        };
        let (name, title) = (name.to_owned(), title.to_owned());
        Some(Panel { name, title, topic, form, anchor: "origin".into(), public: true })
    }

    /// The chart that leads the durations: of the field that most charts look at, for that is the one its makers care
    /// about; a span of time before any other number; then the first of the catalogue.
    fn duration<'p>(&self, charts: &[&'p Panel]) -> Option<&'p Panel> {
        let of = |panel: &Panel| match &panel.form {
            Form::Durations { of, .. } => Some(of.clone()),
            _ => None,
        };
        let weight = |panel: &Panel| {
            let field = of(panel).and_then(|of| number(self.catalog, &of));
            let is_time = field.is_some_and(|(_, unit)| matches!(Unit::of(unit), Unit::Time(_)));
            (is_time, charts.iter().filter(|other| of(other) == of(panel)).count())
        };
        // The last of equals is the largest, so the catalogue is read from its end.
        charts.iter().rev().copied().filter(|panel| of(panel).is_some()).max_by_key(|panel| weight(panel))
    }

    /// The first chart of codes, with the votes of another.
    fn errors(&self, charts: &[&Panel]) -> Option<Form> {
        let codes = charts.iter().find_map(|panel| match &panel.form {
            Form::Errors(counted, _) => Some(counted.clone()),
            _ => None,
        });
        let votes = charts.iter().find_map(|panel| match &panel.form {
            Form::Votes(votes) => Some(votes.clone()),
            _ => None,
        });
        codes.map(|codes| Form::Errors(codes, votes))
    }

    fn chart(&self, chart: &Chart) -> Panel {
        let counted = Counted { measure: chart.measure.clone(), events: chart.events.clone(), by: chart.by.clone() };
        let (topic, form) = if chart.is_funnel() {
            (Topic::Funnels, Form::Funnel(chart.events.clone()))
        } else {
            self.form(chart, counted)
        };
        let anchor = chart.events.first().cloned().unwrap_or_else(|| "origin".into());
        let (name, title) = (chart.name.clone(), chart.title.clone());
        Panel { name, title, topic, form, anchor, public: chart.public }
    }

    fn form(&self, chart: &Chart, counted: Counted) -> (Topic, Form) {
        let Some(question) = self.question(chart) else { return (Topic::Commands, Form::Course(counted)) };
        if let Measure::Percentile { event, field, percent } = question.measure {
            let spec = &self.catalog.events[event];
            let of = format!("{}.{}", spec.name, spec.fields[field].name);
            return (Topic::Durations, Form::Durations { of, percent, by: chart.by.clone() });
        }
        let kinds: Vec<Option<&Field>> = question.by.iter().map(|dimension| self.field(*dimension)).collect();
        let origin = question.by.iter().all(|dimension| matches!(dimension.whole(), Dimension::Origin(_)));
        match kinds.as_slice() {
            [] | [None] => (Topic::Commands, Form::Course(counted)),
            [Some(Field { kind: Kind::Version { .. }, name, .. })] if origin && name == "version" => {
                (Topic::Versions, Form::Adoption(counted))
            }
            [Some(Field { kind: Kind::Version { .. }, .. })] => (Topic::Systems, Form::Below(counted)),
            [Some(Field { kind: Kind::Code { .. }, .. })] => (Topic::Errors, Form::Errors(counted, None)),
            [Some(Field { kind: Kind::Code { .. }, .. }), Some(Field { kind: Kind::Flag, .. })] => {
                (Topic::Errors, self.votes(chart).map_or(Form::Grid(counted), Form::Votes))
            }
            [Some(Field { kind: Kind::Code { .. }, .. }), _] => (Topic::Errors, Form::Grid(counted)),
            [Some(Field { kind: Kind::Name { .. }, .. })] => (Topic::Plugins, Form::Ranked(counted)),
            [Some(Field { kind: Kind::Name { .. }, .. }), _] => (Topic::Plugins, Form::Grid(counted)),
            [Some(field)] if self.is_of_names(field) => (Topic::Plugins, Form::Ranked(counted)),
            [Some(Field { name, .. })] if origin && (name == "ci" || name == "agent" || name == "ci_vendor") => {
                (Topic::Sources, Form::Ranked(counted))
            }
            [Some(Field { kind: Kind::Flag, .. })] => (topic(origin), Form::Course(counted)),
            [_] => (topic(origin), Form::Ranked(counted)),
            _ => (topic(origin), Form::Grid(counted)),
        }
    }

    /// Whether a field holds several of the names that another one names one by one.
    fn is_of_names(&self, field: &Field) -> bool {
        let Kind::Choices(members) = &field.kind else { return false };
        let fields = self.catalog.events.iter().flat_map(|event| &event.fields);
        let mut lists =
            fields.filter(|other| matches!(other.kind, Kind::Name { .. })).map(|other| other.kind.members());
        lists.any(|names| members.iter().all(|member| names.contains(member)))
    }

    fn votes(&self, chart: &Chart) -> Option<Votes> {
        let [event] = chart.events.as_slice() else { return None };
        let [code, helpful] = chart.by.as_slice() else { return None };
        let bare = |text: &str| text.rsplit_once('.').map_or(text, |(_, field)| field).to_owned();
        Some(Votes { event: event.clone(), code: bare(code), helpful: bare(helpful) })
    }

    /// The question of a chart, as it is resolved; the day does not matter.
    fn question(&self, chart: &Chart) -> Option<Question> {
        let events = format!("event:{}", chart.events.join("|"));
        let filters = if chart.events.is_empty() { Vec::new() } else { vec![events.as_str()] };
        let by = chart.by.iter().map(String::as_str).collect();
        let asked = Asked { measure: &chart.measure, by, filters, ..Asked::default() };
        Question::resolve(self.catalog, &asked, Day(0)).ok()
    }

    fn field(&self, dimension: Dimension) -> Option<&Field> {
        match dimension.whole() {
            Dimension::Origin(field) => self.catalog.origin.get(field),
            Dimension::Field { event, field } => self.catalog.events.get(event)?.fields.get(field),
            _ => None,
        }
    }

    fn tool_version(&self) -> Option<&'static str> {
        let is_version = |field: &&Field| field.name == "version" && matches!(field.kind, Kind::Version { .. });
        self.catalog.origin.iter().find(is_version).map(|_| "version")
    }

    fn has(&self, origin: &str) -> bool {
        self.catalog.origin.iter().any(|field| field.name == origin)
    }

    /// What counts a whole tool.
    fn measure(&self) -> String {
        if has_machines(self.catalog) { "machines".into() } else { "events".into() }
    }
}

/// Facts about the place, or about what was done.
fn topic(origin: bool) -> Topic {
    if origin { Topic::Systems } else { Topic::Commands }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogs;

    fn catalog(tool: &str) -> Catalog {
        let catalogs = catalogs::load(None).expect("the built-in ones");
        catalogs.iter().find(|catalog| catalog.tool.name == tool).expect("the tool").clone()
    }

    fn panels(tool: &str) -> Vec<Panel> {
        of(&catalog(tool))
    }

    #[test]
    fn every_chart_is_a_panel_and_every_name_is_one_panel() {
        for catalog in catalogs::load(None).expect("the built-in ones").iter() {
            let mut names: Vec<String> = of(catalog).into_iter().map(|panel| panel.name).collect();
            assert!(catalog.charts.iter().all(|chart| names.contains(&chart.name)), "{names:?}");
            let all = names.len();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), all);
        }
    }

    #[test]
    fn kinds_decide_how_a_chart_is_drawn() {
        let panels = panels("nextjs");
        let topic = |name: &str| panels.iter().find(|panel| panel.name == name).map(|panel| panel.topic);
        for (name, expected) in [
            ("machines_by_version", Topic::Versions),
            ("commands", Topic::Commands),
            ("packages", Topic::Plugins),
            ("build_time_median", Topic::Durations),
            ("node_versions", Topic::Systems),
            ("machines_by_agent", Topic::Sources),
            ("build_failures", Topic::Errors),
            ("error_feedback", Topic::Errors),
        ] {
            assert_eq!(topic(name), Some(expected), "{name}");
        }
    }

    #[test]
    fn a_command_that_may_fail_is_no_error() {
        for (tool, alone) in [("acme", true), ("nextjs", true), ("clerk", false)] {
            let codes = panels(tool).into_iter().find_map(|panel| match panel.form {
                Form::Errors(counted, _) => Some(counted),
                _ => None,
            });
            assert_eq!(is_of_errors_alone(&catalog(tool), &codes.expect("a chart of codes")), alone, "{tool}");
        }
    }

    #[test]
    fn what_holds_several_of_the_plugins_stands_beside_them() {
        let panels = panels("acme");
        let topic = |name: &str| panels.iter().find(|panel| panel.name == name).map(|panel| panel.topic);
        assert_eq!(topic("plugins_together"), Some(Topic::Plugins));
        assert_eq!(topic("flags"), Some(Topic::Commands), "flags are named nowhere else");
    }

    #[test]
    fn the_duration_that_most_charts_look_at_leads() {
        let lead = |tool: &str| panels(tool).into_iter().find(|panel| panel.topic == Topic::Durations);
        let names = ["acme", "clerk", "nextjs"].map(|tool| lead(tool).map(|panel| panel.name).unwrap_or_default());
        assert_eq!(names, ["command_time", "command_time_median", "build_time_median"]);
    }

    #[test]
    fn time_leads_before_any_other_number() {
        let mut catalog = catalog("nextjs");
        let chart = |name: &str, field: &str| Chart {
            name: name.into(),
            measure: format!("p50:NEXT_BUILD_COMPLETED.{field}"),
            events: vec!["NEXT_BUILD_COMPLETED".into()],
            ..catalog.charts[0].clone()
        };
        let routes = ["a", "b"].map(|name| chart(name, "totalAppPagesCount"));
        let time = chart("c", "durationInSeconds");
        catalog.charts = routes.into_iter().chain([time]).collect();
        let first = of(&catalog).into_iter().find(|panel| panel.topic == Topic::Durations);
        assert_eq!(first.map(|panel| panel.name).as_deref(), Some("c"));
    }

    #[test]
    fn a_chart_that_asks_the_same_takes_the_place_of_the_panel_every_tool_has() {
        let panels = panels("acme");
        let names: Vec<&str> = panels.iter().map(|panel| panel.name.as_str()).collect();
        assert!(names.contains(&"versions") && !names.contains(&"version-adoption"), "{names:?}");
        assert_eq!(panels[0].topic, Topic::Versions);
    }

    #[test]
    fn a_new_event_with_a_chart_appears_by_itself() {
        let mut catalog = crate::sample::sample();
        let before = of(&catalog).len();
        let chart = Chart { name: "fresh".into(), title: "Fresh".into(), ..catalog.charts[0].clone() };
        catalog.charts.push(chart);
        assert_eq!(of(&catalog).len(), before + 1);
        assert!(of(&catalog).iter().any(|panel| panel.title == "Fresh"));
    }
}
