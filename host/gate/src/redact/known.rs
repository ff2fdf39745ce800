//! The owner's secrets that this process has read. No text that it writes down of its own (log, audit, ledger, errors)
//! holds one: whatever a task, a server or a tool says, it is looked through for them.
//!
//! One list for the process, because there is one log: nobody who writes a line has to be handed it, and nobody can
//! forget to. It only ever takes something out of a text.

use super::sweep::Sweep;
use super::{Tokens, without_url_secrets};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

/// More are not kept; nobody has so many.
const MOST: usize = 2000;

struct Known {
    secrets: BTreeSet<String>,
    sweep: Sweep,
}

static KNOWN: RwLock<Option<Known>> = RwLock::new(None);
/// Most processes know none, and write many lines.
static ANY: AtomicBool = AtomicBool::new(false);

/// From now on these are in no text of this process. Secrets of below four bytes are in every word, and are left out.
pub fn keep_secret(secrets: &[String]) {
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    let known = known.get_or_insert_with(|| Known { secrets: BTreeSet::new(), sweep: Sweep::default() });
    let before = known.secrets.len();
    let room = MOST.saturating_sub(before);
    let new: Vec<String> =
        secrets.iter().filter(|secret| !known.secrets.contains(*secret)).take(room).cloned().collect();
    known.secrets.extend(new);
    if known.secrets.len() > before {
        let secrets = known.secrets.iter().cloned().collect();
        known.sweep = Sweep::new(&Tokens { secrets, ..Tokens::default() });
        ANY.store(true, Ordering::Release);
    }
}

/// The text without the secrets of its URLs, and without those of the owner that this process knows.
pub fn without_secrets(text: &str) -> Cow<'_, str> {
    let clean = without_url_secrets(text);
    if !ANY.load(Ordering::Acquire) {
        return clean;
    }
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    let Some(known) = known.as_ref() else { return clean };
    match known.sweep.text(&clean).text {
        Cow::Owned(swept) => Cow::Owned(swept),
        Cow::Borrowed(_) => clean,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_in_no_text() {
        assert_eq!(without_secrets("the word is Canary-71d2"), "the word is Canary-71d2");
        keep_secret(&["Canary-71d2".to_owned(), "abc".to_owned()]);
        keep_secret(&["Other-99".to_owned()]);
        assert_eq!(without_secrets("the word is canary-71d2, other-99, abc"), "the word is ***, ***, abc");
        assert_eq!(without_secrets("https://u:p@h/?q=Canary-71d2"), "https://***@h/?q=***");
        assert_eq!(without_secrets("nothing of it"), "nothing of it");
    }
}
