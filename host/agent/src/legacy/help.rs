//! `--help` under another program's name.

use super::getopt::{Effect, Takes};
use super::names::Name;

/// The options, each with what comes of it here.
pub(crate) fn help(name: &Name) -> String {
    let mut text = format!("Airlock, in the place of {0}.\n\nUsage: {0} [OPTIONS]\n\n", name.name);
    for known in name.options {
        let mut names = known.names();
        let mut left = format!("--{}", names.next().unwrap_or_default());
        left += match known.takes {
            Takes::Nothing | Takes::Count => "",
            Takes::Number => "=N",
            Takes::Text | Takes::Texts => "=TEXT",
            Takes::MaybeText => "[=TEXT]",
        };
        for short in names {
            left = format!("-{short}, {left}");
        }
        let right = match known.effect {
            Effect::Taken => known.help.to_owned(),
            Effect::None(why) => format!("{} (no effect here: {why})", known.help),
        };
        text += &format!("  {left:<34} {right}\n");
    }
    text + "\n`airlock migrate` writes the configuration in Airlock's own files; `airlock --help` has its own commands.\n"
}
