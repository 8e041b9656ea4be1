//! Where numbers, days and names lie on an axis, and which of them are labelled.

use aboveboard_catalog::{Bucket, Day};

use super::number::Unit;

/// How wide the plane is, in its own units: it is stretched to the width there is.
pub(super) const WIDE: f64 = 1000.0;
/// The narrowest plane, in pixels, whose labels must not touch; and two that have room for more. The style sheet hides
/// `wide` and `wider` below the widths of these.
pub(super) const PIXELS: [f64; 3] = [200.0, 280.0, 480.0];
/// The classes of what is shown from each width on.
pub(super) const ROOMS: [&str; 3] = ["tick", "tick wide", "tick wider"];
/// A letter, in pixels, and the gap between two labels.
const LETTER: f64 = 6.4;
const GAP: f64 = 14.0;
/// What must be free on each side of a text.
const APART: f64 = 4.0;
/// How far a text may stick out of a narrow plane on the right, in pixels.
const BEYOND: f64 = 8.0;
/// So many letters of a label are shown.
const LETTERS_MAX: usize = 18;
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// Steps of time that people count in, in microseconds.
const TIMES: [f64; 29] = [
    1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6, 5e6,
    1e7, 3e7, 6e7, 12e7, 3e8, 6e8, 18e8, 36e8,
];

/// Numbers from the bottom of a plane to its top.
pub(super) struct Rise {
    /// The labelled numbers, upwards.
    pub(super) ticks: Vec<f64>,
    low: f64,
    high: f64,
    log: bool,
}

impl Rise {
    /// From zero to a round number at or above `most`.
    pub(super) fn linear(most: f64, unit: &Unit) -> Self {
        let most = if most > 0.0 { most } else { 1.0 };
        let step = step(most / 4.0, unit).max(unit.step_min());
        let count = (most / step - 1e-9).ceil().max(1.0) as usize;
        let ticks: Vec<f64> = (0..=count).map(|tick| tick as f64 * step).collect();
        Self { low: 0.0, high: count as f64 * step, ticks, log: false }
    }

    /// All of a whole.
    pub(super) fn whole() -> Self {
        Self { low: 0.0, high: 1.0, ticks: vec![0.0, 0.25, 0.5, 0.75, 1.0], log: false }
    }

    /// From a round number at or below `least` to one at or above `most`, where equal factors are equally far.
    pub(super) fn log(least: f64, most: f64, unit: &Unit) -> Self {
        let ladder = ladder(least, most, unit);
        let low = ladder.iter().copied().rfind(|&rung| rung <= least).unwrap_or(ladder[0]);
        let high = ladder.iter().copied().find(|&rung| rung >= most).unwrap_or(ladder[ladder.len() - 1]);
        let high = if high > low { high } else { low * 10.0 };
        let between: Vec<f64> = ladder.into_iter().filter(|rung| (low..=high).contains(rung)).collect();
        let stride = between.len().div_ceil(6);
        let ticks = between.into_iter().step_by(stride).collect();
        Self { low, high, ticks, log: true }
    }

    /// How far up a number is: 0 at the bottom, 1 at the top.
    pub(super) fn part(&self, number: f64) -> f64 {
        let part = match self.log {
            true => (number.max(self.low) / self.low).ln() / (self.high / self.low).ln(),
            false => (number - self.low) / (self.high - self.low),
        };
        part.clamp(0.0, 1.0)
    }
}

/// The round step at or above a step.
fn step(rough: f64, unit: &Unit) -> f64 {
    let scale = scale(unit);
    let time = matches!(unit, Unit::Time(_)).then(|| TIMES.iter().find(|&&time| time >= rough * scale)).flatten();
    if let Some(time) = time {
        return time / scale;
    }
    let decade =
        if matches!(unit, Unit::Bytes(_)) { 2_f64.powf((rough * scale).log2().floor()) } else { decade(rough * scale) };
    let factor = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|factor| decade * factor >= rough * scale * (1.0 - 1e-9));
    decade * factor.unwrap_or(10.0) / scale
}

fn decade(number: f64) -> f64 {
    10_f64.powf(number.log10().floor())
}

fn scale(unit: &Unit) -> f64 {
    match unit {
        Unit::Time(scale) | Unit::Bytes(scale) => *scale as f64,
        _ => 1.0,
    }
}

