//! The cryptography behind `https`: the one that the engine's client brings along anyway.

/// Must have been called before a client is made. Once is enough, and more does no harm.
pub fn install() {
    drop(rustls::crypto::ring::default_provider().install_default());
}
