//! Messages with a community (RFC 1157, 4; RFC 1901, 3): the word that everybody on the way can read.

use super::ber::{self, Malformed, Reader};
use super::pdu::{Pdu, Question, RESPONSE};
use zeroize::Zeroizing;

#[derive(Clone)]
pub(super) struct Community {
    /// 0: SNMPv1; 1: SNMPv2c.
    pub(super) version: i64,
    pub(super) word: Zeroizing<String>,
}

impl Community {
    /// `public`; `public@10` for one VLAN.
    fn word_for(&self, vlan: Option<u32>) -> Zeroizing<Vec<u8>> {
        let mut word = Zeroizing::new(Vec::with_capacity(self.word.len() + 6));
        word.extend_from_slice(self.word.as_bytes());
        if let Some(vlan) = vlan {
            word.extend_from_slice(format!("@{vlan}").as_bytes());
        }
        word
    }

    pub(super) fn write(&self, out: &mut Vec<u8>, question: &Question<'_>) {
        out.clear();
        ber::put_nested(out, ber::SEQUENCE, |out| {
            ber::put_integer(out, self.version);
            ber::put(out, ber::OCTETS, &self.word_for(question.vlan));
            question.put(out);
        });
    }

    /// The answer to a question; none where the message is another's: of another version, word or question.
    pub(super) fn read<'a>(&self, bytes: &'a [u8], question: &Question<'_>) -> Result<Option<Pdu<'a>>, Malformed> {
        let (version, word, pdu) = message(bytes)?;
        let is_ours = version == self.version
            && word == self.word_for(question.vlan).as_slice()
            && pdu.tag == RESPONSE
            && pdu.id == i64::from(question.id);
        Ok(is_ours.then_some(pdu))
    }
}

/// Version, community and what is asked or answered.
pub(super) fn message(bytes: &[u8]) -> Result<(i64, &[u8], Pdu<'_>), Malformed> {
    let mut outer = Reader::new(bytes);
    let mut inner = outer.sequence()?;
    if !outer.is_empty() {
        return Err(Malformed("something behind the message"));
    }
    let (version, word) = (inner.integer()?, inner.octets()?);
    let pdu = Pdu::read(&mut inner)?;
    if inner.is_empty() { Ok((version, word, pdu)) } else { Err(Malformed("something behind the answer")) }
}
