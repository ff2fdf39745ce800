//! Who may write a program that may be run has any command there is.

use super::{Found, called};
use crate::Verb;
use crate::policy::args::{ArgKey, Test};
use crate::policy::matching::at_or_below;
use crate::policy::problem::E_OVERLAP;
use crate::policy::rules::Rules;

pub(super) fn check(rules: &Rules, found: &mut Found<'_>) {
    for rule in &rules.grants {
        let Some(verb) = rule.verb.filter(|verb| verb.effect().is_mutating() && *verb != Verb::ExecTemplate) else {
            continue;
        };
        for arg in rule.args.iter().filter(|arg| matches!(arg.key, ArgKey::Paths | ArgKey::Into)) {
            for template in rules.templates.values() {
                let program = &template.program;
                let over = match &arg.test {
                    // The folder that the program is in, too: what is in its place can be moved away.
                    Test::Paths(paths) => paths.iter().find(|path| path.touches(program)).map(ToString::to_string),
                    Test::Folder(folder) => at_or_below(program, folder).then(|| folder.clone()),
                    _ => None,
                };
                if let Some(over) = over {
                    let name = &template.name;
                    let message = format!(
                        "{verb} {over} overlaps the program of template {name:?} ({program}) → escape ({})",
                        called(rule)
                    );
                    found.error(E_OVERLAP, &arg.at.file, &arg.span, message);
                }
            }
        }
    }
}
