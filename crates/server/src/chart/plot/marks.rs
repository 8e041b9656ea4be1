//! What stands beside the lines and areas: the legend, the names at their ends, what happened, and what is not shown.

use super::{Across, Change, FOOT, Form, HIGH, STRIP, Sketch, TOP};
use crate::chart::axis::{self, WIDE, shortened};
use crate::chart::markup::{KEY, Path, Px, Text};
use crate::chart::{Unit, Value};

/// The least distance of two lines of text.
const LINE: f64 = 15.0;
/// So many letters fit at the end of a line.
const LETTERS: usize = 14;
/// How far a name may be from the end of its line.
const LEAD_MAX: f64 = 22.0;

impl Sketch<'_> {
    /// The name of each series, with its colour, dash and shape; where a click on it leads; and what other marks mean.
    pub(super) fn legend(&mut self) {
        let marks = self.marks();
        if self.strokes.len() < 2 && marks.is_empty() {
            return;
        }
        self.out.push(format_args!("<ul class=\"legend\">"));
        let (shape, line) = match self.plot.form {
            Form::Lines => ("l", "M1 6h22"),
            Form::Stacked | Form::Share => ("l thick", "M6 6h12"),
        };
        for stroke in self.strokes.iter().filter(|_| self.strokes.len() > 1) {
            self.out.push(format_args!("<li>{KEY}<path class=\"{shape} {}\" d=\"{line}\"/></svg>", stroke.class));
            self.out.linked(&stroke.name, stroke.link.as_deref());
            self.out.push(format_args!("</li>"));
        }
        for (class, line, text) in marks {
            self.out.push(format_args!("<li>{KEY}<path class=\"{class}\" d=\"{line}\"/></svg>{}</li>", Text(&text)));
        }
        self.out.push(format_args!("</ul>"));
    }

    /// Marks that are no series: class, path, meaning.
    fn marks(&self) -> Vec<(&'static str, &'static str, String)> {
        let plot = self.plot;
        let few = plot.series.iter().flat_map(|series| &series.points).any(|point| point.value == Value::Few);
        let changed = plot.annotations.iter().any(|annotation| annotation.change == Change::Catalogue);
        let few = few.then(|| ("few", "M1 6h22", format!("fewer than {}", plot.head.minimum)));
        let open = if plot.form == Form::Lines { ("l so", "M1 6h22") } else { ("l thick veiled", "M6 6h12") };
        let so_far = plot.across.so_far().then(|| (open.0, open.1, "so far".to_owned()));
        let changed = changed.then(|| ("event changed", "M12 0v12", "what is counted changed".to_owned()));
        few.into_iter().chain(so_far).chain(changed).collect()
    }

    /// Runs of what is not shown lie above the foot of the plane, never on it.
    pub(super) fn few(&mut self) {
        let half = WIDE / self.plot.across.count() as f64 / 2.0;
        let mut y = TOP + HIGH - 6.0;
        for stroke in &self.strokes {
            let mut path = Path::default();
            for (place, _) in stroke.points.iter().enumerate().filter(|(_, point)| point.value == Value::Few) {
                let x = self.x(place as f64);
                path.step(((x - half).max(0.0), y), ((x + half).min(WIDE), y));
            }
            if !path.is_empty() {
                self.out.push(format_args!("<path class=\"few {}\" d=\"{path}\"/>", stroke.class));
                y -= 5.0;
            }
        }
    }

    /// What happened, as lines from top to bottom, and as words where they do not touch.
    pub(super) fn annotations(&mut self) {
        let mut line = axis::Line::default();
        let mut annotations: Vec<_> = self.plot.annotations.iter().collect();
        // Releases first, and the latest of them: what comes later finds less room.
        annotations.sort_by_key(|annotation| (annotation.change != Change::Release, std::cmp::Reverse(annotation.day)));
        for annotation in annotations {
            let Some(place) = self.place(annotation.day) else { continue };
            let x = self.x(place);
            let class = match annotation.change {
                Change::Release | Change::Text => "event",
                Change::Catalogue => "event changed",
            };
            let at = Px(x / 10.0);
            let (top, foot) = (Px(TOP - 6.0), Px(TOP + HIGH));
            self.out
                .push(format_args!("<line class=\"{class}\" x1=\"{at}%\" x2=\"{at}%\" y1=\"{top}\" y2=\"{foot}\"/>"));
            let text = shortened(&annotation.text, LETTERS);
            if let Some(room) = line.claim(x / WIDE, &text, 0) {
                let (class, y) = (axis::class(room, x / WIDE, &text), Px(TOP - 9.0));
                self.out.push(format_args!("<text class=\"{class}\" x=\"{at}%\" y=\"{y}\">{}</text>", Text(&text)));
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
        let texts = near(&mut ends);
        self.out.push(format_args!("<svg class=\"ends\" x=\"100%\">"));
        for (End { class, name, number, at, .. }, y) in ends.iter().zip(texts) {
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
            let most = Unit::Count.tick(self.volume_most());
            self.out.push(format_args!("<text class=\"end quiet\" x=\"8\" y=\"{y}\">up to {}</text>", Text(&most)));
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
            // What stands for several groups is in the legend; it is no line that anyone follows.
            let named = !matches!(stroke.class, "s7" | "s8") || self.strokes.len() == 1;
            let number = self.plot.side().unit.tick(drawn);
            let letters = LETTERS - number.chars().count().min(LETTERS - 2);
            let name = if self.strokes.len() > 1 { shortened(&stroke.name, letters) } else { String::new() };
            named.then(|| End { class: stroke.class, name, number, at: self.y(middle), weight: drawn })
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
    /// The larger keeps its name where there is no room for both.
    weight: f64,
}

/// Where the names stand, from the top down; the smallest go until each is near its line.
fn near(ends: &mut Vec<End>) -> Vec<f64> {
    ends.sort_by(|a, b| a.at.total_cmp(&b.at));
    loop {
        let mut texts: Vec<f64> = ends.iter().map(|end| end.at).collect();
        spread(&mut texts, TOP + 4.0, TOP + HIGH);
        let far = ends.iter().zip(&texts).any(|(end, text)| (end.at - text).abs() > LEAD_MAX);
        let smallest = (0..ends.len()).min_by(|&a, &b| ends[a].weight.total_cmp(&ends[b].weight));
        match smallest {
            Some(smallest) if far => drop(ends.remove(smallest)),
            _ => return texts,
        }
    }
}

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
