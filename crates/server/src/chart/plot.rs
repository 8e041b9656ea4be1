//! Lines, stacked areas and shares over days or names, with how many stand behind them.

mod marks;
mod table;

use aboveboard_catalog::{Bucket, Day};

use super::axis::{self, Label, Rise, WIDE, days};
use super::markup::{Markup, Path, Px, Text};
use super::{Drawing, Head, Point, Series, Unit, Value, summary};

/// The sides of the drawing, in pixels, from the top down: room for titles, the plane, a gap, the strip, the labels.
const TOP: f64 = 30.0;
const HIGH: f64 = 170.0;
const GAP: f64 = 12.0;
const STRIP: f64 = 26.0;
const FOOT: f64 = 22.0;
/// Fewer values than this may lie far from what many would say.
const N_FEW: u64 = 30;
/// What is left free on each side of a stack that stands alone, as a part of the width.
const ALONE: f64 = 0.35;
/// So many names have a point each.
const EACH_MAX: usize = 30;

/// What is drawn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plot {
    pub(crate) head: Head,
    pub(crate) across: Across,
    pub(crate) series: Vec<Series>,
    pub(crate) form: Form,
    pub(crate) scale: Scale,
    /// How many stand behind each place; empty to take it from the points.
    pub(crate) volume: Vec<Value>,
    pub(crate) annotations: Vec<Annotation>,
}

/// What lies on the axis at the foot.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Across {
    /// Spans of time.
    Days {
        bucket: Bucket,
        /// The first day of each.
        starts: Vec<Day>,
        /// Whether the last is not over, or not all known.
        so_far: bool,
    },
    /// Names in an order of their own, as versions.
    Names {
        /// What they are.
        are: String,
        names: Vec<String>,
    },
}

/// How series stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Each for itself.
    Lines,
    /// On top of each other.
    Stacked,
    /// On top of each other, as parts of their sum.
    Share,
}

/// How numbers become heights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    Linear,
    /// Equal factors are equally far; for lines only.
    Log,
}

/// Something that happened and may explain what is seen.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Annotation {
    pub(crate) day: Day,
    /// Short: `2.1.0`.
    pub(crate) text: String,
    pub(crate) change: Change,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// A version came out.
    Release,
    /// What is counted changed: what lies before and after cannot be compared.
    Catalogue,
    /// The text that is judged was written anew, for this version.
    Text,
}

impl Plot {
    /// Draws it.
    pub(crate) fn draw(&self) -> Drawing {
        let sentence = summary::of(self);
        let picture = if self.is_empty() { String::new() } else { Sketch::new(self).picture(&sentence) };
        Drawing { sentence, picture, sheet: table::sheet(self), is_table: false }
    }

    /// A plot of lines, to be changed from.
    pub(crate) fn lines(head: Head, across: Across, series: Vec<Series>) -> Self {
        let (form, scale) = (Form::Lines, Scale::Linear);
        Self { head, across, series, form, scale, volume: Vec::new(), annotations: Vec::new() }
    }

    fn is_empty(&self) -> bool {
        self.across.count() == 0 || self.series.is_empty()
    }

    /// How many stand behind each place, where that is another number than what is drawn.
    pub(super) fn volume(&self) -> Vec<Value> {
        let of_points = |place: usize| {
            let n = self.series.iter().filter_map(|series| series.points.get(place).and_then(|point| point.n));
            n.max().map_or(Value::Missing, |n| Value::Known(n as f64))
        };
        let places = 0..self.across.count();
        match self.form {
            _ if !self.volume.is_empty() => self.volume.clone(),
            Form::Share => places.map(|place| Value::Known(self.sum(place))).collect(),
            Form::Lines if self.head.unit != Unit::Count => places.map(of_points).collect(),
            Form::Lines | Form::Stacked => Vec::new(),
        }
    }

    /// What the series of a place add up to.
    pub(super) fn sum(&self, place: usize) -> f64 {
        self.series.iter().filter_map(|series| series.value(place).known()).sum()
    }

    /// A number as the plane has it: of shares, the part.
    pub(super) fn drawn(&self, number: f64, place: usize) -> f64 {
        match self.form {
            Form::Share => number / self.sum(place).max(f64::MIN_POSITIVE),
            Form::Lines | Form::Stacked => number,
        }
    }

