//! "Did you mean": the known name that is nearest to one that is not known.

/// The nearest of `known`, when it is near enough to be a slip of the finger: fewer letters differ than agree, and at
/// most three.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A name comes from a file of the owner's, but costs the square of its length.
    if name.len() > 100 {
        return None;
    }
    let (distance, near) = known.into_iter().map(|k| (distance(name, k), k)).min()?;
    (distance <= 3 && distance * 2 <= near.chars().count()).then_some(near)
}

/// `; did you mean login?`, or nothing.
pub fn hint<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(name, known).map(|near| format!("; did you mean {near}?")).unwrap_or_default()
}

/// Levenshtein's distance: how many letters to add, drop or change.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut next = vec![i + 1];
        for ((to, above), above_left) in b.iter().zip(row.iter().skip(1)).zip(&row) {
            let left = next.last().copied().unwrap_or_default();
            next.push((above_left + usize::from(from != *to)).min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_has_a_nearest_name_and_another_word_has_none() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(nearest("logn", ["login", "domain"]), Some("login"));
        assert_eq!(nearest("xyz", ["login", "domain"]), None);
        assert_eq!(hint("domian", ["login", "domain"]), "; did you mean domain?");
        assert_eq!(hint(&"x".repeat(1000), ["login"]), "");
    }
}
