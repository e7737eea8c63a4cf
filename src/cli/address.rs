//! Addresses in flags, in the same two forms as in the file: `jobs/queue/mail`, and `jobs/mail` where that is unique.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;

use super::error::CliError;
use crate::brokers;
use crate::model::{Address, Facts, Resource, Stack};
use crate::spec::{list, nearest};

/// Candidates that a message names.
const LISTED: usize = 8;

/// Everything that the file declares inside the brokers.
pub(super) fn declared(stack: &Stack) -> Vec<Resource> {
    let of_one = |model: &crate::model::BrokerModel| {
        let facts = Facts { version: model.version.clone(), ..Facts::default() };
        brokers::find(model.kind).map(|broker| broker.topology(model, &facts)).unwrap_or_default()
    };
    stack.brokers.iter().flat_map(of_one).collect()
}

/// The declared objects that these texts mean. `flag` is for the message.
pub(super) fn all_declared(flag: &str, texts: &[String], stack: &Stack) -> Result<BTreeSet<Address>, CliError> {
    if texts.is_empty() {
        return Ok(BTreeSet::new());
    }
    let declared = declared(stack);
    texts.iter().map(|text| one_declared(flag, text, &declared, |_| true)).collect()
}

/// The declared object that a text means, among those of the right kind.
pub(super) fn one_declared(
    flag: &str,
    text: &str,
    declared: &[Resource],
    fits: impl Fn(&Address) -> bool,
) -> Result<Address, CliError> {
    let candidates: Vec<&Address> = declared.iter().map(|one| &one.address).filter(|address| fits(address)).collect();
    let usage = |why: String| Err(CliError::Usage(format!("{flag} {text}: {why}")));
    let means: Vec<&Address> = match text.split_once('/') {
        None => return usage("an address is broker/kind/name, or broker/name where that is unique".to_owned()),
        Some((broker, name)) if !name.contains('/') => {
            let name = percent_decode_str(name).decode_utf8_lossy();
            candidates.iter().filter(|one| one.broker == broker && one.name == name).copied().collect()
        }
        Some(_) => {
            let address: Address = text.parse().map_err(|error| CliError::Usage(format!("{flag} {error}")))?;
            candidates.iter().filter(|one| ***one == address).copied().collect()
        }
    };
    match means.as_slice() {
        [address] => Ok((*address).clone()),
        [] => {
            let known: Vec<(String, String)> =
                candidates.iter().map(|one| (format!("{}/{}", one.broker, one.name), one.to_string())).collect();
            let forms = known.iter().flat_map(|(short, long)| [short.as_str(), long.as_str()]);
            let near = nearest(text, forms).map(|near| format!("; did you mean {near}?"));
            usage(format!("the file declares no such object{}", near.unwrap_or_default()))
        }
        several => {
            let names: Vec<String> = several.iter().take(LISTED).map(ToString::to_string).collect();
            usage(format!("it can mean {}", list(names.iter().map(String::as_str), "or")))
        }
    }
}

/// Objects that are to be deleted: in full, on a broker of the stack, and not in the file.
pub(super) fn all_surplus(flag: &str, texts: &[String], stack: &Stack) -> Result<BTreeSet<Address>, CliError> {
    if texts.is_empty() {
        return Ok(BTreeSet::new());
    }
    let declared = declared(stack);
    let one = |text: &String| {
        let usage = |why: &str| CliError::Usage(format!("{flag} {text}: {why}"));
        let address: Address = text.parse().map_err(|_| usage("write the whole address, as `mqlab drift` lists it"))?;
        let model = stack.broker(&address.broker).ok_or_else(|| usage("the stack has no such broker"))?;
        let kinds = brokers::find(model.kind).map_or(&[][..], |broker| broker.description().kinds);
        if kinds.iter().all(|kind| kind.kind != address.kind) {
            return Err(usage("the broker has no such kind of object"));
        }
        if declared.iter().any(|resource| resource.address == address) {
            return Err(usage("it is in the file: take it out there first"));
        }
        Ok(address)
    };
    texts.iter().map(one).collect()
}
