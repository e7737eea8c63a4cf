//! Programs that send and receive, a tab for each language, with the reader's own names.

use serde::Serialize;

use super::frame::{Frame, frame};
use super::parts::{CallView, Context, Link};
use crate::model::Resource;
use crate::site::BrokerInput;
use crate::site::model::End;
use crate::site::programs::{Entry, Part, Programs, fill};

/// With more objects of a kind than this the programs would be the largest part of the site: their pages lead to the
/// page that has them once.
const MOST_OBJECTS: usize = 60;

#[derive(Clone, Debug, Serialize)]
pub(crate) struct ProgramsPage {
    pub page: Frame,
    pub about: String,
    /// Whose name stands in the programs.
    pub object: Option<Link>,
    pub programs: ProgramsView,
    pub results: Option<Results>,
}

/// All programs about one object.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ProgramsView {
    pub tabs: Vec<Tab>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Tab {
    pub id: String,
    pub title: String,
    pub client: String,
    pub version: String,
    pub home: String,
    pub protocol: String,
    pub install: CallView,
    pub parts: Vec<PartView>,
    /// Whether it was run, and how that is known.
    pub seen: String,
    pub class: &'static str,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct PartView {
    pub file: String,
    pub run: String,
    pub code: String,
}

/// Who got whose message.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Results {
    pub about: String,
    pub columns: Vec<String>,
    pub rows: Vec<ResultRow>,
    /// What was not run.
    pub left_out: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct ResultRow {
    pub sender: String,
    /// Whether each receiver got the message.
    pub cells: Vec<bool>,
}

/// The page about a kind, on its first broker.
pub(crate) fn programs_page(
    context: &Context<'_>,
    programs: &Programs,
    broker: &BrokerInput<'_>,
    prefix: &str,
) -> ProgramsPage {
    let (kind, title) = (broker.model.kind, broker.broker.description().title);
    let own = programs.about(kind).and_then(|about| {
        let fitting = broker.topology.iter().filter(|resource| about.fits(resource));
        // One that somebody uses tells more than one that nobody does.
        fitting.max_by_key(|resource| {
            let end = End::Object(resource.address.clone());
            let arrows = context.world.reaching(&end).count() + context.world.leaving(&end).count();
            (arrows, std::cmp::Reverse(&resource.address))
        })
    });
    let words = context.words;
    ProgramsPage {
        page: frame(context, &words.fill("programs_of", &[("broker", title)]), &[], prefix),
        about: words.fill("programs_about", &[("broker", title)]),
        object: own.map(|resource| context.object(&resource.address)),
        programs: view(context, programs, broker, own),
        results: results(context, programs, kind, title),
    }
}

/// For the page of an object; nothing where the programs are about something else, or there are too many such pages.
pub(crate) fn programs_of(
    context: &Context<'_>,
    programs: &Programs,
    broker: &BrokerInput<'_>,
    resource: &Resource,
) -> Option<ProgramsView> {
    let about = programs.about(broker.model.kind).filter(|about| about.fits(resource))?;
    let alike = broker.topology.iter().filter(|other| other.address.kind == about.object).count();
    (alike <= MOST_OBJECTS).then(|| view(context, programs, broker, Some(resource)))
}

fn view(
    context: &Context<'_>,
    programs: &Programs,
    broker: &BrokerInput<'_>,
    resource: Option<&Resource>,
) -> ProgramsView {
    let entries = programs.of_kind(broker.model.kind);
    ProgramsView { tabs: entries.map(|entry| tab(context, programs, broker, resource, entry)).collect() }
}

