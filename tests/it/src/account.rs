//! Fields whose names and forms on the wire are not those of Rust.

use resource_runtime::prelude::*;

use crate::Client;

/// Where letters go.
#[derive(Debug, Clone, PartialEq, ResourceObject)]
#[resource(rename_all = "camelCase")]
pub struct Address {
    /// The street and the number.
    #[validate(length(min = 1, max = 80))]
    pub street_line: String,
    /// Five digits.
    #[resource(rename = "zip")]
    #[validate(length(equal = 5))]
    pub zip_code: String,
}

/// Somebody with money.
#[derive(Debug, Clone, Resource)]
#[resource(
    rename_all = "camelCase",
    view(Card: id, display_name, kind, is_new), list = Card,
    computed(is_new: bool),
    sort = "-display_name",
    unique(display_name, kind),
    index(kind, created_at),
)]
pub struct Account {
    /// Counted up.
    #[resource(id)]
    pub id: i64,
    /// What people read.
    #[resource(search, sort, filter(eq, icontains, in = "names"))]
    #[validate(length(min = 1, max = 80))]
    pub display_name: String,
    /// A word that Rust keeps for itself.
    #[resource(rename = "type", sort, filter(eq, ne))]
    #[validate(length(max = 20))]
    pub kind: String,
    /// Where news go.
    #[resource(rename = "e-mail", unique, filter(ieq, is_null))]
    #[validate(email)]
    pub mail: Option<String>,
    /// The same again.
    #[resource(write_only)]
    #[validate(must_match(other = "mail"))]
    pub mail_again: Option<String>,
    /// What they have.
    #[resource(as_string, default = 0, sort, filter(eq, gte, in), example = 12.50)]
    #[validate(range(min = -1000, exclusive_max = 1000000))]
    pub balance: Decimal,
    /// What they may owe.
    #[resource(as_string, filter(lt, is_null))]
    pub credit: Option<i64>,
    /// What is sent to them is signed with it.
    #[resource(write_only, default = Secret::new("not-the-best-key".to_owned()))]
    #[validate(length(min = 8), does_not_contain = " ")]
    pub signing_key: Secret<String>,
    /// For the telephone.
    #[resource(write_only)]
    #[validate(range(min = 1000, max = 9999))]
    pub pin: Option<Secret<i32>>,
    /// The same again.
    #[resource(write_only)]
    #[validate(must_match(other = "pin"))]
    pub pin_again: Option<Secret<i32>>,
    /// Words about them.
    #[resource(default = ["new"], example = ["old", "rich"])]
    pub labels: Vec<String>,
    /// Where letters go.
    #[resource(example = Address { street_line: "1 Main St".to_owned(), zip_code: "12345".to_owned() })]
    pub home_address: Option<Address>,
    /// When it was opened.
    #[resource(created_at, sort)]
    pub created_at: Timestamp,
}

impl Account {
    fn is_new(&self) -> bool {
        Timestamp::now().duration_since(self.created_at) < SignedDuration::from_hours(1)
    }
}

impl Client {
    /// Accounts on a store.
    pub async fn accounts(store: &Database) -> Self {
        store.migrate::<Account>().await.unwrap();
        let api = Api::new("Accounts", "1.0.0").nest("/api/v1", |v1| v1.resource(Account::on(store)));
        Self::of(api.build().unwrap())
    }
}
