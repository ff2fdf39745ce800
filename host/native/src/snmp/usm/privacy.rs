//! Hiding what is asked and answered: DES (RFC 3414, 8), AES (RFC 3826), 3DES (draft-reeder-snmpv3-usm-3desede-00).

use crate::snmp::secret::PrivProtocol;
use aes::cipher::block_padding::NoPadding;
use aes::cipher::{AsyncStreamCipher, BlockDecryptMut, BlockEncryptMut, KeyIvInit};

/// What makes the same message another one each time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub(super) boots: u32,
    pub(super) time: u32,
    pub(super) salt: [u8; 8],
}

impl Moment {
    /// As it stands in the message; DES's has the boots in it.
    pub(super) fn parameters(&self, protocol: PrivProtocol) -> [u8; 8] {
        match protocol {
            PrivProtocol::Des | PrivProtocol::TripleDes => {
                let ([a, b, c, d], [.., w, x, y, z]) = (self.boots.to_be_bytes(), self.salt);
                [a, b, c, d, w, x, y, z]
            }
            _ => self.salt,
        }
    }

    fn of_aes(&self, parameters: &[u8]) -> Vec<u8> {
        [&self.boots.to_be_bytes(), &self.time.to_be_bytes(), parameters].concat()
    }
}

/// The cipher's key, and what the first block is mixed with.
fn of_des(key: &[u8], parameters: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (key, mixed) = key.split_at_checked(key.len().checked_sub(8)?)?;
    Some((key.to_vec(), mixed.iter().zip(parameters).map(|(a, b)| a ^ b).collect()))
}

/// `data` hidden; none where the key is no key of that cipher.
pub(super) fn hide(protocol: PrivProtocol, key: &[u8], moment: &Moment, mut data: Vec<u8>) -> Option<Vec<u8>> {
    let parameters = moment.parameters(protocol);
    match protocol {
        PrivProtocol::Des | PrivProtocol::TripleDes => {
            let length = data.len().next_multiple_of(8);
            data.resize(length, 0);
            let (key, first) = of_des(key, &parameters)?;
            let done = match protocol {
                PrivProtocol::Des => cbc::Encryptor::<des::Des>::new_from_slices(&key, &first)
                    .ok()?
                    .encrypt_padded_mut::<NoPadding>(&mut data, length)
                    .is_ok(),
                _ => cbc::Encryptor::<des::TdesEde3>::new_from_slices(&key, &first)
                    .ok()?
                    .encrypt_padded_mut::<NoPadding>(&mut data, length)
                    .is_ok(),
            };
            done.then_some(data)
        }
        PrivProtocol::Aes128 => {
            cfb_mode::Encryptor::<aes::Aes128>::new_from_slices(key, &moment.of_aes(&parameters))
                .ok()?
                .encrypt(&mut data);
            Some(data)
        }
        PrivProtocol::Aes192 => {
            cfb_mode::Encryptor::<aes::Aes192>::new_from_slices(key, &moment.of_aes(&parameters))
                .ok()?
                .encrypt(&mut data);
            Some(data)
        }
        PrivProtocol::Aes256 => {
            cfb_mode::Encryptor::<aes::Aes256>::new_from_slices(key, &moment.of_aes(&parameters))
                .ok()?
                .encrypt(&mut data);
            Some(data)
        }
    }
}

/// What was hidden, with what DES has filled it up with; none where it cannot have been hidden like that.
pub(super) fn show(
    protocol: PrivProtocol,
    key: &[u8],
    (boots, time): (u32, u32),
    parameters: &[u8],
    hidden: &[u8],
) -> Option<Vec<u8>> {
    let moment = Moment { boots, time, salt: parameters.try_into().ok()? };
    let mut data = hidden.to_vec();
    match protocol {
        PrivProtocol::Des | PrivProtocol::TripleDes => {
            let (key, first) = of_des(key, parameters)?;
            let done = match protocol {
                PrivProtocol::Des => cbc::Decryptor::<des::Des>::new_from_slices(&key, &first)
                    .ok()?
                    .decrypt_padded_mut::<NoPadding>(&mut data)
                    .is_ok(),
                _ => cbc::Decryptor::<des::TdesEde3>::new_from_slices(&key, &first)
                    .ok()?
                    .decrypt_padded_mut::<NoPadding>(&mut data)
                    .is_ok(),
            };
            done.then_some(data)
        }
        PrivProtocol::Aes128 => {
            cfb_mode::Decryptor::<aes::Aes128>::new_from_slices(key, &moment.of_aes(parameters))
                .ok()?
                .decrypt(&mut data);
            Some(data)
        }
        PrivProtocol::Aes192 => {
            cfb_mode::Decryptor::<aes::Aes192>::new_from_slices(key, &moment.of_aes(parameters))
                .ok()?
                .decrypt(&mut data);
            Some(data)
        }
        PrivProtocol::Aes256 => {
            cfb_mode::Decryptor::<aes::Aes256>::new_from_slices(key, &moment.of_aes(parameters))
                .ok()?
                .decrypt(&mut data);
            Some(data)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_hidden_is_shown_to_who_has_the_key() {
        use PrivProtocol::{Aes128, Aes192, Aes256, Des, TripleDes};
        for (protocol, length) in [(Des, 16), (TripleDes, 32), (Aes128, 16), (Aes192, 24), (Aes256, 32)] {
            let key: Vec<u8> = (1..=length).collect();
            let moment = Moment { boots: 7, time: 99, salt: [1, 2, 3, 4, 5, 6, 7, 8] };
            let hidden = hide(protocol, &key, &moment, b"something to hide".to_vec()).unwrap();
            assert!(!hidden.starts_with(b"something"), "{protocol:?}");
            let show =
                |key: &[u8], time, parameters: &[u8], hidden: &[u8]| show(protocol, key, (7, time), parameters, hidden);
            let parameters = moment.parameters(protocol);
            assert!(show(&key, 99, &parameters, &hidden).unwrap().starts_with(b"something to hide"), "{protocol:?}");
            let other: Vec<u8> = key.iter().map(|byte| byte ^ 0x55).collect();
            assert!(!show(&other, 99, &parameters, &hidden).unwrap().starts_with(b"some"), "{protocol:?}");
            assert_eq!(show(&key, 99, &[1; 7], &hidden), None, "{protocol:?}");
            assert_eq!(show(&key[1..], 99, &parameters, &hidden), None, "{protocol:?}");
            let cut = show(&key, 99, &parameters, &hidden[..hidden.len() - 1]);
            assert_eq!(cut.is_none(), matches!(protocol, Des | TripleDes), "{protocol:?}");
        }
    }
}
