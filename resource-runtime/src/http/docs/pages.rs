use std::io::Read as _;
use std::sync::LazyLock;

use super::{HeaderMap, HeaderName, HeaderValue, Response, Router, StatusCode, etag, get, header, revalidated};
use axum::body::Body;
use axum::extract::Path;
use axum::response::IntoResponse as _;
use bytes::Bytes;

use crate::http::negotiate::accepts_gzip;

/// What the pages may load: their own scripts, styles and images, and this server's answers.
///
/// Both pages set styles on elements, and ReDoc runs its search in a worker that it makes itself.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                      img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src blob:; \
                      base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// A file that pages load.
struct Asset {
    name: &'static str,
    media_type: &'static str,
    content: &'static [u8],
    is_packed: bool,
}

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

macro_rules! assets {
    ($($id:ident: $name:literal, $media_type:ident, $file:literal, $is_packed:literal;)*) => {
        $(const $id: Asset = Asset {
            name: $name,
            media_type: $media_type,
            content: include_bytes!(concat!("../../../assets/", $file)),
            is_packed: $is_packed,
        };)*
        const ASSETS: &[Asset] = &[$($id),*];
    };
}

assets! {
    SWAGGER_SCRIPT: "swagger-ui-bundle.js", SCRIPT, "swagger-ui/swagger-ui-bundle.js.gz", true;
    SWAGGER_STYLE: "swagger-ui.css", STYLE, "swagger-ui/swagger-ui.css.gz", true;
    SWAGGER_INIT: "swagger-init.js", SCRIPT, "swagger-init.js", false;
    REDOC_SCRIPT: "redoc.standalone.js", SCRIPT, "redoc/redoc.standalone.js.gz", true;
    REDOC_INIT: "redoc-init.js", SCRIPT, "redoc-init.js", false;
    PAGES_STYLE: "pages.css", STYLE, "pages.css", false;
}

impl Asset {
    /// A name for the content, for addresses that can be kept forever.
    ///
    /// A gzip file ends with a checksum of its content and the content's length; hashing hundreds
    /// of kilobytes at every start would say no more.
    fn hash(&self) -> String {
        match self.content.last_chunk::<8>() {
            Some(tail) if self.is_packed => format!("{:016x}", u64::from_be_bytes(*tail)),
            _ => etag(self.content).to_str().unwrap_or_default().trim_matches('"').to_owned(),
        }
    }

    /// Its address, relative to that of a page.
    fn href(&self) -> String {
        format!("docs/assets/{}/{}", self.hash(), self.name)
    }
}

pub(super) fn router(title: &str) -> Router {
    let swagger = page(title, &[&SWAGGER_STYLE, &PAGES_STYLE], &[&SWAGGER_SCRIPT, &SWAGGER_INIT]);
    let redoc = page(title, &[&PAGES_STYLE], &[&REDOC_SCRIPT, &REDOC_INIT]);
    Router::new()
        .route("/docs", get(serve(swagger)))
        .route("/redoc", get(serve(redoc)))
        // Links on the pages are relative: under `/docs/` they would lead elsewhere.
        .route("/docs/", get(|| async { moved("../docs") }))
        .route("/redoc/", get(|| async { moved("../redoc") }))
        .route("/docs/assets/{hash}/{name}", get(asset))
}

/// A page without a script or a style in its text.
fn page(title: &str, styles: &[&Asset], scripts: &[&Asset]) -> Bytes {
    let title = escape(title);
    let styles: String =
        styles.iter().map(|it| format!("<link rel=\"stylesheet\" href=\"{}\">\n", it.href())).collect();
    let scripts: String = scripts.iter().map(|it| format!("<script src=\"{}\"></script>\n", it.href())).collect();
    Bytes::from(format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <link rel=\"icon\" href=\"data:,\">\n{styles}</head>\n<body>\n<div id=\"docs\"></div>\n\
         <noscript>This page needs JavaScript; what it shows is <a href=\"openapi.json\">openapi.json</a>.</noscript>\n\
         {scripts}</body>\n</html>\n"
    ))
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for it in text.chars() {
        match it {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(it),
        }
    }
    out
}

fn serve(page: Bytes) -> impl Fn(HeaderMap) -> std::future::Ready<Response> + Clone {
    const HEADERS: [(HeaderName, &str); 2] =
        [(header::CONTENT_SECURITY_POLICY, POLICY), (header::REFERRER_POLICY, "same-origin")];
    let etag = etag(&page);
    move |request| std::future::ready(revalidated(&request, &etag, "text/html; charset=utf-8", page.clone(), &HEADERS))
}

fn moved(to: &'static str) -> Response {
    (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, to)]).into_response()
}

async fn asset(Path((hash, name)): Path<(String, String)>, request: HeaderMap) -> Response {
    // The outer router has the answer for what is not there.
    let Some(asset) = ASSETS.iter().find(|it| it.name == name && it.hash() == hash) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let is_packed = asset.is_packed && accepts_gzip(&request);
    let content = match asset.is_packed && !is_packed {
        true => match unpacked(asset) {
            Some(content) => content,
            None => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        },
        false => Bytes::from_static(asset.content),
    };
    let mut response = Response::new(Body::from(content));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    if asset.is_packed {
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    if is_packed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

/// The content for clients that do not take gzip, unpacked once.
fn unpacked(asset: &Asset) -> Option<Bytes> {
    static UNPACKED: LazyLock<Vec<(&str, Bytes)>> = LazyLock::new(|| {
        let packed = ASSETS.iter().filter(|it| it.is_packed);
        packed
            .filter_map(|it| {
                let mut content = Vec::new();
                flate2::read::GzDecoder::new(it.content).read_to_end(&mut content).ok()?;
                Some((it.name, Bytes::from(content)))
            })
            .collect()
    });
    UNPACKED.iter().find(|(name, _)| *name == asset.name).map(|(_, content)| content.clone())
}
