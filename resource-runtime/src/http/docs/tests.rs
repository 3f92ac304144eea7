use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use bytes::Bytes;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::router;

const DOCUMENT: &[u8] = br#"{"openapi":"3.1.0"}"#;
const OLDER: &[u8] = br#"{"openapi":"3.0.3"}"#;

async fn send(path: &str, headers: &[(&str, &str)]) -> Response<Body> {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let router = router(|| Ok([DOCUMENT, OLDER].map(Bytes::from_static)), "Books & <Authors>");
    router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

async fn body(response: Response<Body>) -> Bytes {
    response.into_body().collect().await.unwrap().to_bytes()
}

fn header<'a>(response: &'a Response<Body>, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |it| it.to_str().unwrap())
}

#[tokio::test]
async fn the_document_is_json_with_a_strong_tag() {
    let response = send("/openapi.json", &[]).await;
    assert_eq!(header(&response, "content-type"), "application/json");
    assert_eq!(header(&response, "cache-control"), "no-cache");
    let tag = header(&response, "etag").to_owned();
    assert!(tag.starts_with('"') && tag.len() == 34, "{tag}");
    assert_eq!(body(response).await, DOCUMENT);

    for sent in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
        let response = send("/openapi.json", &[("if-none-match", &sent)]).await;
        assert_eq!(response.status(), StatusCode::NOT_MODIFIED, "{sent}");
        assert_eq!(header(&response, "etag"), tag);
        assert!(body(response).await.is_empty());
    }
    assert_eq!(send("/openapi.json", &[("if-none-match", "\"x\"")]).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_older_form_has_a_tag_of_its_own() {
    let response = send("/openapi-3.0.json", &[]).await;
    let tag = header(&response, "etag").to_owned();
    assert_eq!(body(response).await, OLDER);
    assert_ne!(tag, header(&send("/openapi.json", &[]).await, "etag"));
    assert_eq!(send("/openapi-3.0.json", &[("if-none-match", &tag)]).await.status(), StatusCode::NOT_MODIFIED);
}

#[cfg(feature = "docs-ui")]
mod pages {
    use super::*;

    /// Addresses of the scripts and styles of a page.
    fn links(page: &str) -> Vec<String> {
        page.split('"').filter(|it| it.starts_with("docs/assets/")).map(|it| format!("/{it}")).collect()
    }

    async fn page(path: &str) -> String {
        String::from_utf8(body(send(path, &[]).await).await.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn pages_have_nothing_inline_and_name_no_other_host() {
        for path in ["/docs", "/redoc"] {
            let response = send(path, &[]).await;
            assert_eq!(header(&response, "content-type"), "text/html; charset=utf-8");
            let policy = header(&response, "content-security-policy").to_owned();
            assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
            let page = page(path).await;
            assert!(page.contains("<title>Books &amp; &lt;Authors&gt;</title>"), "{page}");
            assert!(!page.contains("//"), "{page}");
            assert!(page.split("<script").skip(1).all(|it| it.starts_with(" src=")), "{page}");
        }
    }

    #[tokio::test]
    async fn everything_that_a_page_loads_is_there_packed_or_not() {
        for path in ["/docs", "/redoc"] {
            let links = links(&page(path).await);
            assert!(links.len() >= 3, "{links:?}");
            for link in links {
                let packed = send(&link, &[("accept-encoding", "br, gzip")]).await;
                let plain = send(&link, &[("accept-encoding", "gzip;q=0, *;q=0.5")]).await;
                for response in [&packed, &plain] {
                    assert_eq!(response.status(), StatusCode::OK, "{link}");
                    assert!(header(response, "cache-control").ends_with("immutable"));
                    let media_type = if link.ends_with(".css") { "text/css" } else { "text/javascript" };
                    assert!(header(response, "content-type").starts_with(media_type), "{link}");
                }
                assert_eq!(header(&plain, "content-encoding"), "");
                let is_packed = header(&packed, "content-encoding") == "gzip";
                let (packed, plain) = (body(packed).await, body(plain).await);
                assert_eq!(is_packed, packed != plain, "{link}");
                assert!(!plain.starts_with(&[0x1f, 0x8b]) && std::str::from_utf8(&plain).is_ok(), "{link}");
            }
        }
    }

    #[tokio::test]
    async fn clients_without_gzip_are_understood() {
        let link = links(&page("/docs").await).into_iter().find(|it| it.ends_with("bundle.js")).unwrap();
        for (sent, is_packed) in
            [("gzip", true), ("*", true), ("GZIP;q=0.1", true), ("identity", false), ("gzip;q=0", false), ("", false)]
        {
            let response = send(&link, &[("accept-encoding", sent)]).await;
            assert_eq!(header(&response, "content-encoding") == "gzip", is_packed, "{sent}");
            assert_eq!(header(&response, "vary"), "accept-encoding");
        }
        assert_eq!(header(&send(&link, &[]).await, "content-encoding"), "");
    }

    #[tokio::test]
    async fn a_slash_too_many_leads_to_the_page() {
        for (path, to) in [("/docs/", "../docs"), ("/redoc/", "../redoc")] {
            let response = send(path, &[]).await;
            assert_eq!(response.status(), StatusCode::PERMANENT_REDIRECT);
            assert_eq!(header(&response, header::LOCATION.as_str()), to);
        }
    }

    #[tokio::test]
    async fn an_unknown_asset_is_not_there() {
        for path in ["/docs/assets/x/swagger-ui.css", "/docs/assets/x/nope.js", "/docs/assets/..%2f/x"] {
            assert_eq!(send(path, &[]).await.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[tokio::test]
    async fn bundles_ask_no_other_host_for_a_logo() {
        let links = links(&page("/redoc").await);
        let bundle = links.iter().find(|it| it.ends_with("redoc.standalone.js")).unwrap();
        let text = String::from_utf8(body(send(bundle, &[]).await).await.to_vec()).unwrap();
        assert!(!text.contains("cdn.redoc.ly") && !text.contains("fonts.googleapis"));
    }
}
