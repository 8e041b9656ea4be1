//! A few things in order. The sorts and trees of the standard library are made for many: six to eight kilobytes of a
//! tool for each type they hold.

/// Things by their names, in the order of the names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named<T>(Vec<(String, T)>);

impl<T> Named<T> {
    /// The thing of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&T> {
        self.place(name).ok().map(|place| &self.0[place].1)
    }

    /// Puts a thing in the place of its name.
    pub fn insert(&mut self, name: String, thing: T) {
        match self.place(&name) {
            Ok(place) => self.0[place].1 = thing,
            Err(place) => self.0.insert(place, (name, thing)),
        }
    }

    /// The thing of this name, made when there is none.
    pub(crate) fn entry(&mut self, name: String, make: impl FnOnce() -> T) -> &mut T {
        let place = self.place(&name).unwrap_or_else(|place| {
            self.0.insert(place, (name, make()));
            place
        });
        &mut self.0[place].1
    }

    /// Takes the thing of this name away.
    pub fn remove(&mut self, name: &str) {
        if let Ok(place) = self.place(name) {
            self.0.remove(place);
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0.iter().map(|(name, thing)| (name.as_str(), thing))
    }

    pub(crate) fn into_things(self) -> impl Iterator<Item = T> {
        self.0.into_iter().map(|(_, thing)| thing)
    }

    /// Where a name is, or would be.
    fn place(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.as_str().cmp(name))
    }
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> FromIterator<(String, T)> for Named<T> {
    fn from_iter<I: IntoIterator<Item = (String, T)>>(things: I) -> Self {
        let mut named = Self::default();
        things.into_iter().for_each(|(name, thing)| named.insert(name, thing));
        named
    }
}

impl<T, const N: usize> From<[(String, T); N]> for Named<T> {
    fn from(things: [(String, T); N]) -> Self {
        things.into_iter().collect()
    }
}

/// Items in their order; equal ones stay as they came.
pub(crate) fn sorted<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut sorted: Vec<T> = Vec::new();
    for item in items {
        let place = sorted.partition_point(|earlier| *earlier <= item);
        sorted.insert(place, item);
    }
    sorted
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn named_things_are_a_map(steps in proptest::collection::vec(("[a-d]{0,2}", any::<u8>(), 0..3), 0..40)) {
            let (mut ours, mut theirs) = (Named::default(), BTreeMap::new());
            for (name, thing, step) in steps {
                match step {
                    0 => {
                        ours.remove(&name);
                        theirs.remove(&name);
                    }
                    1 => {
                        ours.insert(name.clone(), thing);
                        theirs.insert(name, thing);
                    }
                    _ => prop_assert_eq!(ours.entry(name.clone(), || thing), theirs.entry(name).or_insert(thing)),
                }
            }
            prop_assert!(ours.iter().eq(theirs.iter().map(|(name, thing)| (name.as_str(), thing))));
            prop_assert!(theirs.iter().all(|(name, thing)| ours.get(name) == Some(thing)));
        }

        #[test]
        fn items_are_sorted(mut items in proptest::collection::vec(any::<u8>(), 0..40)) {
            let ours = sorted(items.iter().copied());
            items.sort_unstable();
            prop_assert_eq!(ours, items);
        }
    }
}
