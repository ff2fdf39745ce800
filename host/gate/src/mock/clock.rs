//! Time that passes by the file's word, and chance that is the same each time.

use super::Mock;
use crate::CallError;
use crate::calls::Moment;
use crate::ports::Clock;
use jiff::tz::Offset;
use jiff::{Timestamp, civil};
use sha2::{Digest, Sha256};

impl Mock {
    pub(super) fn wait(&self, seconds: u64) {
        let mut state = self.lock();
        state.now = state.now.saturating_add(seconds);
    }

    /// Where the machine is: the offset with which its file says when it is.
    fn offset(&self) -> Offset {
        let start = self.about.time.start.get_ref();
        let local = start.get(..19).and_then(|text| text.parse::<civil::DateTime>().ok());
        let utc = start.parse::<Timestamp>().ok().map(|at| Offset::UTC.to_datetime(at));
        let seconds = local.zip(utc).and_then(|(local, utc)| (local - utc).total(jiff::Unit::Second).ok());
        #[allow(clippy::cast_possible_truncation, reason = "an offset is less than a day or two")]
        let seconds = seconds.map_or(0, |seconds| seconds as i32);
        Offset::from_seconds(seconds).unwrap_or(Offset::UTC)
    }
}

impl Clock for Mock {
    fn now(&self) -> Moment {
        let seconds = {
            let mut state = self.lock();
            let now = state.now;
            state.now = now.saturating_add(self.about.time.step);
            now
        };
        let at = i64::try_from(seconds).ok().and_then(|s| Timestamp::from_second(s).ok()).unwrap_or(Timestamp::MAX);
        let local = self.offset().to_datetime(at).strftime("%Y-%m-%d %H:%M:%S").to_string();
        Moment { seconds, local }
    }

    fn random(&self, length: u32) -> Result<Vec<u8>, CallError> {
        let mut state = self.lock();
        let from = state.random;
        state.random = from.saturating_add(length.into());
        let seed = self.about.random.seed;
        Ok((from..state.random).map(|at| byte(seed, at)).collect())
    }
}

/// The byte at a place of the seed's stream: whoever asks for eight gets the same as who asks twice for four.
fn byte(seed: u64, at: u64) -> u8 {
    let block = Sha256::new().chain_update(seed.to_le_bytes()).chain_update((at / 32).to_le_bytes()).finalize();
    usize::try_from(at % 32).ok().and_then(|place| block.get(place).copied()).unwrap_or_default()
}