fn tab(
    context: &Context<'_>,
    programs: &Programs,
    broker: &BrokerInput<'_>,
    resource: Option<&Resource>,
    entry: &Entry,
) -> Tab {
    let words = context.words;
    let names = names(context, programs, broker, resource, entry);
    let part = |part: &Part| PartView {
        file: file(entry, part),
        run: part.run.clone(),
        code: fill(programs.code(part).unwrap_or_default(), &entry.language, &names),
    };
    let outcome = programs.outcome(broker.model.kind).filter(|_| entry.not_run.is_empty());
    let seen = match outcome {
        Some(outcome) => words.fill("program_seen", &[("version", &outcome.recorded.broker)]),
        None => entry.not_run.get(words.language).cloned().unwrap_or_default(),
    };
    Tab {
        id: entry.id().to_owned(),
        title: entry.title(),
        client: entry.client.clone(),
        version: entry.version.clone(),
        home: entry.home.clone(),
        protocol: entry.protocol.clone(),
        install: install(entry),
        parts: [&entry.send, &entry.receive].map(part).into(),
        seen,
        class: if outcome.is_some() { "good" } else { "warn" },
    }
}

/// What stands for the placeholders.
fn names<'a>(
    context: &Context<'_>,
    programs: &'a Programs,
    broker: &BrokerInput<'_>,
    resource: Option<&Resource>,
    entry: &Entry,
) -> Vec<(&'a str, String)> {
    let usual = |end: &str| format!("{}_{end}", broker.model.name.to_uppercase());
    let lesson = broker.broker.lesson();
    let url = resource.map_or_else(|| usual(&entry.connection), |own| lesson.variable(own, &entry.connection));
    let mut names = vec![("MQLAB_URL", url)];
    names.extend(entry.user.as_deref().map(|end| ("MQLAB_USER", usual(end))));
    names.extend(entry.password.as_deref().map(|end| ("MQLAB_PASSWORD", usual(end))));
    if let (Some(about), Some(resource)) = (programs.about(broker.model.kind), resource) {
        names.push((&about.placeholder, resource.address.name.clone()));
        let apps = context.world.input.stack.apps.iter();
        let mut reading = apps.filter(|app| app.consumes.iter().any(|flow| flow.address == resource.address));
        names.extend(reading.find_map(|app| app.group.clone()).map(|group| ("your-group", group)));
    }
    names
}

/// As it lies in the reader's project.
fn file(entry: &Entry, part: &Part) -> String {
    let own = part.file.strip_prefix(&format!("{}/{}/", entry.kind, entry.id())).unwrap_or(&part.file);
    // Cargo runs what is in this folder by its name.
    if entry.language == "rust" { format!("src/bin/{own}") } else { own.to_owned() }
}

fn install(entry: &Entry) -> CallView {
    let tool = match entry.language.as_str() {
        "python" => "pip",
        "java" => "pom.xml",
        "go" => "go",
        "node" => "npm",
        "rust" => "cargo",
        _ => ".NET",
    };
    let parts: Vec<&str> = entry.install.split(':').collect();
    let text = match (tool, parts.as_slice()) {
        ("pom.xml", [group, artifact, version]) => format!(
            "<dependency>\n  <groupId>{group}</groupId>\n  <artifactId>{artifact}</artifactId>\n  <version>{version}</version>\n</dependency>"
        ),
        _ => entry.install.clone(),
    };
    CallView { tool: tool.to_owned(), text }
}

fn results(context: &Context<'_>, programs: &Programs, kind: &str, broker: &str) -> Option<Results> {
    let outcome = programs.outcome(kind)?;
    let seen: Vec<&Entry> = programs.of_kind(kind).filter(|entry| entry.not_run.is_empty()).collect();
    let got = |sender: &Entry, receiver: &Entry| {
        outcome.senders.get(sender.id()).and_then(|row| row.get(receiver.id())).is_some_and(|cell| cell == "ok")
    };
    let row = |sender: &&Entry| ResultRow {
        sender: sender.title(),
        cells: seen.iter().map(|receiver| got(sender, receiver)).collect(),
    };
    let about = [
        ("broker", broker),
        ("version", outcome.recorded.broker.as_str()),
        ("date", &outcome.recorded.date),
        ("image", &outcome.recorded.image),
    ];
    Some(Results {
        about: context.words.fill("results_about", &about),
        columns: seen.iter().copied().map(Entry::title).collect(),
        rows: seen.iter().map(row).collect(),
        left_out: programs.of_kind(kind).filter(|entry| !entry.not_run.is_empty()).map(Entry::title).collect(),
    })
}
