use super::render::{self, Style};
use super::testing::load_texts;

#[test]
fn scratch() {
    let text = std::fs::read_to_string("/tmp/w/spec-scratch.yaml").unwrap();
    let loaded = load_texts(&[&text]);
    println!("{}", render::plain(&loaded.diagnostics, &loaded.sources));
    println!(
        "{}",
        render::fancy(&loaded.diagnostics, &loaded.sources, Style { color: false, unicode: true, width: 100 })
    );
    println!(
        "{}",
        render::fancy(&loaded.diagnostics, &loaded.sources, Style { color: false, unicode: false, width: 80 })
    );
    println!("{:#?}", loaded.nodes);
}