    /// The axis that is drawn at the side.
    fn side(&self) -> Head {
        match self.form {
            Form::Share => Head { unit: Unit::Share, ..self.head.clone() },
            Form::Lines | Form::Stacked => self.head.clone(),
        }
    }
}

impl Across {
    /// How many places there are.
    pub(super) fn count(&self) -> usize {
        match self {
            Self::Days { starts, .. } => starts.len(),
            Self::Names { names, .. } => names.len(),
        }
    }

    /// What the places are called.
    pub(super) fn names(&self) -> Vec<String> {
        match self {
            Self::Days { bucket, starts, .. } => starts.iter().map(|&start| days(start, *bucket)).collect(),
            Self::Names { names, .. } => names.clone(),
        }
    }

    /// What they are.
    pub(super) fn are(&self) -> &str {
        match self {
            Self::Days { bucket, .. } => bucket.name(),
            Self::Names { are, .. } => are,
        }
    }

    /// Whether the last place is not over.
    pub(super) fn so_far(&self) -> bool {
        matches!(self, Self::Days { so_far: true, .. })
    }
}

/// A series as it is drawn: with a class, and shortened to what the plane holds.
struct Stroke {
    class: &'static str,
    name: String,
    link: Option<String>,
    points: Vec<Point>,
}

/// The parts of a line.
#[derive(Default)]
struct Drawn {
    line: Path,
    /// What is not over.
    open: Path,
    /// Points that stand alone, or each for itself.
    dots: Path,
    /// Points that few stand behind.
    holes: Path,
}

/// A drawing that is being made.
struct Sketch<'p> {
    plot: &'p Plot,
    strokes: Vec<Stroke>,
    rise: Rise,
    volume: Vec<Value>,
    out: Markup,
}

impl<'p> Sketch<'p> {
    fn new(plot: &'p Plot) -> Self {
        let strokes = strokes(plot);
        Self { rise: rise(plot), strokes, plot, volume: plot.volume(), out: Markup::default() }
    }

    fn picture(mut self, sentence: &str) -> String {
        self.legend();
        let height = self.height();
        let (count, banded) = (self.plot.across.count(), u8::from(self.banded()));
        self.out.push(format_args!(
            "<svg class=\"plot\" role=\"img\" width=\"100%\" height=\"{height}\" data-places=\"{count}\" data-banded=\"{banded}\">",
            height = Px(height)
        ));
        self.out.push(format_args!("<title>{}</title><desc>{}</desc>", Text(&self.plot.head.title), Text(sentence)));
        self.side();
        self.foot();
        self.annotations();
        self.plane();
        self.ends();
        self.out.push(format_args!("</svg>"));
        self.out.into_text()
    }

    fn height(&self) -> f64 {
        TOP + HIGH + FOOT + if self.volume.is_empty() { 0.0 } else { GAP + STRIP }
    }

    /// Whether each place is a band with its own width, rather than a point.
    fn banded(&self) -> bool {
        matches!(self.plot.across, Across::Names { .. }) || self.plot.across.count() == 1
    }

    /// Where a place lies, in thousandths of the width.
    fn x(&self, place: f64) -> f64 {
        let count = self.plot.across.count() as f64;
        let part = if self.banded() { (place + 0.5) / count } else { place / (count - 1.0) };
        (part * WIDE).clamp(0.0, WIDE)
    }

    fn y(&self, number: f64) -> f64 {
        TOP + HIGH * (1.0 - self.rise.part(number))
    }

