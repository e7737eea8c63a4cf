//! What a look at everything gave.

use std::fmt::Write as _;

use super::{Paint, Table, bytes};
use crate::doctor::{DiskPlace, Examined, Facts, Level, PortSeen, Who, faults};

/// What is there, then what is wrong with it, then whether that is much.
pub fn findings_for_people(examined: &Examined, paint: Paint) -> String {
    let mut out = facts_in_lines(&examined.facts, paint);
    for table in [ports(&examined.facts), images(&examined.facts), mirrors(&examined.facts)] {
        if !table.is_empty() {
            let _ = write!(out, "\n{}", table.to_text(paint));
        }
    }
    out.push('\n');
    for finding in &examined.findings {
        let sign = match finding.level {
            Level::Fault => paint.bad("✗"),
            Level::Advice => paint.change("!"),
        };
        let _ = writeln!(out, "{sign} {}: {}", paint.title(finding.code.as_str()), finding.text);
        let _ = writeln!(out, "    → {}", finding.command);
    }
    let _ = writeln!(out, "{}", verdict(examined, paint));
    out
}

fn verdict(examined: &Examined, paint: Paint) -> String {
    let faults = faults(&examined.findings);
    let advice = examined.findings.len() - faults;
    let counted = |count: usize, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    let pieces = || if advice == 1 { "1 piece of advice".to_owned() } else { format!("{advice} pieces of advice") };
    match (faults, advice) {
        (0, 0) => paint.good("Nothing is wrong: mqlab up has all that it needs"),
        (0, _) => format!("{}: mqlab up works all the same", pieces()),
        (_, 0) => paint.bad(&counted(faults, "fault")),
        _ => format!("{}, {}", paint.bad(&counted(faults, "fault")), pieces()),
    }
}

fn facts_in_lines(facts: &Facts, paint: Paint) -> String {
    let mut out = String::new();
    let mut line = |name: &str, text: &str| {
        let _ = writeln!(out, "{} {text}", paint.quiet(&format!("{name:<8}")));
    };
    match &facts.engine {
        Some(engine) => {
            let rootless = if engine.rootless { ", rootless" } else { "" };
            let text = format!(
                "{} on {}, {}{rootless}, API {}, at {} ({})",
                engine.version, engine.system, engine.architecture, engine.api, engine.address, engine.origin
            );
            line("engine", &text);
            if facts.memory.is_empty() {
                line("memory", &bytes(engine.memory));
            } else {
                let least = facts.memory.iter().map(|need| need.least).fold(0, u64::saturating_add);
                line("memory", &format!("{}, and the brokers need {}", bytes(engine.memory), bytes(least)));
            }
        }
        None => line("engine", "none that answers"),
    }
    for disk in &facts.disks {
        let what = match disk.place {
            DiskPlace::Engine => "images and data",
            DiskPlace::Folder => "state and site",
        };
        line("disk", &format!("{} free in {} ({what})", bytes(disk.free), disk.path.display()));
    }
    if let Some(stack) = &facts.stack {
        let lock = facts.locked.map_or_else(|| "none".to_owned(), |count| format!("{count} of the images of {stack}"));
        line("lock", &lock);
    }
    line(
        "selinux",
        &format!("{}: nothing of this machine is mounted into a container, so it is in nobody's way", facts.selinux),
    );
    out
}

fn ports(facts: &Facts) -> Table {
    let mut table = Table::new(&["broker", "port", "at", "who reaches it", "because"]);
    for port in &facts.ports {
        let (who, because) = match &port.held_by {
            Some(holder) => ("nobody: it is taken", holder.as_str()),
            None => (who(port), port.why.as_str()),
        };
        table.row([port.broker.as_str(), port.port.as_str(), &format!("{}:{}", port.bind, port.host), who, because]);
    }
    table
}

fn who(port: &PortSeen) -> &'static str {
    match port.who {
        Who::ThisMachine | Who::ThisMachineAgainstTheFile(_) => "this machine alone",
        Who::Everybody => "everybody who reaches that address",
        Who::Some(_) => "some who reach that address",
        Who::NotKnown => "not known",
    }
}

fn images(facts: &Facts) -> Table {
    let mut table = Table::new(&["broker", "image", "source", "would it serve"]);
    for image in &facts.images {
        let mut first = [image.broker.as_str(), image.wanted.as_str()];
        let mut serves = false;
        for source in &image.sources {
            let answer = match &source.obstacle {
                _ if serves => "not needed".to_owned(),
                None => "yes".to_owned(),
                Some(obstacle) => obstacle.why.lines().next().unwrap_or_default().to_owned(),
            };
            serves |= source.serves();
            let [broker, wanted] = first;
            table.row([broker, wanted, &source.name, &answer]);
            first = ["", ""];
        }
    }
    table
}

fn mirrors(facts: &Facts) -> Table {
    let mut table = Table::new(&["mirror", "named by", "trust", "answers in", "images", ""]);
    for trial in &facts.mirrors {
        let told = trial.trouble.is_none();
        table.row([
            trial.mirror.clone(),
            trial.from.clone(),
            trial.trust.to_owned(),
            trial.answers_in.map(|milliseconds| format!("{milliseconds} ms")).unwrap_or_default(),
            if told { format!("{} of {}", trial.usable(), trial.images.len()) } else { String::new() },
            if trial.lies() { "lies".to_owned() } else { trial.trouble.clone().unwrap_or_default() },
        ]);
    }
    table
}

/// The stable form: one line for each finding, port and image.
pub fn findings_as_lines(examined: &Examined) -> String {
    let mut out = String::new();
    for finding in &examined.findings {
        let text = finding.text.replace('\n', " ");
        let _ = writeln!(out, "{} {} {}: {text} | {}", finding.level, finding.code, finding.about, finding.command);
    }
    for port in &examined.facts.ports {
        let _ = writeln!(out, "port {} {} {}:{} {}", port.broker, port.port, port.bind, port.host, who(port));
    }
    for image in &examined.facts.images {
        let from = image.serves().map_or("nothing", |source| source.name.as_str());
        let _ = writeln!(out, "image {} {} from {from}", image.broker, image.wanted);
    }
    let faults = faults(&examined.findings);
    let _ = writeln!(out, "{faults} faults, {} advice", examined.findings.len() - faults);
    out
}
