//! Secret keys, for those who publish: in the format of the minisign tool, which reads and writes the same files.

use crate::key::Key;
use minisign::{PublicKey, SecretKeyBox};

/// A pair of keys, as the texts of its two files.
pub struct KeyPair {
    pub public: String,
    pub secret: String,
}

/// A key that signs.
pub struct SecretKey(minisign::SecretKey);

/// What protects a secret key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Password {
    /// Nothing: who gets at the file has the key.
    None,
    Given(String),
    /// The person at the terminal is asked.
    Ask,
}

impl KeyPair {
    /// A new pair.
    pub fn generate(comment: &str, password: Password) -> Result<Self, String> {
        let pair = match password {
            Password::Given(password) => minisign::KeyPair::generate_encrypted_keypair(Some(password)),
            Password::Ask => minisign::KeyPair::generate_encrypted_keypair(None),
            Password::None => minisign::KeyPair::generate_unencrypted_keypair(),
        };
        let pair = pair.map_err(|e| e.to_string())?;
        let mut public = pair.pk.to_box().map_err(|e| e.to_string())?.into_string();
        if let Some((_, key)) = public.split_once('\n') {
            public = format!("untrusted comment: public key of {comment}\n{}\n", key.trim());
        }
        let secret = pair.sk.to_box(Some(&format!("secret key of {comment}"))).map_err(|e| e.to_string())?;
        Ok(Self { public, secret: secret.into_string() })
    }
}

impl SecretKey {
    /// True when the file of a secret key asks for a password.
    pub fn needs_password(file: &str) -> bool {
        SecretKeyBox::from_string(file).is_ok_and(|boxed| boxed.into_unencrypted_secret_key().is_err())
    }

    /// Reads the file of a secret key.
    pub fn parse(file: &str, password: Password) -> Result<Self, String> {
        let boxed = SecretKeyBox::from_string(file).map_err(|e| e.to_string())?;
        let key = match password {
            Password::Given(password) => boxed.into_secret_key(Some(password)),
            Password::Ask => boxed.into_secret_key(None),
            Password::None => boxed.into_unencrypted_secret_key(),
        };
        key.map(Self).map_err(|e| format!("not a secret key of minisign, or not with this password: {e}"))
    }

    pub fn public(&self) -> Result<Key, String> {
        let public = PublicKey::from_secret_key(&self.0).map_err(|e| e.to_string())?;
        Key::parse(&public.to_base64())
    }

    /// A signature over `bytes`, as the text of its file.
    pub fn sign(&self, bytes: &[u8], comment: &str) -> Result<String, String> {
        let untrusted = "signature of a manifest of airlock";
        let signed = minisign::sign(None, &self.0, bytes, Some(comment), Some(untrusted)).map_err(|e| e.to_string())?;
        Ok(signed.into_string())
    }
}