    /// The numbers at the side, their lines, and what they are.
    fn side(&mut self) {
        let side = self.plot.side();
        self.out.push(format_args!("<text class=\"what\" x=\"-44\" y=\"9\">{}</text>", Text(&side.axis())));
        for &tick in &self.rise.ticks {
            let y = Px(self.y(tick).round());
            let text = side.unit.tick(tick);
            let grid = if tick == self.rise.ticks[0] { "grid foot" } else { "grid" };
            self.out.push(format_args!("<line class=\"{grid}\" x2=\"100%\" y1=\"{y}\" y2=\"{y}\"/>"));
            self.out.push(format_args!("<text class=\"tick side\" x=\"-8\" y=\"{y}\" dy=\"4\">{}</text>", Text(&text)));
        }
        if !self.volume.is_empty() {
            let (middle, foot) = (Px(TOP + HIGH + GAP + STRIP / 2.0), Px(TOP + HIGH + GAP + STRIP));
            self.out.push(format_args!("<text class=\"tick side\" x=\"-8\" y=\"{middle}\" dy=\"4\">n</text>"));
            self.out.push(format_args!("<line class=\"grid\" x2=\"100%\" y1=\"{foot}\" y2=\"{foot}\"/>"));
        }
    }

    /// The names of places.
    fn foot(&mut self) {
        let y = Px(self.height() - 5.0);
        let labels = axis::labels(&self.plot.across.names(), self.banded()).into_iter();
        let texts = labels.map(|Label { place, text, room }| (self.x(place as f64) / WIDE, text, room)).collect();
        for (class, part, text) in axis::beside(texts) {
            let x = Px(part * 100.0);
            self.out.push(format_args!("<text class=\"{class}\" x=\"{x}%\" y=\"{y}\">{}</text>", Text(&text)));
        }
    }

    /// What is stretched to the width there is.
    fn plane(&mut self) {
        let height = Px(self.height());
        self.out.push(format_args!(
            "<svg class=\"plane\" width=\"100%\" height=\"{height}\" viewBox=\"0 0 {WIDE} {height}\" preserveAspectRatio=\"none\">"
        ));
        match self.plot.form {
            Form::Lines => self.lines(),
            Form::Stacked | Form::Share => self.areas(),
        }
        self.few();
        self.strip();
        self.out.push(format_args!("</svg>"));
    }

    fn lines(&mut self) {
        for stroke in &self.strokes {
            let Drawn { line, open, dots, holes } = self.drawn(stroke);
            for (class, path) in [("l", line), ("l so", open), ("dot", dots), ("hole", holes)] {
                if !path.is_empty() {
                    self.out.push(format_args!("<path class=\"{class} {}\" d=\"{path}\"/>", stroke.class));
                }
            }
        }
    }

    fn drawn(&self, stroke: &Stroke) -> Drawn {
        let mut drawn = Drawn::default();
        let last = self.plot.across.count() - 1;
        let at = |place: usize| {
            let number = stroke.points.get(place)?.value.known()?;
            Some((self.x(place as f64), self.y(number)))
        };
        let each = last < EACH_MAX && matches!(self.plot.across, Across::Names { .. });
        for place in 0..=last {
            let Some((x, y)) = at(place) else {
                drawn.line.lift();
                continue;
            };
            let before = place.checked_sub(1).and_then(at);
            match before {
                Some(from) if place == last && self.plot.across.so_far() => drawn.open.step(from, (x, y)),
                _ => drawn.line.to(x, y),
            }
            let few = self.plot.head.unit != Unit::Count && stroke.points[place].n.is_some_and(|n| n < N_FEW);
            if few || each || before.is_none() && at(place + 1).is_none() {
                drawn.dots.dot(x, y);
            }
            if few {
                drawn.holes.dot(x, y);
            }
        }
        drawn
    }

    fn areas(&mut self) {
        let count = self.plot.across.count();
        // A single place has no way to another, and is as wide as a bar of its own.
        let corners: Vec<(usize, f64)> = match count {
            1 => vec![(0, WIDE * ALONE), (0, WIDE * (1.0 - ALONE))],
            _ => (0..count).map(|place| (place, self.x(place as f64))).collect(),
        };
        let mut base = vec![0.0; count];
        for stroke in &self.strokes {
            let top: Vec<f64> = (0..count).map(|place| base[place] + self.part(stroke, place)).collect();
            let mut path = Path::default();
            corners.iter().for_each(|&(place, x)| path.to(x, self.y(top[place])));
            corners.iter().rev().for_each(|&(place, x)| path.to(x, self.y(base[place])));
            path.close();
            self.out.push(format_args!("<path class=\"a {}\" d=\"{path}\"/>", stroke.class));
            base = top;
        }
        if self.plot.across.so_far() && count > 1 {
            let (from, y) = (self.x(count as f64 - 2.0), Px(TOP));
            self.out.push(format_args!(
                "<rect class=\"veil\" x=\"{}\" y=\"{y}\" width=\"{}\" height=\"{HIGH}\"/>",
                Px(from),
                Px(self.x(count as f64 - 1.0) - from)
            ));
        }
    }

