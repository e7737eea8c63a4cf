//! Whose engine it is: others than Docker's speak its API too, and each has its ways.

use std::fmt;

use bollard::models::SystemVersion;

/// The maker's name for an engine, with its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    pub maker: Maker,
    /// `20.10.24+dfsg1`, `5.4.2`.
    pub version: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Maker {
    Docker,
    Podman,
}

impl Product {
    /// As it presents itself. Podman's answer has Docker's form, and says who it is among its components.
    pub(super) fn of(answer: &SystemVersion) -> Self {
        let is_podman = answer.components.iter().flatten().any(|component| component.name == "Podman Engine");
        Self {
            maker: if is_podman { Maker::Podman } else { Maker::Docker },
            version: answer.version.clone().unwrap_or_default(),
        }
    }
}

impl fmt::Display for Product {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let maker = match self.maker {
            Maker::Docker => "Docker",
            Maker::Podman => "Podman",
        };
        write!(formatter, "{maker} {}", self.version)
    }
}

#[cfg(test)]
#[path = "product_tests.rs"]
mod tests;
