//! How long the system has been up, from `uptime` (uptime(1)).

/// Seconds of `… up 43 days, 17:59, 2 users, …`, `up 2 hrs,` or `up 11 mins,`.
pub fn seconds(text: &str) -> Option<u64> {
    let (_, rest) = text.split_once("up ")?;
    let mut seconds = None;
    for part in rest.split(',').take(3) {
        let mut words = part.split_ascii_whitespace();
        let (number, unit) = (words.next().unwrap_or_default(), words.next());
        let found = match (number.split_once(':'), unit) {
            (Some((hours, minutes)), None) => {
                hours.parse::<u64>().ok()?.checked_mul(3600)?.checked_add(minutes.parse::<u64>().ok()?.checked_mul(60)?)
            }
            (None, Some(unit)) => {
                let scales = [("day", 86_400), ("hr", 3600), ("hour", 3600), ("min", 60), ("sec", 1)];
                // Behind the times come the users.
                let Some((_, scale)) = scales.iter().find(|(name, _)| unit.starts_with(name)) else { break };
                number.parse::<u64>().ok()?.checked_mul(*scale)
            }
            _ => break,
        };
        seconds = Some(seconds.unwrap_or(0_u64).checked_add(found?)?);
    }
    seconds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_added_up() {
        assert_eq!(
            seconds(" 10:49am  up 43 days, 17:59,  2 users,  load average: 0.1"),
            Some(43 * 86_400 + 17 * 3600 + 59 * 60)
        );
        assert_eq!(seconds("1:02pm  up 2 hrs,  1 user,"), Some(7200));
        assert_eq!(seconds("1:02pm  up 11 mins,  1 user,"), Some(660));
        for bad in ["", "up", "up é", "up 99999999999999999999 days", "up 1 é"] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }
}
