//! The reader's own names, for the places of a command.

use crate::model::Address;
use crate::shell;
use crate::site::diagram::Style;
use crate::site::model::{End, World, has_page};
use crate::site::text::visible;
use crate::site::{Argument, Command};

/// What the stack has to fill a command with.
pub(crate) struct Samples {
    broker: Option<String>,
    /// `kafka@4.3`.
    version: Option<String>,
    address: Option<String>,
    /// Where messages are routed from, and a key that one is published with.
    route: Option<(String, String)>,
}

impl Samples {
    pub(crate) fn of(world: &World<'_>) -> Self {
        let first = world.input.brokers.first();
        Self {
            broker: first.map(|broker| broker.model.name.clone()),
            version: first.map(|broker| format!("{}@{}", broker.model.kind, broker.model.version)),
            address: address(world),
            route: route(world),
        }
    }

    /// A whole command; nothing where no place of it is for a name of the stack.
    pub(crate) fn command(&self, command: &Command) -> Option<String> {
        let mut words = vec![format!("mqlab {}", command.name)];
        let (placed, options): (Vec<&Argument>, Vec<&Argument>) =
            command.arguments.iter().partition(|one| one.long.is_empty());
        for one in placed {
            match self.value(&one.value) {
                Some(value) => words.extend([value].into_iter().filter(|value| !value.is_empty()).map(shell::word)),
                None if one.is_required => return None,
                None => {}
            }
        }
        if words.len() == 1
            && let Some((one, value)) = options.into_iter().find_map(|one| Some((one, self.value(&one.value)?)))
        {
            words.extend([one.long.clone(), shell::word(value)]);
        }
        (words.len() > 1).then(|| words.join(" "))
    }

    /// By what the help calls the place.
    fn value(&self, place: &str) -> Option<&str> {
        match place {
            "BROKER" => self.broker.as_deref(),
            "KIND[@VERSION]" => self.version.as_deref(),
            "ADDRESS" => self.address.as_deref(),
            "EXCHANGE" => self.route.as_ref().map(|(from, _)| from.as_str()),
            "KEY" => self.route.as_ref().map(|(_, key)| key.as_str()),
            _ => None,
        }
    }
}

/// Of what apps can talk to, the first.
fn address(world: &World<'_>) -> Option<String> {
    let objects = world.input.brokers.iter().flat_map(|broker| {
        let kinds = broker.broker.description().kinds.iter().filter(|rules| has_page(rules));
        kinds.flat_map(|rules| broker.of_kind(rules.kind))
    });
    objects.map(|resource| &resource.address).find_map(typed)
}

/// An app's own message where one is routed, or what routes at all.
fn route(world: &World<'_>) -> Option<(String, String)> {
    let routed = |address: &Address| {
        let (broker, _) = world.object(address)?;
        broker.broker.lesson().router()?;
        let mut leaving = world.leaving(&End::Object(address.clone()));
        leaving.any(|arrow| arrow.style == Style::Binding).then(|| typed(address))?
    };
    let from = |end: &End, key: &str| match end {
        End::Object(address) => Some((address.vhost.is_some(), routed(address)?, key.to_owned())),
        End::App(_) => None,
    };
    let is_plain = |key: &str| !key.is_empty() && key == visible(key);
    let published = world.arrows.iter().filter(|arrow| arrow.style == Style::Produce && is_plain(&arrow.label));
    // The shorter the address, the plainer the example: a virtual host is one more part.
    let plainest = published.filter_map(|arrow| from(&arrow.to, &arrow.label)).min_by_key(|(is_apart, ..)| *is_apart);
    let (_, address, key) = plainest.or_else(|| world.arrows.iter().find_map(|arrow| from(&arrow.from, "")))?;
    Some((address, key))
}

/// As it is typed; nothing where it has characters that nobody sees.
fn typed(address: &Address) -> Option<String> {
    let text = address.to_string();
    (text == visible(&text)).then_some(text)
}
