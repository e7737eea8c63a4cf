//! Desired against observed: the one place that decides what has to be done.

use std::collections::{BTreeMap, BTreeSet};

use super::consequences;
use super::order::in_order;
use super::step::{Action, FieldChange, Mover, Note, Plan, Stage, Step, Unmanaged};
use crate::model::{Address, Change, Facts, KindRules, Observation, OnChange, Resource, Value, Verdict};

/// Everything that the decision depends on.
#[derive(Clone, Copy, Debug)]
pub struct DiffInput<'a> {
    pub stage: Stage,
    pub desired: &'a [Resource],
    pub observed: &'a Observation,
    /// What the last apply left behind, secrets excepted: tells who moved since. Empty if it is not known.
    pub last: &'a [Resource],
    /// The rules of every kind that can occur, by broker.
    pub rules: &'a Rules<'a>,
    pub options: &'a DiffOptions,
}

/// The rules and facts of one broker.
#[derive(Clone, Copy, Debug)]
pub struct BrokerRules<'a> {
    pub kinds: &'a [KindRules],
    pub facts: &'a Facts,
    /// `unmanaged: fail` in the spec.
    pub unmanaged_fails: bool,
}

/// Rules by the name of the broker, [`crate::model::STACK`] for what belongs to none.
pub type Rules<'a> = BTreeMap<String, BrokerRules<'a>>;

/// What the user asked for beside the file.
#[derive(Clone, Debug, Default)]
pub struct DiffOptions {
    /// `--replace`: objects that may be deleted and made again.
    pub replace: BTreeSet<Address>,
    /// `--delete`: unmanaged objects that go.
    pub delete: BTreeSet<Address>,
    /// `--only`: nothing else gets a step. Empty is everything.
    pub only: BTreeSet<Address>,
    pub allow_data_loss: bool,
    /// `--strict`: unmanaged objects count.
    pub strict: bool,
    /// The brokers could not be asked: what would be done on empty ones.
    pub projected: bool,
}

/// The plan that makes `observed` into `desired`. Cannot fail: what cannot be done is a blocked step.
pub fn diff(input: &DiffInput<'_>) -> Plan {
    let observed: BTreeMap<&Address, &Resource> =
        input.observed.resources.iter().map(|resource| (&resource.address, resource)).collect();
    let desired: BTreeMap<&Address, &Resource> =
        input.desired.iter().map(|resource| (&resource.address, resource)).collect();
    let last: BTreeMap<&Address, &Resource> = input.last.iter().map(|resource| (&resource.address, resource)).collect();

    let mut plan = Plan {
        stage: input.stage,
        steps: Vec::new(),
        unchanged: 0,
        unmanaged: Vec::new(),
        notes: Vec::new(),
        projected: input.options.projected,
    };
    for (address, wanted) in &desired {
        if !input.options.selects(address) {
            continue;
        }
        match step_for(input, wanted, observed.get(address).copied(), last.get(address).copied()) {
            Some(step) => plan.steps.push(step),
            None => plan.unchanged += 1,
        }
        plan.notes.extend(released(wanted, last.get(address).copied(), observed.get(address).copied()));
    }
    for (address, found) in observed.iter().filter(|(address, _)| !desired.contains_key(*address)) {
        surplus(input, address, found, &mut plan);
    }
    plan.notes.extend(consequences::lost_with_replaces(&plan.steps));
    plan.notes.extend(consequences::needless(input, &desired, &plan.steps));
    consequences::block_without_what_was_not_chosen(input, &desired, &observed, &mut plan.steps);
    consequences::block_dependants_of_blocked(input.stage, &mut plan.steps);
    consequences::leave_what_nobody_can_use(input.stage, &mut plan.steps);
    consequences::delete_dependants_first(&mut plan.steps);
    plan.steps = in_order(plan.steps);
    plan
}

