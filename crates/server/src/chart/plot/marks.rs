//! What stands beside the lines and areas: the legend, the names at their ends, what happened, and what is not shown.

use super::{Across, Change, FOOT, Form, HIGH, STRIP, Sketch, TOP, anchored};
use crate::chart::axis::{WIDE, pixels, shortened};
use crate::chart::markup::{Path, Px, Text};
use crate::chart::{Unit, Value};

/// The least distance of two lines of text.
const LINE: f64 = 15.0;
/// So many letters of a name fit at the end of a line, with its number.
const LETTERS: usize = 13;
/// A narrow plane and a wide one, in pixels.
const PIXELS: [f64; 2] = [200.0, 440.0];

impl Sketch<'_> {
    /// The name of each series, with its colour, dash and shape; where a click on it leads.
    pub(super) fn legend(&mut self) {
        let few = self.plot.series.iter().flat_map(|series| &series.points).any(|point| point.value == Value::Few);
        if self.strokes.len() < 2 && !few && !self.plot.across.so_far() {
            return;
        }
        self.out.push(format_args!("<ul class=\"legend\">"));
        for stroke in self.strokes.iter().filter(|_| self.strokes.len() > 1) {
            let key = match self.plot.form {
                Form::Lines => "<path class=\"l",
                Form::Stacked | Form::Share => "<path class=\"l thick",
            };
            self.out.push(format_args!("<li>{KEY}{key} {}\" d=\"M1 6h22\"/></svg>", stroke.class));
            self.out.linked(&stroke.name, stroke.link.as_deref());
            self.out.push(format_args!("</li>"));
        }
        if few {
            let minimum = self.plot.head.minimum;
            self.out.push(format_args!("<li>{KEY}<path class=\"few\" d=\"M1 6h22\"/></svg>fewer than {minimum}</li>"));
        }
        if self.plot.across.so_far() {
            self.out.push(format_args!("<li>{KEY}<path class=\"l so\" d=\"M1 6h22\"/></svg>so far</li>"));
        }
        self.out.push(format_args!("</ul>"));
    }

    /// Runs of what is not shown lie at the foot of the plane, beside the axis and never on it.
    pub(super) fn few(&mut self) {
        let mut row = 0.0;
        for stroke in &self.strokes {
            let mut path = Path::default();
            for (place, _) in stroke.points.iter().enumerate().filter(|(_, point)| point.value == Value::Few) {
                let half = WIDE / self.plot.across.count() as f64 / 2.0;
                let (x, y) = (self.x(place as f64), TOP + HIGH - 5.0 - row * 5.0);
                path.lift();
                path.to((x - half).max(0.0), y);
                path.to((x + half).min(WIDE), y);
            }
            if !path.is_empty() {
                self.out.push(format_args!(
                    "<svg class=\"plane\" width=\"100%\" height=\"{0}\" viewBox=\"0 0 {WIDE} {0}\" preserveAspectRatio=\"none\"><path class=\"few {1}\" d=\"{path}\"/></svg>",
                    Px(TOP + HIGH),
                    stroke.class
                ));
                row += 1.0;
            }
        }
    }

    /// What happened, as lines from top to bottom, and as words where they do not touch.
    pub(super) fn annotations(&mut self) {
        let mut free = [f64::INFINITY; 2];
        let mut annotations: Vec<_> = self.plot.annotations.iter().collect();
        annotations.sort_by_key(|annotation| std::cmp::Reverse(annotation.day));
        for annotation in annotations {
            let Some(place) = self.place(annotation.day) else { continue };
            let x = self.x(place);
            let class = match annotation.change {
                Change::Release => "event",
                Change::Catalogue => "event changed",
            };
            let at = Px(x / 10.0);
            let (top, foot) = (Px(TOP - 6.0), Px(TOP + HIGH));
            self.out
                .push(format_args!("<line class=\"{class}\" x1=\"{at}%\" x2=\"{at}%\" y1=\"{top}\" y2=\"{foot}\"/>"));
            let text = shortened(&annotation.text, 16);
            let end = PIXELS.map(|pixel| x / WIDE * pixel + pixels(&text) / 2.0);
            let fits = [end[0] < free[0], end[1] < free[1]];
            if fits[1] {
                let class = anchored(if fits[0] { "tick" } else { "tick wide" }, x);
                self.out.push(format_args!(
                    "<text class=\"{class}\" x=\"{at}%\" y=\"{}\">{}</text>",
                    Px(TOP - 9.0),
                    Text(&text)
                ));
                let start = |pixel: f64| x / WIDE * pixel - pixels(&text) / 2.0 - 8.0;
                free = [if fits[0] { start(PIXELS[0]) } else { free[0] }, start(PIXELS[1])];
            }
        }
    }

    /// Where a day lies among the places; `None` outside of them.
    fn place(&self, day: aboveboard_catalog::Day) -> Option<f64> {
        let Across::Days { bucket, starts, .. } = &self.plot.across else { return None };
        let place = starts.iter().rposition(|&start| start <= day)?;
        let (start, next) = (starts[place], starts[place].start_of_next(*bucket));
        let part = (f64::from(day.0 - start.0) + 0.5) / f64::from(next.0 - start.0);
        (day < next).then_some(place as f64 + part - 0.5)
    }

    /// The name and the last number of each series, at the end of its line and apart from each other.
    pub(super) fn ends(&mut self) {
        let mut ends = self.ends_of_lines();
        ends.sort_by(|a, b| a.at.total_cmp(&b.at));
        let mut texts: Vec<f64> = ends.iter().map(|end| end.at).collect();
        spread(&mut texts, TOP + 4.0, TOP + HIGH);
        self.out.push(format_args!("<svg class=\"ends\" x=\"100%\">"));
        for (End { class, name, number, at }, y) in ends.iter().zip(texts) {
            let mut lead = Path::default();
            for (x, y) in [(3.0, *at), (10.0, y), (14.0, y)] {
                lead.to(x, y);
            }
            self.out.push(format_args!("<path class=\"l {class}\" d=\"{lead}\"/>"));
            self.out.push(format_args!("<text class=\"end\" x=\"18\" y=\"{}\" dy=\"4\">", Px(y)));
            self.out.push(format_args!("<tspan class=\"last\">{}</tspan> {}</text>", Text(number), Text(name)));
        }
        if !self.volume.is_empty() {
            let y = Px(self.height() - FOOT - STRIP / 2.0 + 4.0);
            let most = self.volume.iter().filter_map(|value| value.known()).fold(0.0, f64::max);
            self.out.push(format_args!(
                "<text class=\"end quiet\" x=\"8\" y=\"{y}\">n ≤ {}</text>",
                Unit::Count.tick(most)
            ));
        }
        self.out.push(format_args!("</svg>"));
    }

    fn ends_of_lines(&self) -> Vec<End> {
        let last = self.plot.across.count() - 1;
        let mut base = 0.0;
        let ends = self.strokes.iter().filter_map(|stroke| {
            let number = stroke.points.get(last)?.value.known()?;
            let drawn = self.plot.drawn(number, last);
            let middle = if self.plot.form == Form::Lines { drawn } else { base + drawn / 2.0 };
            base += drawn;
            let named = stroke.class != "s8" || self.plot.form != Form::Lines;
            let name = if self.strokes.len() > 1 { shortened(&stroke.name, LETTERS) } else { String::new() };
            let number = self.plot.side().unit.tick(drawn);
            named.then(|| End { class: stroke.class, name, number, at: self.y(middle) })
        });
        ends.collect()
    }
}

/// How a line ends.
struct End {
    class: &'static str,
    name: String,
    number: String,
    at: f64,
}

/// The place of a legend's line.
const KEY: &str = "<svg class=\"key\" width=\"24\" height=\"12\" aria-hidden=\"true\">";

/// Moves ascending places apart, as little as must be, between a top and a bottom.
fn spread(places: &mut [f64], top: f64, bottom: f64) {
    let mut free = top;
    for place in places.iter_mut() {
        *place = place.max(free);
        free = *place + LINE;
    }
    let mut free = bottom;
    for place in places.iter_mut().rev() {
        *place = place.min(free);
        free = *place - LINE;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn names_at_the_ends_never_touch(places in prop::collection::vec(0.0..100.0_f64, 0..8)) {
            let mut places = places;
            places.sort_by(f64::total_cmp);
            spread(&mut places, 0.0, 120.0);
            prop_assert!(places.windows(2).all(|pair| pair[1] - pair[0] >= LINE - 1e-9), "{places:?}");
            prop_assert!(places.iter().all(|place| (-1e-9..=120.0).contains(place)), "{places:?}");
        }
    }
}
