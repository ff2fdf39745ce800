//! The `Basic` scheme (RFC 7617).

use super::Proven;
use crate::server::secret::Secret;
use base64::prelude::{BASE64_STANDARD, Engine};

/// Whether one of the values of `WWW-Authenticate` is a challenge of this scheme.
pub(crate) fn is_wanted<'a>(mut challenges: impl Iterator<Item = &'a str>) -> bool {
    // Challenges may stand in one value after another, each of which begins with the name of its scheme.
    challenges.any(|value| {
        value.split(',').any(|part| {
            let scheme = part.split_whitespace().next().unwrap_or_default();
            scheme.eq_ignore_ascii_case("basic")
        })
    })
}

pub(crate) fn proven(user: &str, password: &Secret) -> Proven {
    let pair = format!("{user}:{}", password.expose());
    Proven { value: Secret::new(format!("Basic {}", BASE64_STANDARD.encode(pair))), until: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_challenge_of_the_scheme_is_answered() {
        let wanted = |value: &str| is_wanted([value].into_iter());
        for good in ["Basic realm=\"x\"", "basic", "Negotiate, Basic realm=\"a, b\"", "Bearer x=\"y\", BASIC realm=z"] {
            assert!(wanted(good), "{good}");
        }
        for bad in ["", "Negotiate", "Digest realm=\"basic\"", "Basically", "Bearer realm=\"Basic\""] {
            assert!(!wanted(bad), "{bad}");
        }
        assert_eq!(proven("Aladdin", &Secret::new("open sesame")).value.expose(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    }
}
