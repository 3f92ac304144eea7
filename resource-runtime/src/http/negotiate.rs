//! What a request's body may be, and what its answer may be (RFC 9110, sections 8 and 12).

use http::{HeaderMap, HeaderName, header};

use crate::error::{ApiError, ErrorCode, Problem};

/// Bodies of creations and replacements.
pub(super) const JSON: &[&str] = &["application/json"];
/// Bodies of updates.
pub(super) const PATCH: &[&str] = &["application/merge-patch+json", "application/json"];
/// [`PATCH`], as a header says it.
pub(super) const ACCEPT_PATCH: &str = "application/merge-patch+json, application/json";

/// RFC 5789, section 3.1.
pub(super) const ACCEPT_PATCH_NAME: HeaderName = HeaderName::from_static("accept-patch");

/// The elements of a header that is a list, over all its lines.
fn elements<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(name)
        .iter()
        .map(|it| it.to_str().unwrap_or("?"))
        .flat_map(|it| it.split(','))
        .map(str::trim)
        .filter(|it| !it.is_empty())
}

/// An element without its parameters, and its weight; an element whose weight cannot be read
/// has none.
fn weighted(element: &str) -> (&str, f32) {
    let mut parts = element.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let weight = parts.find_map(|it| it.strip_prefix("q=").or_else(|| it.strip_prefix("Q=")));
    let weight = weight.map_or(1.0, |it| it.parse().ok().filter(|it| (0.0..=1.0).contains(it)).unwrap_or(0.0));
    (name, weight)
}

/// Refuses a request whose client takes no JSON.
///
/// # Errors
///
/// 406.
pub(super) fn accepts_json(headers: &HeaderMap) -> Result<(), ApiError> {
    preferred(headers, JSON).map(|_| ())
}

