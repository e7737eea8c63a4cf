//! `mqlab trace`: where a message would go.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::address;
use super::arguments::Trace as Arguments;
use super::error::CliError;
use super::exit::Code;
use super::spec;
use super::surroundings::Surroundings;
use crate::brokers::{self, Trace};
use crate::model::{Address, Resource, Stack, Value};
use crate::spec::{list, suggest};
use crate::view::{Form, Paint, View, envelope};

pub(super) fn trace(arguments: &Arguments, surroundings: &Surroundings, view: &View) -> Result<Code, CliError> {
    let stack = spec::stack(&arguments.files, surroundings, view)?;
    let declared = address::declared(&stack);
    refuse_other_objects(&arguments.exchange, &stack, &declared)?;
    let exchange = exchange(&arguments.exchange, &stack, &declared)?;
    let headers = arguments.headers.iter().map(|text| header(text)).collect::<Result<BTreeMap<_, _>, _>>()?;
    let router = stack
        .broker(&exchange.broker)
        .and_then(|model| brokers::find(model.kind))
        .and_then(|broker| broker.lesson().router())
        .ok_or_else(|| {
            CliError::Usage(format!("`{}` does not route: a message stays in the topic it is sent to", exchange.broker))
        })?;
    let own: Vec<Resource> = declared.into_iter().filter(|one| one.address.broker == exchange.broker).collect();
    let trace = router.trace(&own, &exchange, &arguments.key, &headers);
    match view.form() {
        Form::Human => {
            let title = title(&exchange, &arguments.key, &arguments.headers, view.paint());
            view.result(&format!("{title}\n{}", for_people(&trace, &exchange, view.paint())));
        }
        Form::Plain => {
            let lines: Vec<String> = trace.delivered.iter().map(|queue| format!("{queue}\n")).collect();
            view.result(&lines.concat());
        }
        Form::Json => view.json(&envelope("trace", &trace)),
    }
    Ok(Code::Done)
}

/// What is declared and no place to publish to, and what is on no broker of the stack.
fn refuse_other_objects(text: &str, stack: &Stack, declared: &[Resource]) -> Result<(), CliError> {
    let broker = text.split('/').next().unwrap_or_default();
    if text.contains('/') && stack.broker(broker).is_none() {
        let names = stack.brokers.iter().map(|broker| broker.name.as_str());
        let help = suggest(broker, names.clone(), &format!("it has {}", list(names, "and")));
        return Err(CliError::Usage(format!("trace {text}: the stack has no broker `{broker}`\n{help}")));
    }
    let Some(found) = text.parse().ok().and_then(|address| declared.iter().find(|one| one.address == address)) else {
        return Ok(());
    };
    let Address { broker, vhost, kind, name } = &found.address;
    if kind != "queue" {
        return Ok(());
    }
    let vhost = vhost.as_ref().map(|vhost| format!("{vhost}/")).unwrap_or_default();
    Err(CliError::Usage(format!(
        "trace {text}: messages are published to exchanges, and this is a queue\nby its own name it is reached through \
         the default exchange: mqlab trace '{broker}/{vhost}exchange/' '{name}'"
    )))
}

/// A declared exchange, or one that every broker, or every virtual host of it, has.
fn exchange(text: &str, stack: &Stack, declared: &[Resource]) -> Result<Address, CliError> {
    let address = match text.split_once('/').filter(|(_, name)| !name.contains('/')) {
        Some((broker, name)) => Some(Address::new(broker, "exchange", name)),
        None => text.parse().ok(),
    };
    if let Some(address) = address {
        let model = stack.broker(&address.broker).and_then(|model| brokers::find(model.kind));
        let kinds = model.map_or(&[][..], |broker| broker.description().kinds);
        let is_built_in =
            kinds.iter().any(|kind| kind.kind == "exchange" && kind.kind == address.kind && (kind.protected)(&address));
        let here = |one: &Resource| one.address.broker == address.broker && one.address.vhost == address.vhost;
        if is_built_in && (address.vhost.is_none() || declared.iter().any(here)) {
            return Ok(address);
        }
        let means = |one: &Resource| one.address.broker == address.broker && one.address.name == address.name;
        if model.is_some_and(|broker| broker.lesson().router().is_none()) && declared.iter().any(means) {
            return Ok(address);
        }
    }
    address::one_declared("trace", text, declared, |address| address.kind == "exchange")
}

/// `name=value`; a value is read as a number or a boolean where it looks like one, as clients would send it.
fn header(text: &str) -> Result<(String, Value), CliError> {
    let Some((name, value)) = text.split_once('=') else {
        return Err(CliError::Usage(format!("--header {text}: write NAME=VALUE")));
    };
    let value = match (value.parse::<i64>(), value.parse::<bool>()) {
        (Ok(number), _) => Value::from(number),
        (_, Ok(boolean)) => Value::Bool(boolean),
        _ => Value::text(value),
    };
    Ok((name.to_owned(), value))
}

/// `jobs/exchange/orders with the routing key "a.b" and the headers colour=red, size=3`.
fn title(exchange: &Address, key: &str, headers: &[String], paint: Paint) -> String {
    let key = (!key.is_empty()).then(|| format!("the routing key \"{key}\""));
    let headers = match headers {
        [] => None,
        [one] => Some(format!("the header {one}")),
        several => Some(format!("the headers {}", several.join(", "))),
    };
    let with: Vec<String> = key.into_iter().chain(headers).collect();
    let with =
        if with.is_empty() { "without a routing key".to_owned() } else { format!("with {}", with.join(" and ")) };
    format!("{} {with}", paint.title(&exchange.to_string()))
}

fn for_people(trace: &Trace, exchange: &Address, paint: Paint) -> String {
    let mut out = String::new();
    for step in &trace.steps {
        let sign = if step.matched { paint.good("→") } else { paint.quiet("·") };
        let to = step.to.as_ref().map(|to| format!("{to}: ")).unwrap_or_default();
        let from = if step.exchange == *exchange { String::new() } else { format!("{} ", step.exchange) };
        let _ = writeln!(out, "  {from}{sign} {to}{}", step.why);
    }
    if trace.delivered.is_empty() {
        let _ = writeln!(out, "{}", paint.bad("Nowhere: no queue gets it."));
    } else {
        let _ = writeln!(out, "{}", paint.good("Delivered to"));
        for queue in &trace.delivered {
            let _ = writeln!(out, "  {queue}");
        }
    }
    out
}
