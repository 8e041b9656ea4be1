//! Forms as browsers send them without any script.

use axum::extract::Query;
use axum::http::Uri;

/// The fields of a form, which is spelt as the query of an address; `None` when it is not.
pub(crate) fn fields(body: &[u8]) -> Option<Vec<(String, String)>> {
    let address: Uri = format!("/?{}", std::str::from_utf8(body).ok()?).parse().ok()?;
    let Query(fields) = Query::<Vec<(String, String)>>::try_from_uri(&address).ok()?;
    Some(fields)
}

/// One field of a form.
pub(crate) fn field(body: &[u8], name: &str) -> Option<String> {
    fields(body)?.into_iter().find(|(field, _)| field == name).map(|(_, value)| value)
}