/// The position of the media type that the client wants most; of several the first.
///
/// # Errors
///
/// 406 where it wants none of them.
pub(super) fn preferred(headers: &HeaderMap, offered: &[&'static str]) -> Result<usize, ApiError> {
    if takes_the_first(headers, offered) {
        return Ok(0);
    }
    let mut best = (0, 0.0);
    for (index, media_type) in offered.iter().enumerate() {
        let weight = weight(headers, media_type);
        if weight > best.1 {
            best = (index, weight);
        }
    }
    if best.1 > 0.0 {
        return Ok(best.0);
    }
    let list = offered.join(" or ");
    Err(ApiError::new(ErrorCode::NOT_ACCEPTABLE)
        .detail(format!("this answers with {list}, which `Accept` does not allow"))
        .problem(
            Problem::header("Accept", "not_acceptable", format!("must allow {list}"))
                .param("allowed", offered.to_vec()),
        ))
}

/// Whether the client takes anything, or names the first and nothing else: as nearly all do.
fn takes_the_first(headers: &HeaderMap, offered: &[&'static str]) -> bool {
    let mut lines = headers.get_all(header::ACCEPT).iter();
    match (lines.next(), lines.next()) {
        (None, _) => !offered.is_empty(),
        (Some(line), None) => line == "*/*" || offered.first().is_some_and(|it| line.as_bytes() == it.as_bytes()),
        (Some(_), Some(_)) => false,
    }
}

/// How much a client wants a media type.
fn weight(headers: &HeaderMap, media_type: &str) -> f32 {
    let (kind, _) = media_type.split_once('/').unwrap_or((media_type, ""));
    // The most specific range that matches decides (section 12.5.1).
    let mut best: Option<(u8, f32)> = None;
    let mut any = false;
    for (range, weight) in elements(headers, &header::ACCEPT).map(weighted) {
        any = true;
        let specificity = match range.split_once('/') {
            _ if range.eq_ignore_ascii_case(media_type) => 2,
            Some((it, "*")) if it.eq_ignore_ascii_case(kind) => 1,
            Some(("*", "*")) => 0,
            _ => continue,
        };
        if best.is_none_or(|(it, _)| specificity > it) {
            best = Some((specificity, weight));
        }
    }
    if any { best.map_or(0.0, |(_, weight)| weight) } else { 1.0 }
}

/// Whether the client takes gzip.
pub(super) fn accepts_gzip(headers: &HeaderMap) -> bool {
    let mut any = false;
    for (coding, weight) in elements(headers, &header::ACCEPT_ENCODING).map(weighted) {
        if coding.eq_ignore_ascii_case("gzip") || coding.eq_ignore_ascii_case("x-gzip") {
            return weight > 0.0;
        }
        any |= coding == "*" && weight > 0.0;
    }
    any
}

/// Refuses a body of another media type than these, or in a coding.
///
/// # Errors
///
/// 415.
pub(super) fn takes(headers: &HeaderMap, allowed: &[&'static str]) -> Result<(), ApiError> {
    let unsupported = |name: &'static str, detail: String, allowed: &[&'static str]| {
        let error = ApiError::new(ErrorCode::UNSUPPORTED_MEDIA_TYPE)
            .problem(Problem::header(name, "unsupported_media_type", detail.clone()).param("allowed", allowed.to_vec()))
            .detail(detail);
        let list = allowed.join(", ");
        match name {
            "Content-Encoding" => error.header(header::ACCEPT_ENCODING, &list),
            _ if allowed == PATCH => error.header(ACCEPT_PATCH_NAME, ACCEPT_PATCH),
            _ => error.header(header::ACCEPT, &list),
        }
    };
    if elements(headers, &header::CONTENT_ENCODING).any(|it| !it.eq_ignore_ascii_case("identity")) {
        let detail = "bodies are taken without a coding; leave `Content-Encoding` out".to_owned();
        return Err(unsupported("Content-Encoding", detail, &["identity"]));
    }
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let detail = match (types.next(), types.next()) {
        (None, _) => format!("the body has no `Content-Type`; send {}", allowed.join(" or ")),
        (Some(_), Some(_)) => "`Content-Type` is there more than once".to_owned(),
        (Some(value), None) => {
            let value = value.to_str().unwrap_or_default();
            let (essence, parameters) = value.split_once(';').unwrap_or((value, ""));
            if !allowed.iter().any(|it| it.eq_ignore_ascii_case(essence.trim())) {
                format!("bodies are {}", allowed.join(" or "))
            } else if !is_utf8(parameters) {
                "bodies are in UTF-8; leave `charset` out".to_owned()
            } else {
                return Ok(());
            }
        }
    };
    Err(unsupported("Content-Type", detail, allowed))
}

/// Whether the parameters of a media type name no other charset than UTF-8.
fn is_utf8(parameters: &str) -> bool {
    parameters.split(';').filter_map(|it| it.split_once('=')).all(|(name, value)| {
        let value = value.trim().trim_matches('"');
        !name.trim().eq_ignore_ascii_case("charset")
            || value.eq_ignore_ascii_case("utf-8")
            || value.eq_ignore_ascii_case("utf8")
            // ASCII is UTF-8.
            || value.eq_ignore_ascii_case("us-ascii")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &HeaderName, values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name, value.parse().unwrap());
        }
        headers
    }

    #[track_caller]
    fn accepts(values: &[&str], expected: bool) {
        assert_eq!(accepts_json(&headers(&header::ACCEPT, values)).is_ok(), expected, "{values:?}");
    }

    #[test]
    fn ranges_and_weights_decide_what_is_acceptable() {
        for values in [
            &[][..],
            &[""],
            &["*/*"],
            &["application/*;q=0.1"],
            &["APPLICATION/JSON"],
            &["application/json; charset=utf-8"],
            &["text/html, application/json;q=0.5"],
            &["text/html", "application/json"],
            &["*/*;q=0, application/json;q=0.001"],
        ] {
            accepts(values, true);
        }
    }

    #[test]
    fn what_allows_no_json_is_refused() {
        for values in [
            &["image/png"][..],
            &["application/json;q=0"],
            &["application/json;q=0, */*"],
            &["application/json;q=abc"],
            &["application/problem+json"],
            &[";;;,"],
            &["garbage"],
        ] {
            accepts(values, false);
        }
    }

    #[test]
    fn of_several_media_types_the_client_gets_what_it_wants_most() {
        let offered = &["application/json", "application/x-ndjson", "text/csv"];
        for (value, expected) in [
            ("*/*", 0),
            ("text/csv", 2),
            ("text/*", 2),
            ("Text/CSV; charset=utf-8", 2),
            ("application/x-ndjson, application/json;q=0.9", 1),
            ("text/csv, application/json", 0),
            ("*/*, application/json;q=0.1", 1),
            ("text/csv;q=0, application/json;q=0.001", 0),
        ] {
            assert_eq!(preferred(&headers(&header::ACCEPT, &[value]), offered).unwrap(), expected, "{value}");
        }
        let error = preferred(&headers(&header::ACCEPT, &["text/html"]), offered).unwrap_err();
        assert_eq!(error.status(), 406);
        assert_eq!(error.problems[0].params["allowed"], serde_json::json!(offered));
    }

    #[test]
    fn gzip_is_used_where_it_is_asked_for() {
        for (value, expected) in [
            ("gzip", true),
            ("br;q=1.0, gzip;q=0.5", true),
            ("*", true),
            ("GZIP", true),
            ("identity", false),
            ("gzip;q=0", false),
            ("gzip;q=0, *", false),
            ("*;q=0", false),
            ("", false),
        ] {
            assert_eq!(accepts_gzip(&headers(&header::ACCEPT_ENCODING, &[value])), expected, "{value}");
        }
    }

    #[test]
    fn media_types_match_without_case_and_with_parameters() {
        for value in ["application/json", "APPLICATION/JSON; charset=utf-8", "application/json;charset=\"UTF-8\"; x=y"]
        {
            assert!(takes(&headers(&header::CONTENT_TYPE, &[value]), JSON).is_ok(), "{value}");
        }
        assert!(takes(&headers(&header::CONTENT_TYPE, &["application/merge-patch+json"]), PATCH).is_ok());
    }

    #[test]
    fn other_media_types_are_415() {
        for value in [
            "text/plain",
            "application/json-patch+json",
            "application/vnd.api+json",
            "application/merge-patch+json",
            "application/json; charset=iso-8859-1",
            "",
            "é",
        ] {
            let mut map = HeaderMap::new();
            map.insert(header::CONTENT_TYPE, http::HeaderValue::from_bytes(value.as_bytes()).unwrap());
            assert_eq!(takes(&map, JSON).unwrap_err().status(), 415, "{value}");
        }
        assert_eq!(takes(&HeaderMap::new(), JSON).unwrap_err().status(), 415);
        let twice = headers(&header::CONTENT_TYPE, &["application/json", "application/json"]);
        assert_eq!(takes(&twice, JSON).unwrap_err().status(), 415);
    }

    #[test]
    fn a_coding_is_415() {
        let mut map = headers(&header::CONTENT_TYPE, &["application/json"]);
        map.insert(header::CONTENT_ENCODING, "identity".parse().unwrap());
        assert!(takes(&map, JSON).is_ok());
        map.insert(header::CONTENT_ENCODING, "gzip".parse().unwrap());
        let error = takes(&map, JSON).unwrap_err();
        assert_eq!(error.status(), 415);
        assert_eq!(error.headers[0].0, header::ACCEPT_ENCODING);
    }

    #[test]
    fn a_refused_patch_says_what_is_taken() {
        let error = takes(&headers(&header::CONTENT_TYPE, &["application/xml"]), PATCH).unwrap_err();
        assert_eq!(error.headers, [(ACCEPT_PATCH_NAME, ACCEPT_PATCH.parse().unwrap())]);
    }
}
