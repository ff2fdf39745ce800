//! An explanation on a terminal.

use super::{Explanation, Suggestion};
use std::fmt;

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(time) = &self.time {
            write!(f, "{time}  ")?;
        }
        writeln!(f, "{}  call={}", self.who, self.call)?;
        let (word, code) = self.decision.split_once(' ').unwrap_or((&self.decision, ""));
        let gap = if code.is_empty() { "" } else { "  " };
        write!(f, "{}{gap}{code}", word.to_uppercase())?;
        match self.layer {
            Some(layer) => writeln!(f, " (layer {layer})")?,
            None => writeln!(f)?,
        }
        match &self.nearest {
            Some(near) => writeln!(f, "  nearest grant: {}   {}   ← {}", near.rule, near.argument, near.outside)?,
            None => writeln!(f, "  {}", self.why)?,
        }
        self.suggestion.as_ref().map_or(Ok(()), |suggestion| suggestion.fmt(f))
    }
}

impl fmt::Display for Suggestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let also =
            if self.also.is_empty() { String::new() } else { format!("   (also extend {})", self.also.join(", ")) };
        if let Some(line) = &self.line {
            writeln!(f, "  to allow exactly this:   {line}{also}")?;
            if !self.wider.is_empty() {
                writeln!(f, "  that line is also for:   {}", self.wider.join("; "))?;
            }
        }
        let Some(grant) = &self.grant else { return Ok(()) };
        match self.line {
            Some(_) => writeln!(f, "  for this call alone, a grant of its own:")?,
            None => writeln!(f, "  to allow exactly this, a grant of its own:{also}")?,
        }
        grant.lines().try_for_each(|line| writeln!(f, "    {line}"))
    }
}
