//! Laws that every plot holds: nothing lies outside, every number is in the table, no text is markup, and it is small.

use std::io::Write;

use aboveboard_catalog::Day;
use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;

use super::super::gallery;
use super::super::laws::{HOSTILE, attributes, is_clean, is_inside, places, plane, point, texts_have_room, unit};
use super::*;

prop_compose! {
    fn plots()(
        (count, names) in (prop_oneof![1 => Just(1_usize), 5 => 1_usize..40], any::<bool>()),
        (log, so_far) in any::<(bool, bool)>(),
        form in prop_oneof![Just(Form::Lines), Just(Form::Stacked), Just(Form::Share)],
        unit in unit(),
        bucket in prop_oneof![Just(Bucket::Day), Just(Bucket::Week), Just(Bucket::Month)],
        points in prop::collection::vec(prop::collection::vec(point(), 40), 1..10),
        days in prop::collection::vec(-20..400_i32, 0..8),
    ) -> Plot {
        let first = Day(20_000).start_of(bucket);
        let starts = std::iter::successors(Some(first), |day| Some(day.start_of_next(bucket))).take(count).collect();
        let across = match names {
            true => Across::Names { are: "version".into(), names: (0..count).map(|name| format!("{name}{HOSTILE}")).collect() },
            false => Across::Days { bucket, starts, so_far },
        };
        let series = points.into_iter().enumerate().map(|(number, points)| Series {
            folded: number == 3,
            link: Some(format!("?by={HOSTILE}")),
            ..Series::new(format!("series {number} {HOSTILE}"), points[..count].to_vec())
        });
        let annotation = |day| Annotation { day: first.plus(day), text: HOSTILE.into(), change: Change::Release };
        let head = Head { title: HOSTILE.into(), counts: HOSTILE.into(), unit, minimum: 20 };
        Plot {
            form,
            scale: if log { Scale::Log } else { Scale::Linear },
            annotations: days.into_iter().map(annotation).collect(),
            ..Plot::lines(head, across, series.collect())
        }
    }
}

fn packed(text: &str) -> usize {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(text.as_bytes()).expect("memory");
    packer.finish().expect("memory").len()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn nothing_lies_outside(plot in plots()) {
        let picture = plot.draw().picture;
        let svg = &picture[picture.find("<svg class=\"plot\"").expect("a plot")..];
        let height: f64 = attributes(svg, "height")[0].parse().expect("a height");
        for path in attributes(plane(&picture), "d") {
            for (x, y) in places(path) {
                prop_assert!((-0.05..=WIDE + 0.05).contains(&x) && (0.0..=height).contains(&y), "{x} {y} in {path}");
            }
        }
        is_inside(svg, height)?;
        texts_have_room(svg)?;
    }

    #[test]
    fn every_series_that_has_something_leaves_a_mark(plot in plots()) {
        let picture = plot.draw().picture;
        let sketch = Sketch::new(&plot);
        let mut base = vec![0.0; plot.across.count()];
        for stroke in &sketch.strokes {
            let paths = plane(&picture).split("<path class=\"").skip(1).filter(|path| {
                path.split('"').next().is_some_and(|class| class.ends_with(stroke.class))
            });
            let paths: Vec<Vec<(f64, f64)>> = paths.flat_map(|path| attributes(path, "d").into_iter().take(1)).map(places).collect();
            let wide = |path: &Vec<(f64, f64)>| path.iter().any(|at| at.0 != path[0].0);
            let high = |path: &Vec<(f64, f64)>| path.iter().any(|at| at.1 != path[0].1);
            for (place, base) in base.iter_mut().enumerate() {
                let part = sketch.part(stroke, place);
                let rise = sketch.y(*base) - sketch.y(*base + part);
                *base += part;
                match (plot.form, stroke.points[place].value) {
                    (Form::Lines, Value::Known(number)) => {
                        let at = (sketch.x(place as f64), sketch.y(number));
                        let on = |path: &Vec<(f64, f64)>| path.iter().any(|p| (p.0 - at.0).abs() < 0.2 && (p.1 - at.1).abs() < 0.2);
                        prop_assert!(paths.iter().any(on), "{place} of {}", stroke.name);
                    }
                    (Form::Stacked | Form::Share, Value::Known(_)) if rise >= 0.2 => {
                        prop_assert!(paths.iter().any(|path| wide(path) && high(path)), "{place} of {}", stroke.name);
                    }
                    (_, Value::Few) => prop_assert!(paths.iter().any(wide), "{place} of {}", stroke.name),
                    _ => {}
                }
            }
        }
    }

    #[test]
    fn every_number_is_in_the_table(plot in plots()) {
        let sheet = plot.draw().sheet;
        prop_assert_eq!(sheet.rows.len(), plot.across.count());
        for (place, line) in sheet.rows.iter().enumerate() {
            prop_assert_eq!(line.cells.len() + 1, sheet.head.len());
            for (series, cell) in plot.series.iter().zip(&line.cells) {
                let value = series.points[place].value;
                prop_assert_eq!(cell.value, value);
                prop_assert!(cell.text.starts_with(&plot.head.text(value)), "{:?}", cell);
            }
        }
    }

    #[test]
    fn no_text_is_markup(plot in plots()) {
        is_clean(&plot.draw())?;
    }

    #[test]
    fn shares_fill_the_plane(mut plot in plots()) {
        plot.form = Form::Share;
        let picture = plot.draw().picture;
        let areas: Vec<_> = attributes(plane(&picture), "d").into_iter().map(places).collect();
        let drawn = plane(&picture).matches("class=\"a ").count();
        for (place, &sum) in (0..plot.across.count()).map(|place| plot.sum(place)).collect::<Vec<_>>().iter().enumerate() {
            let highest = areas[..drawn].iter().map(|area| area[place].1).fold(f64::INFINITY, f64::min);
            let expected = if sum > 0.0 { TOP } else { TOP + HIGH };
            prop_assert!((highest - expected).abs() < 0.11, "{} of {}", highest, expected);
        }
    }

    #[test]
    fn what_is_hidden_is_never_zero(mut plot in plots()) {
        plot.form = Form::Lines;
        plot.series.iter_mut().for_each(|series| series.points.fill(Point::FEW));
        let picture = plot.draw().picture;
        prop_assert!(!picture.contains("class=\"l s1\" d=\"M1 6h22\"/></svg><path") && picture.contains("class=\"few"));
        prop_assert!(picture.contains("fewer than 20"));
        let foot = TOP + HIGH;
        let marks = attributes(plane(&picture), "d").into_iter().flat_map(places);
        prop_assert!(marks.into_iter().filter(|place| place.1 <= foot).all(|place| place.1 <= foot - 5.0));
    }
}

#[test]
fn ninety_days_of_six_series_are_small() {
    let Drawing { picture, sheet, .. } = gallery::daily().draw();
    let (picture, both) = (packed(&picture), packed(&(picture.clone() + &sheet.html())));
    assert!(picture <= 3_000, "the picture takes {picture} bytes");
    assert!(both <= 6_000, "with its table it takes {both} bytes");
}
