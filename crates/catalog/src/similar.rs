//! How alike two names are, for "did you mean" and for the lint on near-duplicates.

/// Edits (insert, remove, replace one character) that turn one text into the other: Levenshtein's distance.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

/// The known name that was probably meant, if any is close enough.
#[cfg(feature = "parse")]
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    near(name, known).first().copied()
}

/// The most names that anybody is pointed to.
const NEAR_MAX: usize = 3;

/// The known names that are close enough to have been meant, nearest first, and not many.
#[must_use]
pub fn near<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let close = name.chars().count().div_ceil(3);
    let mut found: Vec<_> =
        known.map(|known| (distance(name, known), known)).filter(|(edits, _)| *edits <= close).collect();
    found.sort_unstable();
    found.into_iter().take(NEAR_MAX).map(|(_, known)| known).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_counted_in_edits() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("owner", "owner"), 0);
    }

    #[test]
    fn only_close_names_are_suggested() {
        let known = ["retention_days", "review", "owner"];
        assert_eq!(nearest("retension_days", known.into_iter()), Some("retention_days"));
        assert_eq!(nearest("reviev", known.into_iter()), Some("review"));
        assert_eq!(nearest("colour", known.into_iter()), None);
    }
}
