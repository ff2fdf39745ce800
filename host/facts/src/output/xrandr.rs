//! `xrandr` and `xrandr --verbose`: the outputs of an X server, the picture on each, and the EDID of what is plugged in.
//!
//! `Screen 0: minimum 320 x 200, current 1680 x 1050, …`, then one line an output
//! (`eDP-1 connected primary 1680x1050+0+0 (normal …) 294mm x 165mm`) with indented lines below it: modes, and with
//! `--verbose` properties, of which `EDID:` has lines of hexadecimal digits.
//!
//! Format: xrandr(1).

use crate::edid::{Edid, Makers, base64};
use airlock_model::Row;

/// More outputs than any machine has.
const MOST: usize = 256;

/// An EDID has 256 blocks at most.
const LONGEST_EDID: usize = 128 * 256;

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct XRandr {
    /// Width and height of the screen that all outputs show a part of.
    pub screen: Option<(u32, u32)>,
    pub outputs: Vec<Output>,
}

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Output {
    pub name: String,
    pub connected: bool,
    pub primary: bool,
    /// Width and height of what it shows.
    pub size: Option<(u32, u32)>,
    pub edid: Vec<u8>,
}

impl XRandr {
    pub fn of(text: &str) -> Self {
        let mut found = Self::default();
        let mut in_edid = false;
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("Screen ") {
                found.screen = found.screen.or_else(|| current(rest));
            } else if let Some(output) = output(line) {
                if found.outputs.len() == MOST {
                    break;
                }
                found.outputs.push(output);
                in_edid = false;
            } else if let Some(output) = found.outputs.last_mut() {
                let line = line.trim();
                let bytes = if in_edid { hexadecimal(line) } else { None };
                in_edid = line == "EDID:" || bytes.is_some();
                let room = LONGEST_EDID.saturating_sub(output.edid.len());
                output.edid.extend(bytes.into_iter().flatten().take(room));
            }
        }
        found
    }

    /// The picture that somebody looks at first, `1920x1080`.
    pub fn resolution(&self) -> Option<String> {
        let shown = || self.outputs.iter().filter(|output| output.connected && output.size.is_some());
        let output = shown().find(|output| output.primary).or_else(|| shown().next());
        let (width, height) = output.and_then(|output| output.size).or(self.screen)?;
        Some(format!("{width}x{height}"))
    }

    /// The screens that are plugged in and say who they are.
    pub fn monitors(&self, makers: &Makers<'_>) -> Vec<Row> {
        let plugged = self.outputs.iter().filter(|output| output.connected);
        plugged
            .filter_map(|output| {
                let row = Edid::of(&output.edid).ok()?.row(makers);
                Some(row.with("base64", base64(&output.edid)).with("port", output.name.as_str()))
            })
            .collect()
    }
}

/// `0: minimum 320 x 200, current 1680 x 1050, maximum 8192 x 8192`
fn current(line: &str) -> Option<(u32, u32)> {
    let part = line.split(',').find_map(|part| part.trim().strip_prefix("current "))?;
    let (width, height) = part.split_once(" x ")?;
    Some((width.trim().parse().ok()?, height.trim().parse().ok()?))
}

fn output(line: &str) -> Option<Output> {
    if line.starts_with(char::is_whitespace) {
        return None;
    }
    let (name, rest) = line.split_once(' ')?;
    let mut words = rest.split_ascii_whitespace();
    let connected = match words.next()? {
        "connected" => true,
        "disconnected" | "unknown" => false,
        _ => return None,
    };
    let mut output = Output { name: name.to_owned(), connected, ..Output::default() };
    for word in words.take(2) {
        output.primary |= word == "primary";
        output.size = output.size.or_else(|| geometry(word));
    }
    Some(output)
}

/// `1680x1050+0+0`
fn geometry(word: &str) -> Option<(u32, u32)> {
    let (size, _) = word.split_once(['+', '-'])?;
    let (width, height) = size.split_once('x')?;
    Some((width.parse().ok()?, height.parse().ok()?))
}

fn hexadecimal(line: &str) -> Option<Vec<u8>> {
    let digits = line.as_bytes();
    if digits.is_empty() || !digits.len().is_multiple_of(2) || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let byte = |two: &[u8]| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok();
    digits.chunks_exact(2).map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edid::tests::block;

    #[test]
    fn outputs_and_screens() {
        let edid = block("QQQ", 7, (1, 2020), &[(0xfc, b"Screen\n")]);
        let lines: Vec<String> = edid
            .chunks(16)
            .map(|c| format!("\t\t{}", c.iter().map(|b| format!("{b:02x}")).collect::<String>()))
            .collect();
        let text = format!(
            "Screen 0: minimum 8 x 8, current 3000 x 1050, maximum 32767 x 32767\nVGA-1 disconnected (normal left)\n\
             HDMI-1 connected 1320x1050+1680+0 (0x4b) normal (normal left) 510mm x 290mm\n\tIdentifier: 0x42\n\
             eDP-1 connected primary 1680x1050+0+0 (0x47) normal\n\tEDID: \n{}\n\tBroadcast RGB: Automatic\n\t\tabcd\n  1920x1080 59.93*+\n",
            lines.join("\n")
        );
        let found = XRandr::of(&text);
        assert_eq!((found.screen, found.outputs.len()), (Some((3000, 1050)), 3));
        assert_eq!(found.outputs[1].size, Some((1320, 1050)));
        assert_eq!((found.resolution().as_deref(), &found.outputs[2].edid), (Some("1680x1050"), &edid));
        let rows = found.monitors(&Makers::List("QQQ\tMade Up\n"));
        let [row] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!((row.text("caption"), row.text("port")), (Some("Screen"), Some("eDP-1")));
    }

    #[test]
    fn without_outputs_the_screen() {
        let text = "Screen 0: minimum 8 x 8, current 800 x 600, maximum 9 x 9\nVNC-0 disconnected\n";
        assert_eq!(XRandr::of(text).resolution().as_deref(), Some("800x600"));
        for text in ["", "Can't open display :0\n", "Screen 0: current x", "x connected é+0\n"] {
            assert_eq!(XRandr::of(text).resolution(), None, "{text}");
        }
    }
}
