//! A password as RabbitMQ keeps it: base64 of a 4-byte salt and the SHA-256 (or -512) of salt and password.
//!
//! Source: the `rabbit_password_hashing_sha256` and `…_sha512` modules of the server, and "Credentials and Passwords"
//! in its documentation. The salt is made by whoever executes: nothing in here is random.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256, Sha512};

use crate::model::Secret;

/// The only algorithm that mqlab writes. Older servers may hold `rabbit_password_hashing_md5`.
pub(super) const SHA256: &str = "rabbit_password_hashing_sha256";
/// What a server writes that was configured so.
const SHA512: &str = "rabbit_password_hashing_sha512";
const SALT: usize = 4;

/// Whether a password is the one behind a hash.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verification {
    Same,
    Different,
    Unknown { algorithm: String },
}

/// The hash that a definitions import takes.
pub(super) fn hash(password: &Secret, salt: [u8; SALT]) -> String {
    let mut salted = salt.to_vec();
    salted.extend(digest::<Sha256>(salt, password));
    STANDARD.encode(salted)
}

/// What an observed user carries as its password: algorithm and hash, to be read by [`verify`] alone.
pub(super) fn stored(algorithm: &str, hash: &str) -> Secret {
    Secret::new(format!("{algorithm}:{hash}"))
}

/// Compares a wanted password with what [`stored`] made.
pub(super) fn verify(wanted: &Secret, stored: &Secret) -> Verification {
    let (algorithm, hash) = stored.reveal().split_once(':').unwrap_or(("", ""));
    // A user without a password has an empty hash, whatever the algorithm.
    if hash.is_empty() {
        return Verification::Different;
    }
    let digest = match algorithm {
        SHA256 => digest::<Sha256>,
        SHA512 => digest::<Sha512>,
        _ => return Verification::Unknown { algorithm: algorithm.to_owned() },
    };
    let Ok(bytes) = STANDARD.decode(hash) else { return Verification::Different };
    match bytes.split_first_chunk::<SALT>() {
        Some((salt, known)) if known == digest(*salt, wanted) => Verification::Same,
        _ => Verification::Different,
    }
}

fn digest<D: Digest>(salt: [u8; SALT], password: &Secret) -> Vec<u8> {
    let mut hasher = D::new();
    hasher.update(salt);
    hasher.update(password.reveal().as_bytes());
    hasher.finalize().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Taken from a RabbitMQ 4.0.5 whose user `guest` has the password `guest`.
    const RECORDED: &str = "ZJzI0CyI78aR1kKqUWInxSQkI0yR0O2OMr3D+Q6fENdFLY+e";

    #[test]
    fn the_broker_and_we_agree_on_a_hash() {
        assert_eq!(hash(&Secret::new("guest"), [0x64, 0x9c, 0xc8, 0xd0]), RECORDED);
    }

    #[test]
    fn only_the_right_password_verifies() {
        let kept = stored(SHA256, RECORDED);
        assert_eq!(verify(&Secret::new("guest"), &kept), Verification::Same);
        assert_eq!(verify(&Secret::new("Guest"), &kept), Verification::Different);
        assert_eq!(verify(&Secret::new(""), &kept), Verification::Different);
    }

    #[test]
    fn a_server_may_have_been_told_to_hash_otherwise() {
        // The password `geheim`, put by a RabbitMQ 4.0.5.
        let kept = stored(
            SHA512,
            "+kim7jAGEC4qITOPOQ1hO9gA15dlg8lH8kHoDLGTcF8YMXulNrMjIY56vDtDbBYcEj7nUPlH+vnFAwGEHQsNUNlOR3Y=",
        );
        assert_eq!(verify(&Secret::new("geheim"), &kept), Verification::Same);
        assert_eq!(verify(&Secret::new("guest"), &kept), Verification::Different);
    }

    #[test]
    fn what_cannot_be_computed_is_unknown_and_not_different() {
        let kept = stored("rabbit_password_hashing_md5", RECORDED);
        assert_eq!(
            verify(&Secret::new("guest"), &kept),
            Verification::Unknown { algorithm: "rabbit_password_hashing_md5".to_owned() }
        );
    }

    #[test]
    fn a_user_without_a_password_differs_from_any() {
        assert_eq!(verify(&Secret::new("guest"), &stored("", "")), Verification::Different);
        assert_eq!(verify(&Secret::new(""), &stored(SHA256, "")), Verification::Different);
    }
}
