//! Values into HTML: the templates, all embedded, and the one engine that fills them.

use serde::Serialize;
use tera::{Context, Tera};

use super::BuildError;
use super::model::Words;
use super::pages;

/// Every template by name. Names end in `.html`, which switches escaping on.
const TEMPLATES: [(&str, &str); 29] = [
    ("parts.html", include_str!("../../templates/site/parts.html")),
    ("layout.html", include_str!("../../templates/site/layout.html")),
    ("overview.html", include_str!("../../templates/site/overview.html")),
    ("broker.html", include_str!("../../templates/site/broker.html")),
    ("list.html", include_str!("../../templates/site/list.html")),
    ("object.html", include_str!("../../templates/site/object.html")),
    ("app.html", include_str!("../../templates/site/app.html")),
    ("apps.html", include_str!("../../templates/site/apps.html")),
    ("run.html", include_str!("../../templates/site/run.html")),
    ("apps_table.html", include_str!("../../templates/site/apps_table.html")),
    ("checks.html", include_str!("../../templates/site/checks.html")),
    ("learn.html", include_str!("../../templates/site/learn.html")),
    ("document.html", include_str!("../../templates/site/document.html")),
    ("question.html", include_str!("../../templates/site/question.html")),
    ("glossary.html", include_str!("../../templates/site/glossary.html")),
    ("reference.html", include_str!("../../templates/site/reference.html")),
    ("verification.html", include_str!("../../templates/site/verification.html")),
    ("exports.html", include_str!("../../templates/site/exports.html")),
    ("matrix.html", include_str!("../../templates/site/matrix.html")),
    ("clients.html", include_str!("../../templates/site/clients.html")),
    ("programs.html", include_str!("../../templates/site/programs.html")),
    ("about.html", include_str!("../../templates/site/about.html")),
    ("fields.html", include_str!("../../templates/site/fields.html")),
    ("print.html", include_str!("../../templates/site/print.html")),
    ("errors.html", include_str!("../../templates/site/errors.html")),
    ("commands.html", include_str!("../../templates/site/commands.html")),
    ("figure.html", include_str!("../../templates/site/figure.html")),
    ("nav.html", include_str!("../../templates/site/nav.html")),
    ("search.html", include_str!("../../templates/site/search.html")),
];

const COLOURS: &str = include_str!("../../site/css/colours.css");
const DIAGRAM: &str = include_str!("../../site/css/diagram.css");
const TEXT: &str = include_str!("../../site/css/text.css");
const FIGURES: &str = include_str!("../../site/css/figures.css");
const SITE: &str = include_str!("../../site/css/site.css");
const THEME: &str = include_str!("../../site/js/theme.js");
const SCRIPT: &str = include_str!("../../site/js/site.js");
const TABS: &str = include_str!("../../site/js/tabs.js");
const TABS_STYLE: &str = include_str!("../../site/css/tabs.css");
/// In the order in which they need each other.
const FIGURE_SCRIPTS: [&str; 12] = [
    include_str!("../../site/js/figures/words.js"),
    include_str!("../../site/js/figures/keys.js"),
    include_str!("../../site/js/figures/assign.js"),
    include_str!("../../site/js/figures/route.js"),
    include_str!("../../site/js/figures/select.js"),
    include_str!("../../site/js/figures/scenarios.js"),
    include_str!("../../site/js/figures/key-figure.js"),
    include_str!("../../site/js/figures/group-figure.js"),
    include_str!("../../site/js/figures/route-figure.js"),
    include_str!("../../site/js/figures/pattern-figure.js"),
    include_str!("../../site/js/figures/select-figure.js"),
    include_str!("../../site/js/figures/player.js"),
];
const SEARCH: &str = include_str!("../../site/js/search.js");
const SEARCH_STYLE: &str = include_str!("../../site/css/search.css");

/// The templates of one language.
pub(crate) struct Renderer {
    tera: Tera,
}

/// What every template of a language may use: `t`, `lang`, `nav`, `site`.
#[derive(Serialize)]
struct Globals<'a> {
    t: &'a std::collections::BTreeMap<String, String>,
    lang: &'a str,
    site: &'a str,
    has_run: bool,
    nav: pages::Nav,
    version: &'static str,
}

impl Renderer {
    pub(crate) fn new(words: &Words, title: &str, nav: pages::Nav, has_run: bool) -> Result<Self, BuildError> {
        let failed = |source| BuildError::Template { template: "all".to_owned(), source };
        let mut tera = Tera::new();
        tera.add_raw_templates(TEMPLATES).map_err(failed)?;
        let version = env!("CARGO_PKG_VERSION");
        let globals = Globals { t: words.texts(), lang: words.language, site: title, has_run, nav, version };
        *tera.global_context() = Context::from_serialize(&globals).map_err(failed)?;
        Ok(Self { tera })
    }

    pub(crate) fn page(&self, template: &str, values: &impl Serialize) -> Result<String, BuildError> {
        let failed = |source| BuildError::Template { template: template.to_owned(), source };
        let context = Context::from_serialize(values).map_err(failed)?;
        let mut text = self.tera.render(template, &context).map_err(failed)?;
        // It grew by doubling, and thousands of pages wait together until all are made.
        text.shrink_to_fit();
        Ok(text)
    }
}

/// The files that all pages share.
pub(crate) fn assets() -> [(&'static str, String); 5] {
    [
        ("assets/site.css", format!("{COLOURS}\n{SITE}\n{TEXT}\n{DIAGRAM}\n{FIGURES}\n{TABS_STYLE}\n{SEARCH_STYLE}")),
        ("assets/theme.js", THEME.to_owned()),
        ("assets/site.js", format!("{SCRIPT}\n{TABS}")),
        ("assets/figures.js", FIGURE_SCRIPTS.concat()),
        ("assets/search.js", SEARCH.to_owned()),
    ]
}

/// The looks of a picture in a file of its own.
pub(crate) fn picture_style() -> String {
    format!("{COLOURS}\nsvg{{background:var(--paper)}}\n{DIAGRAM}")
}
