//! What readers look up: every command of the program is on its page, with names of their own stack.

use std::process::Command;

use mqlab::cli::manual;
use mqlab::model::Stack;
use mqlab::site::{Page, SiteInput, build};

use crate::specs::{example, facts, root};

fn tour() -> Stack {
    example(&root().join("examples/tour.yaml"))
}

fn pages(stack: &Stack) -> Vec<Page> {
    build(&SiteInput::new(stack, &facts(stack), None, &manual())).expect("a site")
}

fn content<'a>(pages: &'a [Page], path: &str) -> &'a str {
    pages.iter().find(|page| page.path == path).map(|page| page.content.as_str()).unwrap_or_else(|| panic!("no {path}"))
}

#[test]
fn every_command_is_on_its_page_in_every_language() {
    let pages = pages(&tour());
    for path in ["reference/commands.html", "zh/reference/commands.html"] {
        let content = content(&pages, path);
        for command in manual().commands {
            assert!(
                content.contains(&format!(" id=\"{}\"", command.name.replace(' ', "-"))),
                "{path}: {}",
                command.name
            );
        }
        for shown in
            ["trace jobs/", "apply --only events/topic/", "logs events<"]
        {
            assert!(content.contains(&format!("mqlab {shown}")), "{path}: {shown}");
        }
    }
}

/// What the page shows of `trace` leads somewhere.
#[test]
fn a_command_with_the_readers_names_can_be_typed() {
    let pages = pages(&tour());
    let content = content(&pages, "reference/commands.html");
    let rest = content.split("<code>mqlab trace ").last().expect("an example");
    let typed = rest.split("</code>").next().unwrap_or_default().to_owned();
    let words = ["trace", "-f", "examples/tour.yaml"].into_iter().chain(typed.split(' '));
    let ran = Command::new(env!("CARGO_BIN_EXE_mqlab")).args(words).env_clear().output().expect("it can be run");
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success() && said.contains("Delivered to"), "{typed}: {ran:?}");
}
