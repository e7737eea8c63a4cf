//! The site over HTTP on this machine, with pages that load again when they change.
//!
//! What is on the disk is what is served; only the page in the browser gets a script more, which the files do not have.

use std::convert::Infallible;
use std::io;
use std::path::{Component, Path, PathBuf};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::stream::{self, Stream};
use percent_encoding::percent_decode_str;
use tokio::net::TcpListener;
use tokio::sync::watch;

const CHANGES: &str = "/.mqlab/changes";
const SCRIPT: &str = "/.mqlab/reload.js";
const RELOAD: &str = "new EventSource('/.mqlab/changes').onmessage = function () { window.location.reload(); };\n";

#[derive(Clone)]
struct Site {
    folder: PathBuf,
    changes: watch::Receiver<u64>,
}

/// Serves a folder until `stop` is done. Each new number in `changes` makes every open page load again.
///
/// # Errors
///
/// The listener's own.
pub async fn serve(
    folder: PathBuf,
    listener: TcpListener,
    changes: watch::Receiver<u64>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let routes = Router::new()
        .route(CHANGES, get(told))
        .route(SCRIPT, get(async || ([(header::CONTENT_TYPE, "text/javascript")], RELOAD)))
        .fallback(get(file))
        .with_state(Site { folder, changes });
    let served = axum::serve(listener, routes).into_future();
    // Open pages listen for as long as they are open: nobody waits for them.
    tokio::select! {
        served = served => served,
        () = stop => Ok(()),
    }
}

async fn told(State(site): State<Site>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut changes = site.changes;
    changes.mark_unchanged();
    let next = stream::unfold(changes, async |mut changes| {
        changes.changed().await.ok()?;
        let number = changes.borrow_and_update().to_string();
        Some((Ok(Event::default().data(number)), changes))
    });
    Sse::new(next).keep_alive(KeepAlive::default())
}

async fn file(State(site): State<Site>, uri: Uri) -> Response {
    let Some(path) = below(&site.folder, uri.path()) else { return StatusCode::NOT_FOUND.into_response() };
    let path =
        if tokio::fs::metadata(&path).await.is_ok_and(|found| found.is_dir()) { path.join("index.html") } else { path };
    let Ok(bytes) = tokio::fs::read(&path).await else { return StatusCode::NOT_FOUND.into_response() };
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let content_type = match extension {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" => "application/json",
        _ => "text/plain; charset=utf-8",
    };
    let bytes = if extension == "html" { alive(&String::from_utf8_lossy(&bytes)).into_bytes() } else { bytes };
    ([(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, "no-store")], bytes).into_response()
}

/// The file that a path means; nothing outside of the folder.
fn below(folder: &Path, path: &str) -> Option<PathBuf> {
    let path = percent_decode_str(path.trim_start_matches('/')).decode_utf8().ok()?;
    let path = Path::new(&*path);
    let is_plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    is_plain.then(|| folder.join(path))
}

/// The page with the script that waits for changes, which its own policy would refuse.
fn alive(page: &str) -> String {
    page.replacen("default-src 'none';", "default-src 'none'; connect-src 'self';", 1).replacen(
        "</head>",
        &format!("<script src=\"{SCRIPT}\" defer></script>\n</head>"),
        1,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_is_served() {
        let folder = Path::new("/site");
        assert_eq!(below(folder, "/"), Some(PathBuf::from("/site/")));
        assert_eq!(below(folder, "/a%20b/index.html"), Some(PathBuf::from("/site/a b/index.html")));
        for path in ["/../etc/passwd", "/a/../../etc", "/%2e%2e/etc", "/%ff", "//../etc"] {
            assert_eq!(below(folder, path), None, "{path}");
        }
    }

    #[tokio::test]
    async fn a_page_hears_of_a_change_and_the_files_stay_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let page = "<head>\n<meta content=\"default-src 'none'; style-src 'self'\">\n</head>";
        std::fs::write(folder.path().join("index.html"), page).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, changes) = watch::channel(0);
        let served = tokio::spawn(serve(folder.path().to_owned(), listener, changes, std::future::pending()));
        crate::net::tls::install();
        let client = reqwest::Client::new();
        let get = async |path: &str| client.get(format!("http://{address}{path}")).send().await.unwrap();
        let text = get("/").await.text().await.unwrap();
        assert_eq!(text, alive(page));
        assert!(text.contains("connect-src 'self'") && text.contains(SCRIPT));
        assert_eq!(get("/none.html").await.status(), 404);
        assert_eq!(get(SCRIPT).await.text().await.unwrap(), RELOAD);
        let mut told = get(CHANGES).await;
        sender.send_replace(7);
        let chunk = told.chunk().await.unwrap().unwrap();
        assert_eq!(String::from_utf8_lossy(&chunk), "data: 7\n\n");
        assert_eq!(std::fs::read_to_string(folder.path().join("index.html")).unwrap(), page);
        served.abort();
    }
}
