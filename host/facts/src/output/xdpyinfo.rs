//! `xdpyinfo`: the size of an X server's first screen.
//!
//! Format: xdpyinfo(1): `  dimensions:    1920x1080 pixels (508x286 millimeters)`.

/// `1920x1080`
pub fn resolution(text: &str) -> Option<String> {
    let size = text.lines().find_map(|line| line.trim().strip_prefix("dimensions:"))?.trim().strip_suffix(')');
    let size = size?.split_once(" pixels")?.0;
    let (width, height) = size.split_once('x')?;
    let (width, height): (u32, u32) = (width.parse().ok()?, height.parse().ok()?);
    Some(format!("{width}x{height}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_screen() {
        let text = "screen #0:\n  dimensions:    1280x800 pixels (1x1 millimeters)\n  resolution:    96x96 dots per inch\n\
            screen #1:\n  dimensions:    1x1 pixels (1x1 millimeters)\n";
        assert_eq!(resolution(text).as_deref(), Some("1280x800"));
        for text in ["", "dimensions:", "dimensions: 1280x pixels (1)", "dimensions: 1280x800"] {
            assert_eq!(resolution(text), None, "{text}");
        }
    }
}