impl DiffOptions {
    /// Whether this object may get a step.
    pub(crate) fn selects(&self, address: &Address) -> bool {
        self.only.is_empty() || self.only.contains(address)
    }
}

fn step_for(
    input: &DiffInput<'_>,
    wanted: &Resource,
    found: Option<&Resource>,
    last: Option<&Resource>,
) -> Option<Step> {
    let mut step = Step {
        origin: wanted.origin.clone(),
        needs: wanted.needs.clone(),
        allow_data_loss: input.options.allow_data_loss,
        before: found.cloned(),
        after: Some(wanted.clone()),
        ..Step::of(wanted.address.clone())
    };
    if let Some(unknown) = input.observed.unknown.iter().find(|unknown| unknown.covers(&wanted.address)) {
        "could not be read".clone_into(&mut step.cause);
        let way_out = unknown.way_out.clone();
        step.action = Action::Blocked {
            reason: format!("its state is unknown: {}", unknown.reason),
            way_out: way_out.unwrap_or_else(|| "make the broker answer, then run the same command again".to_owned()),
        };
        return Some(step);
    }
    let Some(found) = found else {
        step.moved = last.map(|_| Mover::Broker);
        step.changes = created(wanted);
        return Some(step);
    };
    decide(input, wanted, found, &mut step)?;
    step.moved = last.and_then(|last| mover(&step.changes, last));
    Some(step)
}

/// The attributes of a new object, so that a plan shows what it will be.
fn created(wanted: &Resource) -> Vec<FieldChange> {
    let set = wanted.attributes.iter().filter(|(_, value)| !value.is_null());
    set.map(|(attribute, value)| FieldChange {
        attribute: attribute.clone(),
        old: Value::Null,
        new: value.clone(),
        origin: wanted.origin_of(attribute).cloned(),
    })
    .collect()
}

/// Fills in what happens to an object that is there; `None` if nothing does.
fn decide(input: &DiffInput<'_>, wanted: &Resource, found: &Resource, step: &mut Step) -> Option<()> {
    let no_facts = Facts::default();
    let rules = input.rules.get(&wanted.address.broker);
    let facts = rules.map_or(&no_facts, |rules| rules.facts);
    let kind = rules.and_then(|rules| rules.kinds.iter().find(|kind| kind.kind == wanted.address.kind));
    let mut refusals: Vec<(String, String)> = Vec::new();
    let mut replaces: Vec<String> = Vec::new();
    // A new object can be what the old one cannot become; that takes a request by name, not the file alone.
    let asked = input.stage == Stage::Topology && input.options.replace.contains(&wanted.address);
    for (attribute, new) in &wanted.attributes {
        let old = found.attributes.get(attribute).unwrap_or(&Value::Null);
        let change = Change { address: &wanted.address, attribute, old, new, facts };
        let verdict = kind.map_or_else(|| crate::model::in_place(&change), |kind| kind.rule(attribute)(&change));
        match verdict {
            Verdict::Same => continue,
            Verdict::InPlace => {}
            Verdict::Replace { reason } => replaces.push(reason),
            Verdict::Blocked { reason, .. } | Verdict::Unknown { reason } if asked => replaces.push(reason),
            Verdict::Blocked { reason, way_out } => refusals.push((reason, way_out)),
            Verdict::Unknown { reason } => refusals.push((
                format!("`{attribute}` cannot be compared: {reason}"),
                "set it again by hand, or replace the object".to_owned(),
            )),
        }
        step.changes.push(FieldChange {
            attribute: attribute.clone(),
            old: old.clone(),
            new: new.clone(),
            origin: wanted.origin_of(attribute).cloned(),
        });
    }
    if step.changes.is_empty() {
        return None;
    }
    step.cause = step.changes.iter().map(FieldChange::to_string).collect::<Vec<_>>().join(", ");
    step.action = if !refusals.is_empty() {
        let (reasons, ways): (Vec<_>, Vec<_>) = refusals.into_iter().unzip();
        Action::Blocked { reason: joined(reasons), way_out: joined(ways) }
    } else if !replaces.is_empty() {
        replace_or_refuse(input, wanted, found, joined(replaces), step)
    } else {
        Action::Update
    };
    Some(())
}

