//! Trend Micro Deep Security Agent: `dsa_query -c GetComponentInfo -r au AM*` (Deep Security Help Center, "dsa_query").
//! `Component.PART.WHAT: value` lines; the component AM is the one against malware.

use super::{Antivirus, yes};
use crate::output::pairs::value;

/// None when the component is not there.
pub fn components(text: &str) -> Option<Antivirus> {
    let mode = value(text, "Component.AM.mode")?;
    let pattern = value(text, "Component.AM.version.pattern.VSAPI");
    let engine = value(text, "Component.AM.version.engine.VSAPI");
    Some(Antivirus {
        enabled: yes(mode),
        base_version: pattern.or(engine).unwrap_or_default().to_owned(),
        ..Antivirus::of("Trend Micro", "Deep Security Agent")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_component_against_malware() {
        let text = "Component.AM.mode: on\nComponent.AM.version.engine.VSAPI: 9.1\nComponent.AM.version.pattern.VSAPI: 9.200.00\n";
        let found = components(text).unwrap();
        assert_eq!((found.enabled, found.base_version.as_str()), (Some(true), "9.200.00"));
        assert_eq!(components("Component.FW.mode: on\n"), None);
    }
}
