//! What readers look up, print and give to programs: every command and every code is on its page, every lesson on one.

use std::process::Command;

use mqlab::brokers::find;
use mqlab::cli::manual;
use mqlab::doctor::Code;
use mqlab::model::Stack;
use mqlab::site::{Page, SiteInput, build};
use mqlab::spec::{ERRORS, LINTS};

use crate::specs::{example, facts, root};

fn tour() -> Stack {
    example(&root().join("examples/tour.yaml"))
}

fn pages(stack: &Stack) -> Vec<Page> {
    build(&SiteInput::new(stack, &facts(stack), None, &manual())).expect("a site")
}

fn content<'a>(pages: &'a [Page], path: &str) -> &'a str {
    let found = pages.iter().find(|page| page.path == path);
    found.map_or_else(|| panic!("no {path}"), |page| page.content.as_str())
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
        for shown in ["trace jobs/exchange/orders order.", "apply --only events/topic/", "logs events<"] {
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

#[test]
fn every_code_is_on_its_page_in_every_language() {
    let stack = tour();
    let pages = pages(&stack);
    for path in ["reference/errors.html", "zh/reference/errors.html"] {
        let content = content(&pages, path);
        let has = |id: String| assert!(content.contains(&format!(" id=\"{id}\"")), "{path}: {id}");
        for (code, _) in ERRORS.iter().chain(LINTS) {
            has(format!("file-{code}"));
        }
        for code in Code::ALL {
            has(format!("doctor-{code}"));
        }
        for kind in stack.brokers.iter().map(|broker| broker.kind) {
            let about = find(kind).expect("a kind").description();
            for (code, _) in about.errors.iter().chain(about.lints) {
                has(format!("{kind}-{code}"));
            }
        }
        assert!(content.contains("commands.html#exit-codes"), "{path}");
    }
    // Without a broker of a kind nobody has its mistakes.
    let other = example(&root().join("examples/kafka.yaml"));
    let pages = self::pages(&other);
    assert!(!content(&pages, "reference/errors.html").contains(" id=\"rabbitmq-"));
}

/// Both languages, and every kind that has lessons.
#[test]
fn all_lessons_about_a_kind_are_on_one_page_that_needs_no_script() {
    let stack = example(&root().join("examples/all.yaml"));
    let pages = pages(&stack);
    for kind in stack.brokers.iter().map(|broker| broker.kind) {
        for language in ["", "zh/"] {
            let folder = format!("{language}learn/{kind}/");
            let whole = content(&pages, &format!("{folder}print.html"));
            let lessons = pages.iter().filter_map(|page| page.path.strip_prefix(&folder)?.strip_suffix(".html"));
            let lessons: Vec<&str> = lessons.filter(|lesson| *lesson != "print").collect();
            assert!(lessons.len() > 3, "{folder}: {lessons:?}");
            for lesson in lessons {
                assert!(whole.contains(&format!("<h2 id=\"{lesson}\">")), "{folder}: {lesson}");
                assert!(
                    !whole.contains(&format!("<a href=\"../../learn/{kind}/{lesson}.html#")),
                    "{folder}: to {lesson}"
                );
            }
            let main = &whole[whole.find("<main").expect("a main part")..whole.find("</main>").expect("its end")];
            for scripted in ["<script", "data-sim", "type=\"radio\"", "<details"] {
                assert!(!main.contains(scripted), "{folder}: {scripted}");
            }
            let learn = content(&pages, &format!("{language}learn/index.html"));
            assert!(learn.contains(&format!("learn/{kind}/print.html\"")), "{folder}: nobody leads there");
        }
    }
}

#[test]
fn the_list_for_programs_has_every_page_that_is_written_and_every_object() {
    let pages = pages(&tour());
    for language in ["", "zh/"] {
        let list = content(&pages, &format!("{language}llms.txt"));
        assert!(list.starts_with("# A bookshop on two brokers\n\n> "), "{list}");
        let wanted =
            ["learn/", "howto/", "start/", "concepts/", "reference/", "apps/", "brokers/events/topic/", "index.html"];
        let own =
            pages.iter().filter_map(|page| page.path.strip_prefix(language)).filter(|path| path.ends_with("html"));
        for path in own.filter(|path| wanted.iter().any(|start| path.starts_with(start)) && *path != "learn/index.html")
        {
            assert_eq!(list.matches(&format!("]({path})")).count(), 1, "{language}: {path}");
        }
    }
    assert!(content(&pages, "llms.txt").contains("- [Keys and order](learn/kafka/keys.html): You can say"));
    assert!(content(&pages, "zh/llms.txt").contains("消费者组"));
}

/// Descriptions mark code as the terminal shows it, which is no mark on a page.
#[test]
fn code_in_a_description_is_code_on_a_page() {
    for page in pages(&example(&root().join("examples/all.yaml"))) {
        let is_made =
            ["reference/", "brokers/"].iter().any(|part| page.path.trim_start_matches("zh/").starts_with(part));
        if !is_made {
            continue;
        }
        let kept = |part: &str, end: &str| part.split_once(end).map_or(String::new(), |(_, rest)| rest.to_owned());
        let mut parts = page.content.split("<script");
        let mut text = parts.next().unwrap_or_default().to_owned();
        text.extend(parts.map(|part| kept(part, "</script>")));
        let mut parts = text.split("<pre");
        let mut text = parts.next().unwrap_or_default().to_owned();
        text.extend(parts.map(|part| kept(part, "</pre>")));
        let found = text.find('`').map(|at| text[..at].chars().rev().take(60).collect::<String>());
        assert_eq!(found.map(|found| found.chars().rev().collect::<String>()), None, "{}", page.path);
    }
}