fn joined(mut sentences: Vec<String>) -> String {
    sentences.dedup();
    sentences.join("; ")
}

fn replace_or_refuse(
    input: &DiffInput<'_>,
    wanted: &Resource,
    found: &Resource,
    reason: String,
    step: &mut Step,
) -> Action {
    let allowed = wanted.on_change == OnChange::Replace || input.options.replace.contains(&wanted.address);
    // What the engine made can be made again: its data is on a volume, and recreating asks by itself.
    if !allowed && input.stage == Stage::Topology {
        let way_out = format!(
            "take the change back, or let it be deleted and made again: `mqlab apply --replace {}`, or `on_change: replace` in the file",
            wanted.address
        );
        return Action::Blocked { reason, way_out };
    }
    step.dependants = consequences::dependants(&input.observed.resources, &found.address);
    Action::Replace
}

/// What is there and not asked for: protected, to be deleted, or listed.
fn surplus(input: &DiffInput<'_>, address: &Address, found: &Resource, plan: &mut Plan) {
    let rules = input.rules.get(&address.broker);
    let kind = rules.and_then(|rules| rules.kinds.iter().find(|kind| kind.kind == address.kind));
    let is_protected = kind.is_some_and(|kind| (kind.protected)(address));
    if !input.options.delete.contains(address) {
        if is_protected {
            return;
        }
        let counts = input.options.strict || rules.is_some_and(|rules| rules.unmanaged_fails);
        plan.unmanaged.push(Unmanaged { address: address.clone(), counts });
        return;
    }
    let holds_data = kind.is_none_or(|kind| kind.holds_data);
    let action = if is_protected {
        Action::Blocked {
            reason: "it belongs to the broker or to mqlab, and is never touched".to_owned(),
            way_out: format!("leave out `--delete {address}`"),
        }
    } else if holds_data && !input.options.allow_data_loss {
        Action::Blocked {
            reason: format!("deleting a {} may lose something", address.kind),
            way_out: format!("mqlab apply --delete {address} --allow-data-loss"),
        }
    } else {
        Action::Delete
    };
    plan.steps.push(Step {
        action,
        cause: "asked for by --delete".to_owned(),
        allow_data_loss: input.options.allow_data_loss,
        before: Some(found.clone()),
        ..Step::of(address.clone())
    });
}

/// Attributes that the file no longer mentions stay as they are; somebody should know.
fn released(wanted: &Resource, last: Option<&Resource>, found: Option<&Resource>) -> Vec<Note> {
    let (Some(last), Some(found)) = (last, found) else { return Vec::new() };
    let gone = last.attributes.keys().filter(|attribute| !wanted.attributes.contains_key(*attribute));
    gone.filter_map(|attribute| {
        let value = found.attributes.get(attribute).filter(|value| !value.is_null())?;
        Some(Note {
            address: Some(wanted.address.clone()),
            text: format!("`{attribute}` is no longer in the file: it stays {value}, unmanaged"),
        })
    })
    .collect()
}

/// Who moved: a difference that the file did not have the last time is the file's, everything else the broker's.
/// Of a secret nothing is kept that could tell.
fn mover(changes: &[FieldChange], last: &Resource) -> Option<Mover> {
    let telling = || changes.iter().filter(|change| !matches!(change.new, Value::Secret(_)));
    let then = |change: &FieldChange| last.attributes.get(&change.attribute);
    let file = telling().any(|change| then(change) != Some(&change.new));
    let broker = telling().any(|change| then(change).is_some_and(|then| *then != change.old));
    match (file, broker) {
        (true, true) => Some(Mover::Both),
        (true, false) => Some(Mover::File),
        (false, _) => telling().next().map(|_| Mover::Broker),
    }
}
