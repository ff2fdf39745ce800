//! How long something has been running.

/// Hundredths of a second as people read them: `19 days, 4:10:02.50`, `1 day, 5:39:04.99`, `0:00:07.00`.
pub fn duration(hundredths: u32) -> String {
    let seconds = hundredths / 100;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    let clock = format!("{hours}:{minutes:02}:{:02}.{:02}", seconds % 60, hundredths % 100);
    match days {
        0 => clock,
        1 => format!("1 day, {clock}"),
        _ => format!("{days} days, {clock}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_hours_minutes() {
        assert_eq!(duration(165_660_250), "19 days, 4:10:02.50");
        assert_eq!(duration(8_640_001), "1 day, 0:00:00.01");
        assert_eq!(duration(700), "0:00:07.00");
    }
}
