//! Part numbers that hold more than a part's number.

/// Dell's own have six characters, and three more for the revision: `0X185VA00` is revision A00 of 0X185V.
pub(crate) fn of_dell<'a>(maker: Option<&str>, number: &'a str) -> Option<(&'a str, &'a str)> {
    let dell = maker.is_some_and(|maker| maker.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("dell")));
    let (part, revision) = number.split_at_checked(6).filter(|_| dell)?;
    let [letter, digits @ ..] = revision.as_bytes() else { return None };
    let is_revision = digits.len() == 2 && letter.is_ascii_uppercase() && digits.iter().all(u8::is_ascii_digit);
    (is_revision && part.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some((part, revision))
}

#[cfg(test)]
mod tests {
    use super::of_dell;

    #[test]
    fn parts_and_revisions() {
        assert_eq!(of_dell(Some("DELL"), "0ABC12A07"), Some(("0ABC12", "A07")));
        assert_eq!(of_dell(Some("Dell Inc."), "0ABC12X01"), Some(("0ABC12", "X01")));
        for other in ["0ABC12", "0ABC12A7", "0ABC12A0é", "0A-C12A07", "", "0ABC12A071"] {
            assert_eq!(of_dell(Some("DELL"), other), None, "{other}");
        }
        assert_eq!(of_dell(Some("ACME"), "0ABC12A07"), None);
        assert_eq!(of_dell(None, "0ABC12A07"), None);
    }
}