/// Round numbers around a range.
pub(super) fn ladder(least: f64, most: f64, unit: &Unit) -> Vec<f64> {
    let scale = scale(unit);
    let (least, most) = (least.max(1e-9) * scale, most.max(1e-9) * scale);
    if matches!(unit, Unit::Time(_)) && most <= TIMES[TIMES.len() - 1] && least >= 1.0 {
        return TIMES.iter().map(|time| time / scale).collect();
    }
    let base: f64 = if matches!(unit, Unit::Bytes(_)) { 2.0 } else { 10.0 };
    let (first, last) = (least.log(base).floor() as i32, most.log(base).ceil() as i32);
    let factors: &[f64] = if base == 2.0 { &[1.0] } else { &[1.0, 2.0, 5.0] };
    let rungs = (first..=last).flat_map(|power| factors.iter().map(move |factor| base.powi(power) * factor / scale));
    rungs.collect()
}

/// A label of the axis at the foot.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Label {
    /// The place it names.
    pub(super) place: usize,
    pub(super) text: String,
    /// The narrowest of [`PIXELS`] that has room for it.
    pub(super) room: usize,
}

/// Chooses which places are labelled, so that no two labels touch. The last place always is.
pub(super) fn labels(texts: &[String], banded: bool) -> Vec<Label> {
    let count = texts.len();
    let letters = texts.iter().map(|text| text.chars().count().min(LETTERS_MAX)).max().unwrap_or_default();
    let gaps = if banded { count } else { count.saturating_sub(1) }.max(1);
    let stride = |pixels: f64| ((letters as f64 * LETTER + GAP) * gaps as f64 / pixels).ceil().max(1.0) as usize;
    let [narrow, wide, wider] = PIXELS.map(stride);
    // All sets count back from the last place, so that each stride is a multiple of the one with more room.
    let wide = wide.div_ceil(wider) * wider;
    let strides = [narrow.div_ceil(wide) * wide, wide, wider];
    let room = |back: usize| strides.iter().position(|&stride| back.is_multiple_of(stride));
    let label = |place: usize| {
        let text = shortened(&texts[place], LETTERS_MAX);
        Some(Label { place, text, room: room(count - 1 - place)? })
    };
    (0..count).filter_map(label).collect()
}

/// Texts beside each other, each with its room.
#[derive(Default)]
pub(super) struct Line(Vec<Taken>);

/// A text that has its room: from which plane on, where it is as a part of the width, and how far it reaches to the
/// left and to the right of there, in pixels.
struct Taken {
    room: usize,
    part: f64,
    reach: [f64; 2],
}

impl Line {
    /// Finds room for a text: the narrowest plane, from `least` on, from which on it touches no other.
    pub(super) fn claim(&mut self, part: f64, text: &str, least: usize) -> Option<usize> {
        let reach = reach(part, text);
        let ends = |at: f64, reach: [f64; 2], wide: f64| (at * wide - reach[0] - APART, at * wide + reach[1] + APART);
        let touches = |room: usize| {
            let (from, to) = ends(part, reach, PIXELS[room]);
            let mut shown = self.0.iter().filter(|other| other.room <= room);
            shown.any(|other| {
                let (other_from, other_to) = ends(other.part, other.reach, PIXELS[room]);
                from < other_to && other_from < to
            })
        };
        let room = (least..PIXELS.len()).rev().take_while(|&room| !touches(room)).last()?;
        self.0.push(Taken { room, part, reach });
        Some(room)
    }
}

/// Texts of a line from left to right, each with its part of the width and the plane from which on it is wanted: those
/// that have room, with their class. The last one is the surest, for it may be held at its right end and so be nearer to
/// the one before than the others are to each other.
pub(super) fn beside(texts: Vec<(f64, String, usize)>) -> Vec<(String, f64, String)> {
    let mut line = Line::default();
    let placed = texts.into_iter().rev().filter_map(|(part, text, least)| {
        let room = line.claim(part, &text, least)?;
        Some((class(room, part, &text), part, text))
    });
    let mut placed: Vec<(String, f64, String)> = placed.collect();
    placed.reverse();
    placed
}

/// The class of a text at a part of the width, from a plane on: one that would stick out is held at its right end.
pub(super) fn class(room: usize, part: f64, text: &str) -> String {
    let right = if is_held_right(part, text) { " right" } else { "" };
    format!("{}{right}", ROOMS[room])
}

fn reach(part: f64, text: &str) -> [f64; 2] {
    let wide = pixels(text);
    if is_held_right(part, text) { [wide, 0.0] } else { [wide / 2.0, wide / 2.0] }
}

fn is_held_right(part: f64, text: &str) -> bool {
    part * PIXELS[0] + pixels(text) / 2.0 > PIXELS[0] + BEYOND
}

/// How many pixels of a narrow plane a text takes.
pub(super) fn pixels(text: &str) -> f64 {
    text.chars().count() as f64 * LETTER
}

