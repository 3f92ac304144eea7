//! Names made of a resource's name and path: operation ids, tags, and the words of summaries.

use super::Mounted;
use crate::resource::Operation;

/// The last segment of the path that is no parameter: `books` of `authors/{id}/books`.
pub(super) fn tag(mounted: &Mounted) -> &'static str {
    mounted.meta.path.split('/').rev().find(|it| !it.is_empty() && !it.starts_with('{')).unwrap_or(mounted.meta.path)
}

/// `BookReviews` of `book-reviews`.
pub(super) fn pascal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.is_empty()) {
        let mut chars = word.chars();
        out.extend(chars.next().into_iter().flat_map(char::to_uppercase));
        out.extend(chars);
    }
    out
}

/// `book review` of `BookReview` and of `book-reviews` (which stays plural).
pub(super) fn words(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 4);
    let mut last_was_lower = false;
    for it in text.chars() {
        if !it.is_alphanumeric() {
            out.push(' ');
        } else if it.is_uppercase() && last_was_lower {
            out.push(' ');
            out.extend(it.to_lowercase());
        } else {
            out.extend(it.to_lowercase());
        }
        last_was_lower = it.is_lowercase() || it.is_numeric();
    }
    out
}

/// `listBooks`, `getBook`, …; `suffix` tells versions of an API apart.
pub(super) fn operation_id(mounted: &Mounted, operation: Operation, suffix: &str) -> String {
    if let Some(id) = mounted.doc(operation).id {
        return id.into_owned();
    }
    let one = pascal(mounted.meta.name);
    let many = pascal(tag(mounted));
    let base = match operation {
        Operation::List => format!("list{many}"),
        Operation::Get => format!("get{one}"),
        Operation::Create => format!("create{one}"),
        Operation::Replace => format!("replace{one}"),
        Operation::Update => format!("update{one}"),
        Operation::Delete => format!("delete{one}"),
        Operation::BulkCreate => format!("bulkCreate{many}"),
        Operation::BulkUpdate => format!("bulkUpdate{many}"),
        Operation::BulkDelete => format!("bulkDelete{many}"),
        Operation::Restore => format!("restore{one}"),
        // `updateStaff` is one of the staff already.
        Operation::UpdateMany if one == many => format!("updateMany{many}"),
        Operation::UpdateMany => format!("update{many}"),
        Operation::DeleteMany if one == many => format!("deleteMany{many}"),
        Operation::DeleteMany => format!("delete{many}"),
    };
    base + suffix
}

/// What an operation does, in one line.
pub(super) fn summary(mounted: &Mounted, operation: Operation) -> String {
    let one = words(mounted.meta.name);
    let many = words(tag(mounted));
    match operation {
        Operation::List => format!("List {many}"),
        Operation::Get => format!("Get one {one}"),
        Operation::Create => format!("Create one {one}"),
        Operation::Replace => format!("Replace one {one}"),
        Operation::Update => format!("Update one {one}"),
        Operation::Delete => format!("Delete one {one}"),
        Operation::BulkCreate => format!("Create many {many}"),
        Operation::BulkUpdate => format!("Update many {many}"),
        Operation::BulkDelete => format!("Delete many {many}"),
        Operation::Restore => format!("Restore one {one}"),
        Operation::UpdateMany => format!("Update all {many} that conditions hold for"),
        Operation::DeleteMany => format!("Delete all {many} that conditions hold for"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::ResourceMeta;
    use crate::testing::BOOK;

    static STAFF: &ResourceMeta = &ResourceMeta::new("Staff", "staff", "staff", &[]);

    #[test]
    fn ids_follow_from_the_type_and_the_path() {
        let book = Mounted::new(BOOK, "/api/v1");
        assert_eq!(operation_id(&book, Operation::List, ""), "listBooks");
        assert_eq!(operation_id(&book, Operation::Replace, ""), "replaceBook");
        assert_eq!(operation_id(&book, Operation::BulkDelete, "V2"), "bulkDeleteBooksV2");
        assert_eq!(operation_id(&book, Operation::UpdateMany, ""), "updateBooks");
        let staff = Mounted::new(STAFF, "");
        let ids = [Operation::Update, Operation::UpdateMany, Operation::Delete, Operation::DeleteMany];
        let ids = ids.map(|it| operation_id(&staff, it, ""));
        assert_eq!(ids, ["updateStaff", "updateManyStaff", "deleteStaff", "deleteManyStaff"]);
    }

    #[test]
    fn words_are_cut_where_their_writer_meant() {
        for (text, expected) in [
            ("BookReview", "book review"),
            ("book-reviews", "book reviews"),
            ("HTTPLog", "httplog"),
            ("Book2Go", "book2 go"),
        ] {
            assert_eq!(words(text), expected);
        }
        assert_eq!(pascal("book_reviews"), "BookReviews");
        assert_eq!(pascal("BookReview"), "BookReview");
    }
}
