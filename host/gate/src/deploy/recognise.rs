//! Free command lines. The templates are the owner's, and so are the words that stand for them: what is not word for word
//! one of those is refused.

use crate::calls::{DeployRecognise, Recognised};
use crate::policy::Verdict;
use crate::{Ask, CallError, Gate, Verb};

impl Gate {
    /// The command that a line stands for: of several templates the one that is granted, in the order of their names.
    pub async fn deploy_recognise(&self, line: &str) -> Result<Recognised, CallError> {
        let mut all = self.policy.recognised(line);
        let is_granted = |found: &Recognised| {
            let (template, args) = (Some(found.template.clone()), Some(found.args.clone()));
            matches!(self.decide(&Ask { template, args, ..Ask::new(Verb::ExecTemplate) }), Verdict::Allow(_))
        };
        let best = all.iter().position(is_granted).unwrap_or(0);
        let found = if all.is_empty() { None } else { Some(all.swap_remove(best)) };
        self.call(DeployRecognise { line: line.to_owned(), found }).await
    }
}
