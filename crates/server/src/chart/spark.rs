//! A sparkline: how a number went, beside the number; it has no axis and says nothing that its row does not.

use super::Value;
use super::axis::WIDE;
use super::markup::{Markup, Path};

const HIGH: f64 = 24.0;
/// Lines are two pixels wide and stay inside.
const INSET: f64 = 2.0;

/// Draws values from zero up to their largest. What is not known is a gap, never zero.
pub(crate) fn spark(values: &[Value]) -> String {
    let most = values.iter().filter_map(|value| value.known()).fold(0.0, f64::max);
    let mut path = Path::default();
    let mut last = None;
    for (place, value) in values.iter().enumerate() {
        let Some(number) = value.known() else {
            path.lift();
            continue;
        };
        let at = (across(place, values.len()), height(number, most));
        path.to(at.0, at.1);
        last = Some(at);
    }
    let mut out = Markup::default();
    out.push(format_args!(
        "<svg class=\"spark\" aria-hidden=\"true\" viewBox=\"0 0 {WIDE} {HIGH}\" preserveAspectRatio=\"none\">"
    ));
    out.push(format_args!("<path class=\"l\" d=\"{path}\"/>"));
    if let Some((x, y)) = last {
        let mut dot = Path::default();
        dot.dot(x, y);
        out.push(format_args!("<path class=\"dot\" d=\"{dot}\"/>"));
    }
    out.push(format_args!("</svg>"));
    out.into_text()
}

fn across(place: usize, count: usize) -> f64 {
    let inset = WIDE * 0.04;
    match count {
        0 | 1 => WIDE - inset,
        count => inset + place as f64 / (count - 1) as f64 * (WIDE - 2.0 * inset),
    }
}

fn height(number: f64, most: f64) -> f64 {
    let part = if most > 0.0 { (number / most).clamp(0.0, 1.0) } else { 0.0 };
    HIGH - INSET - part * (HIGH - 2.0 * INSET)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_a_gap() {
        let drawn = spark(&[Value::Known(4.0), Value::Few, Value::Known(0.0), Value::Missing]);
        assert_eq!(drawn.matches('M').count(), 3, "two parts and the dot: {drawn}");
    }
}