/// A text that fits into so many letters.
pub(super) fn shortened(text: &str, letters_max: usize) -> String {
    match text.chars().count() > letters_max {
        true => text.chars().take(letters_max - 1).chain(['…']).collect(),
        false => text.to_owned(),
    }
}

/// The days that a bucket covers: `16–22 Nov`, `30 Nov–6 Dec`, `16 Nov`, `Nov 2026`.
pub(super) fn days(start: Day, bucket: Bucket) -> String {
    let (year, month, day) = start.date();
    let name = MONTHS[month as usize - 1];
    let last = start.start_of_next(bucket).plus(-1);
    match bucket {
        Bucket::Day => format!("{day}\u{a0}{name}"),
        Bucket::Month => format!("{name}\u{a0}{year}"),
        Bucket::Week if last.date().1 == month => format!("{day}–{}\u{a0}{name}", last.date().2),
        Bucket::Week => format!("{day}\u{a0}{name}–{}", days(last, Bucket::Day)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(rise: &Rise, unit: &Unit, ticks: &[&str]) {
        let texts: Vec<String> = rise.ticks.iter().map(|&tick| unit.tick(tick).replace('\u{202f}', " ")).collect();
        assert_eq!(texts, ticks);
    }

    #[test]
    fn ticks_are_round() {
        let count = Unit::Count;
        check(&Rise::linear(0.0, &count), &count, &["0", "1"]);
        check(&Rise::linear(3.0, &count), &count, &["0", "1", "2", "3"]);
        check(&Rise::linear(1_420.0, &count), &count, &["0", "500", "1 000", "1 500"]);
        let ms = Unit::of("ms");
        check(&Rise::linear(90_000.0, &ms), &ms, &["0 s", "30 s", "1 min", "1.5 min"]);
        check(
            &Rise::log(130.0, 6_000.0, &ms),
            &ms,
            &["100 ms", "200 ms", "500 ms", "1 s", "2 s", "5 s"][..]
                .iter()
                .copied()
                .chain(["10 s"])
                .step_by(2)
                .collect::<Vec<_>>(),
        );
        check(&Rise::log(3.0, 80.0, &count), &count, &["2", "5", "10", "20", "50", "100"]);
        let bytes = Unit::of("KiB");
        check(&Rise::log(3.0, 30.0, &bytes), &bytes, &["2 KiB", "4 KiB", "8 KiB", "16 KiB", "32 KiB"]);
    }

    #[test]
    fn a_bucket_is_named_by_its_days() {
        let name = |text: &str, bucket| days(Day::parse(text).expect("a day"), bucket).replace('\u{a0}', " ");
        assert_eq!(name("2026-11-16", Bucket::Week), "16–22 Nov");
        assert_eq!(name("2026-11-30", Bucket::Week), "30 Nov–6 Dec");
        assert_eq!(name("2026-11-01", Bucket::Month), "Nov 2026");
        assert_eq!(name("2026-11-09", Bucket::Day), "9 Nov");
    }

    fn unit() -> impl Strategy<Value = Unit> {
        prop_oneof![
            Just(Unit::Count),
            Just(Unit::Share),
            Just(Unit::of("ms")),
            Just(Unit::of("MiB")),
            Just(Unit::of("pages"))
        ]
    }

    proptest! {
        #[test]
        fn ticks_ascend_and_hold_what_they_measure(unit in unit(), a in 1e-3..1e9_f64, b in 1e-3..1e9_f64) {
            let (least, most) = (a.min(b), a.max(b));
            for rise in [Rise::linear(most, &unit), Rise::log(least, most, &unit)] {
                prop_assert!(rise.ticks.is_sorted_by(|a, b| a < b), "{:?}", rise.ticks);
                prop_assert!((1..=8).contains(&rise.ticks.len()), "{:?}", rise.ticks);
                prop_assert!(rise.low <= least * (1.0 + 1e-9) && most <= rise.high * (1.0 + 1e-9), "{} {}", rise.low, rise.high);
                prop_assert!(rise.part(least) <= rise.part(most));
            }
        }

        #[test]
        fn labels_never_touch(count in 1_usize..400, letters in 1_usize..20, banded: bool) {
            let texts = vec!["x".repeat(letters); count];
            let gaps = if banded { count } else { count.max(2) - 1 } as f64;
            let labels = labels(&texts, banded);
            prop_assert_eq!(labels.last().map(|label| label.place), Some(count - 1));
            for (room, pixels) in PIXELS.into_iter().enumerate() {
                let shown: Vec<f64> = labels.iter().filter(|label| label.room <= room).map(|label| label.place as f64 / gaps * pixels).collect();
                prop_assert!(shown.windows(2).all(|pair| pair[1] - pair[0] >= letters as f64 * LETTER), "{:?}", shown);
            }
        }
    }
}
