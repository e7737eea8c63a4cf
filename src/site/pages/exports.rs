//! The list of the files for other tools.

use serde::Serialize;

use super::frame::{Frame, frame};
use super::parts::{CallView, Context};
use crate::site::export::{Export, Form};
use crate::site::text::visible;

#[derive(Clone, Debug, Serialize)]
pub(crate) struct ExportsPage {
    pub page: Frame,
    pub forms: Vec<FormView>,
}

/// All files of one form.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct FormView {
    pub id: &'static str,
    pub title: String,
    pub about: String,
    /// What to type to use the first of them.
    pub call: CallView,
    pub files: Vec<FileRow>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct FileRow {
    pub href: String,
    pub name: String,
    /// What it is about.
    pub subject: String,
    /// In bytes, as people write it.
    pub size: String,
}

pub(crate) fn exports_page(context: &Context<'_>, exports: &[Export], prefix: &str) -> ExportsPage {
    let words = context.words;
    let all = [Form::Topology, Form::Mermaid, Form::Dot, Form::AsyncApi, Form::Definitions];
    let page = frame(context, &words.say("exports"), &[], prefix);
    let form = |form: Form| FormView {
        id: form.name(),
        title: words.say(&format!("export_{}", form.name())),
        about: words.say(&format!("export_{}_about", form.name())),
        call: call(form, exports.iter().find(|export| export.form == form).map_or("", |export| export.path.as_str())),
        files: exports.iter().filter(|export| export.form == form).map(|export| row(context, &page, export)).collect(),
    };
    let forms = all.into_iter().map(form).filter(|form| !form.files.is_empty()).collect();
    ExportsPage { page, forms }
}

fn call(form: Form, file: &str) -> CallView {
    let (tool, text) = match form {
        Form::Topology => ("jq", format!("jq -r '.arrows[] | \"\\(.from) -> \\(.to)\"' {file}")),
        Form::Mermaid => ("mermaid-cli", format!("mmdc --input {file} --output {file}.svg")),
        Form::Dot => ("Graphviz", format!("dot -Tsvg -O {file}")),
        Form::AsyncApi => ("AsyncAPI CLI", format!("asyncapi validate {file}")),
        Form::Definitions => ("rabbitmqctl", format!("rabbitmqctl import_definitions {file}")),
    };
    CallView { tool: tool.to_owned(), text }
}

fn file_name(export: &Export) -> &str {
    export.path.rsplit('/').next().unwrap_or(&export.path)
}

fn row(context: &Context<'_>, page: &Frame, export: &Export) -> FileRow {
    FileRow {
        href: format!("{}{}", page.base, export.path),
        name: file_name(export).to_owned(),
        subject: export.subject.as_deref().map_or_else(|| context.words.say("whole_stack"), visible),
        size: size(export.content.len()),
    }
}

fn size(bytes: usize) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KiB", bytes.div_ceil(1024)),
        more => format!("{} MiB", more.div_ceil(1_048_576)),
    }
}
