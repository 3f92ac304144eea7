//! Paths: their escapes, and what of them goes into answers.

use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{MatchedPath, RawPathParams};
use http::Uri;
use http::request::Parts;

use crate::error::{ApiError, ErrorCode, Problem};
use crate::field::{Kind, Value};
use crate::input::{encode_segment, is_unreserved, segment_of};

/// The parameters of a path, as far as they could be decoded.
pub(super) type Params = Result<RawPathParams, RawPathParamsRejection>;

/// The last segment of a path, decoded.
pub(super) fn last_segment(path: &str) -> Result<String, ApiError> {
    let path = path.strip_suffix('/').unwrap_or(path);
    let segment = path.rsplit('/').next().unwrap_or(path);
    let invalid = || {
        let detail = "has a `%` that starts no escape of UTF-8";
        ApiError::new(ErrorCode::BAD_REQUEST).detail(format!("the path {detail}")).problem(Problem::parameter(
            "id",
            "invalid_encoding",
            detail,
        ))
    };
    let bytes = decode(segment, |_| true).ok_or_else(invalid)?;
    String::from_utf8(bytes).map_err(|_| invalid())
}

/// A path without its last segment.
pub(super) fn without_last(path: &str) -> &str {
    let path = path.strip_suffix('/').unwrap_or(path);
    path.rsplit_once('/').map_or("", |(before, _)| before)
}

/// Undoes the escapes of the bytes that `which` chooses; `None` where a `%` starts no escape.
fn decode(text: &str, which: impl Fn(u8) -> bool) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let (digits, after) = rest.split_at_checked(2)?;
        let digits = std::str::from_utf8(digits).ok().filter(|it| it.bytes().all(|it| it.is_ascii_hexdigit()))?;
        let decoded = u8::from_str_radix(digits, 16).ok()?;
        if which(decoded) {
            out.push(decoded);
        } else {
            out.push(b'%');
            out.extend_from_slice(digits.as_bytes());
        }
        rest = after;
    }
    Some(out)
}

/// The same address without needless escapes (RFC 3986, section 6.2.2.2), so that `/books/%31` is
/// `/books/1` to the router too; `None` where it is in that form already.
///
/// # Errors
///
/// 400 where a `%` starts no escape.
pub(super) fn normalized(uri: &Uri) -> Result<Option<Uri>, ApiError> {
    if !uri.path().contains('%') {
        return Ok(None);
    }
    let invalid = || ApiError::new(ErrorCode::BAD_REQUEST).detail("the path has a `%` that starts no escape");
    let mut target = decode(uri.path(), is_unreserved).ok_or_else(invalid)?;
    if target.len() == uri.path().len() {
        return Ok(None);
    }
    if let Some(query) = uri.query() {
        target.push(b'?');
        target.extend_from_slice(query.as_bytes());
    }
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(target.try_into().map_err(|_| invalid())?);
    Uri::from_parts(parts).map(Some).map_err(|_| invalid())
}

/// The path of a mounted collection as this request reached it, whatever it is nested in.
///
/// It is put together from the router's template and the parameters, because axum cuts the
/// prefix off the request's path where routers are nested.
pub(super) fn collection(parts: &Parts, params: &Params, on_item: bool) -> String {
    let template = parts.extensions.get::<MatchedPath>().map_or_else(|| parts.uri.path(), MatchedPath::as_str);
    let template = template.strip_suffix('/').unwrap_or(template);
    let template = match template.rsplit_once('/') {
        Some((before, _)) if on_item => before,
        _ => template,
    };
    if !template.contains('{') {
        return template.to_owned();
    }
    let mut path = String::with_capacity(template.len());
    for segment in template.split('/').skip(1) {
        path.push('/');
        let name = segment.strip_prefix('{').and_then(|it| it.strip_suffix('}'));
        let value = name.and_then(|name| params.as_ref().ok()?.iter().find(|(key, _)| *key == name));
        match value {
            Some((_, value)) => encode_segment(value, &mut path),
            None => path.push_str(segment),
        }
    }
    path
}

/// The path of one row.
pub(super) fn item(collection: &str, id: &Value, kind: &Kind) -> String {
    format!("{collection}/{}", segment_of(id, kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(uri: &str, expected: Option<&str>) {
        let uri: Uri = uri.parse().unwrap();
        assert_eq!(normalized(&uri).unwrap().map(|it| it.to_string()).as_deref(), expected);
    }

    #[test]
    fn escapes_of_unreserved_characters_are_undone() {
        check("/books/%31", Some("/books/1"));
        check("/b%6Fo%6bs/%31?a=%31", Some("/books/1?a=%31"));
        check("http://host/books/%31", Some("http://host/books/1"));
    }

    #[test]
    fn other_escapes_stay() {
        check("/books/1", None);
        check("/books/a%2Fb%20c", None);
        check("/books/%C3%A9%61", Some("/books/%C3%A9a"));
    }

    #[test]
    fn a_broken_escape_is_400() {
        for path in ["/books/%", "/books/%4", "/books/%zz", "/books/%+1"] {
            assert_eq!(normalized(&path.parse().unwrap()).unwrap_err().status(), 400, "{path}");
            assert_eq!(last_segment(path).unwrap_err().status(), 400, "{path}");
        }
        assert_eq!(last_segment("/books/%ff").unwrap_err().status(), 400);
    }

    #[test]
    fn the_last_segment_is_decoded_whole() {
        assert_eq!(last_segment("/books/a%2Fb/").unwrap(), "a/b");
        assert_eq!(last_segment("/books/1").unwrap(), "1");
    }

    #[test]
    fn an_items_path_leads_back_to_its_id() {
        for id in ["a/b", "é?#", "plain", "%41", "a b"] {
            let path = item("/books", &Value::Text(id.to_owned()), &Kind::Text);
            assert_eq!(path.matches('/').count(), 2, "{path}");
            assert_eq!(last_segment(&path).unwrap(), id);
        }
        assert_eq!(item("/books", &Value::Int(7), &Kind::Int(crate::field::IntKind::I64)), "/books/7");
    }
}
