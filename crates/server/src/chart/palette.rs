//! What the style sheet promises of its colours, computed from the style sheet itself.
//!
//! Contrast as WCAG 2.2 defines it. What colour-blind eyes see by the matrices of Machado, Oliveira and Fernandes ("A
//! physiologically-based model for simulation of color vision deficiency", 2009, severity 1.0), and how far colours are
//! from each other by the distance of CIE 1976 in L*a*b*, under D65.

use std::collections::HashMap;

const STYLE: &str = include_str!("../../templates/style.css");
/// WCAG 2.2, 1.4.11 for what is drawn, and 1.4.3 for texts.
const DRAWN_MIN: f64 = 3.0;
const TEXT_MIN: f64 = 4.5;
/// Two lines that are closer look alike; just darkening a palette for light pages leaves 1.
const DISTANCE_MIN: f64 = 15.0;

type Rgb = [f64; 3];

const EYES: [(&str, [Rgb; 3]); 4] = [
    ("any", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    ("protanopia", [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    (
        "deuteranopia",
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    ),
    ("tritanopia", [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
];

/// The colours of one theme by their names.
struct Theme(HashMap<&'static str, Rgb>);

/// The light theme, and the dark one, which says only what it changes.
fn themes() -> [Theme; 2] {
    let (mut light, mut dark) = (HashMap::new(), HashMap::new());
    let mut is_dark = false;
    for line in STYLE.lines() {
        if line.starts_with("@media") || line.starts_with('}') {
            is_dark = line.contains("prefers-color-scheme: dark");
        }
        let colours = if is_dark { &mut dark } else { &mut light };
        colours.extend(line.split(';').filter_map(declared));
    }
    let dark = light.iter().map(|(&name, &rgb)| (name, *dark.get(name).unwrap_or(&rgb))).collect();
    [Theme(light), Theme(dark)]
}

/// `--name: #rgb` or `#rrggbb`, as linear light.
fn declared(declaration: &'static str) -> Option<(&'static str, Rgb)> {
    let (name, value) = declaration.trim().strip_prefix("--")?.split_once(": #")?;
    let wide: String = match value.len() {
        3 => value.chars().flat_map(|digit| [digit, digit]).collect(),
        _ => value.to_owned(),
    };
    let channel = |place: usize| {
        let share = f64::from(u8::from_str_radix(wide.get(place..place + 2)?, 16).ok()?) / 255.0;
        Some(if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) })
    };
    Some((name, [channel(0)?, channel(2)?, channel(4)?]))
}

impl Theme {
    fn colour(&self, name: &str) -> Rgb {
        self.0[name]
    }

    fn contrast(&self, one: &str, other: &str) -> f64 {
        let light = |name| {
            let [r, g, b] = self.colour(name);
            0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05
        };
        let (one, other) = (light(one), light(other));
        one.max(other) / one.min(other)
    }
}

fn seen(colour: Rgb, eyes: &[Rgb; 3]) -> Rgb {
    eyes.map(|row| row.iter().zip(colour).map(|(weight, light)| weight * light).sum::<f64>().clamp(0.0, 1.0))
}

fn lab([r, g, b]: Rgb) -> [f64; 3] {
    let white = [0.950_47, 1.0, 1.088_83];
    let xyz = [
        0.412_456 * r + 0.357_576 * g + 0.180_437 * b,
        0.212_673 * r + 0.715_152 * g + 0.072_175 * b,
        0.019_334 * r + 0.119_192 * g + 0.950_304 * b,
    ];
    let root = |part: f64| if part > 0.008_856 { part.cbrt() } else { 7.787 * part + 16.0 / 116.0 };
    let [x, y, z] = [0, 1, 2].map(|axis| root(xyz[axis] / white[axis]));
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

fn distance(one: Rgb, other: Rgb) -> f64 {
    lab(one).iter().zip(lab(other)).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
}

#[test]
fn what_is_drawn_stands_out_from_its_card() {
    for theme in themes() {
        for number in 1..=8 {
            let contrast = theme.contrast(&format!("s{number}"), "card");
            assert!(contrast >= DRAWN_MIN, "s{number} has a contrast of {contrast:.2} with the card");
        }
    }
}

#[test]
fn texts_are_read_on_every_ground() {
    for theme in themes() {
        for (text, ground) in
            [("text", "card"), ("quiet", "card"), ("text", "page"), ("quiet", "page"), ("accent", "card")]
        {
            let contrast = theme.contrast(text, ground);
            assert!(contrast >= TEXT_MIN, "{text} has a contrast of {contrast:.2} with {ground}");
        }
        for shade in 1..=6 {
            let contrast = theme.contrast("text", &format!("h{shade}"));
            assert!(contrast >= TEXT_MIN, "text has a contrast of {contrast:.2} with h{shade}");
        }
    }
}

#[test]
fn six_series_are_told_apart_by_every_eye() {
    for theme in themes() {
        for (name, eyes) in &EYES {
            for one in 1..=6 {
                for other in one + 1..=6 {
                    let colour = |number: i32| seen(theme.colour(&format!("s{number}")), eyes);
                    let distance = distance(colour(one), colour(other));
                    assert!(distance >= DISTANCE_MIN, "s{one} and s{other} are {distance:.1} apart with {name}");
                }
            }
        }
    }
}

#[test]
fn shades_grow_with_their_number() {
    for theme in themes() {
        let far = |shade: i32| theme.contrast(&format!("h{shade}"), "card");
        assert!((1..6).all(|shade| far(shade) < far(shade + 1)));
    }
}

/// A selector and its dashes within a part of the style sheet.
fn dashes(part: &'static str, series: usize) -> &'static str {
    let rule = format!(".l.s{series} {{ stroke-dasharray: ");
    part.split(rule.as_str()).nth(1).and_then(|rest| rest.split(['}', ';']).next()).map_or("", str::trim)
}

#[test]
fn colour_is_never_alone() {
    let (colours, forced) =
        STYLE.split_once("@media (forced-colors: active) {\n  .l,").expect("rules for forced colours");
    let of_theme: Vec<&str> = (4..=6).map(|series| dashes(colours, series)).collect();
    assert!(of_theme.iter().all(|dashes| !dashes.is_empty()), "{of_theme:?}");
    let mut of_forced: Vec<&str> = (1..=6)
        .map(|series| {
            Some(dashes(forced, series)).filter(|dashes| !dashes.is_empty()).unwrap_or(dashes(colours, series))
        })
        .collect();
    of_forced.sort_unstable();
    of_forced.dedup();
    assert_eq!(of_forced.len(), 6, "without colours, each of six lines has its own dashes: {of_forced:?}");
}

#[test]
fn distances_are_those_that_were_published() {
    // Sharma, Wu, Dalal: red and green of sRGB are 170.6 apart by CIE 1976; white is at the top of the axis.
    let [l, a, b] = lab([1.0, 1.0, 1.0]);
    assert!((l - 100.0).abs() < 0.01 && a.abs() < 0.02 && b.abs() < 0.02, "{l} {a} {b}");
    assert!((distance([1.0, 0.0, 0.0], [0.0, 1.0, 0.0]) - 170.6).abs() < 0.2);
}