    /// How high a series is at a place; what is not known has no height.
    fn part(&self, stroke: &Stroke, place: usize) -> f64 {
        let number = stroke.points.get(place).and_then(|point| point.value.known()).unwrap_or_default();
        self.plot.drawn(number, place)
    }

    /// How many stand behind each place.
    fn strip(&mut self) {
        let most = self.volume_most();
        let foot = TOP + HIGH + GAP + STRIP;
        let half = WIDE / self.volume.len().max(1) as f64 * 0.4;
        let mut path = Path::default();
        for (place, value) in self.volume.iter().enumerate() {
            let Some(number) = value.known().filter(|&number| number > 0.0) else { continue };
            let (x, y) = (self.x(place as f64), foot - (number / most * STRIP).max(1.0));
            path.bar((x - half).max(0.0), (x + half).min(WIDE), y, foot);
        }
        if !path.is_empty() {
            self.out.push(format_args!("<path class=\"strip\" d=\"{path}\"/>"));
        }
    }

    fn volume_most(&self) -> f64 {
        self.volume.iter().filter_map(|value| value.known()).fold(0.0, f64::max)
    }
}

fn rise(plot: &Plot) -> Rise {
    let places = 0..plot.across.count();
    let numbers = || plot.series.iter().flat_map(|series| &series.points).filter_map(|point| point.value.known());
    let most = numbers().fold(0.0, f64::max);
    match (plot.form, plot.scale) {
        (Form::Share, _) => Rise::whole(),
        (Form::Stacked, _) => Rise::linear(places.map(|place| plot.sum(place)).fold(0.0, f64::max), &plot.head.unit),
        (Form::Lines, Scale::Log) => {
            let least = numbers().filter(|&number| number > 0.0).fold(f64::INFINITY, f64::min);
            if least.is_finite() {
                Rise::log(least, most, &plot.head.unit)
            } else {
                Rise::linear(most, &plot.head.unit)
            }
        }
        (Form::Lines, Scale::Linear) if plot.head.unit == Unit::Share && most > 0.8 => Rise::whole(),
        (Form::Lines, Scale::Linear) => Rise::linear(most, &plot.head.unit),
    }
}

/// The first series have colours of their own; where areas are stacked, the others are one area.
fn strokes(plot: &Plot) -> Vec<Stroke> {
    let mut colours = ["s1", "s2", "s3", "s4", "s5", "s6"].into_iter();
    let mut strokes = Vec::new();
    let mut rest: Vec<&Series> = Vec::new();
    for series in &plot.series {
        let class = if series.folded { Some("s7") } else { colours.next() };
        match class {
            Some(class) => strokes.push(Stroke::of(series, class)),
            None => rest.push(series),
        }
    }
    match plot.form {
        _ if rest.is_empty() => strokes,
        // Below the others, so that they hide nothing.
        Form::Lines => rest.into_iter().map(|series| Stroke::of(series, "s8")).chain(strokes).collect(),
        Form::Stacked | Form::Share => strokes.into_iter().chain([together(&rest, plot.across.count())]).collect(),
    }
}

impl Stroke {
    fn of(series: &Series, class: &'static str) -> Self {
        Self { class, name: series.name.clone(), link: series.link.clone(), points: series.points.clone() }
    }
}

fn together(rest: &[&Series], count: usize) -> Stroke {
    let sum = |place| {
        let known = rest.iter().filter_map(|series| series.value(place).known());
        known.reduce(|a, b| a + b).map_or(Point::MISSING, |sum| Point { value: Value::Known(sum), n: None })
    };
    Stroke { class: "s8", name: format!("{} others", rest.len()), link: None, points: (0..count).map(sum).collect() }
}

#[cfg(test)]
mod tests;
