//! The suite that every store has to pass, one of your own too.
//!
//! It works on resources of its own, in tables of its own, and compares what the store answers with
//! what the descriptions demand: [`Filter::matches`](crate::query::Filter::matches) says which
//! rows match, a few lines of plain code how they are sorted and cut, and
//! [`Record::to_json`](crate::resource::Record::to_json) which bytes leave. So a store that passes
//! gives the same bytes as every other that does.
//!
//! Switch the feature `conformance` on for the tests of your crate, and give [`suite!`] a function
//! that makes a new, empty store. Every check becomes a test with a store of its own:
//!
//! ```
//! mod my_store {
//!     use resource_runtime::store::{Database, MemoryStore, conformance};
//!
//!     async fn make() -> Database {
//!         Database::new(MemoryStore::new())
//!     }
//!
//!     conformance::suite!(make);
//! }
//! ```
//!
//! Where a store has to be cleaned up, or may not be there (a database server that is not running),
//! the function gives a [`Fixture`], or an `Option` of one: `None` skips the check.
//!
//! The differential checks draw their cases from a seed. `CONFORMANCE_CASES` sets how many
//! there are, `CONFORMANCE_SEED` where they start; a failure names the seed that it came from.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unused_async,
    reason = "a suite of tests: it fails by panicking"
)]

mod bytes;
mod counts;
mod crud;
mod expected;
mod filters;
mod keysets;
mod pool;
mod races;
mod random;
mod rng;
mod scopes;
mod soft_deletes;
mod sorts;
#[cfg(test)]
mod statements;
mod subject;
mod transactions;
mod unique;
mod versions;
mod windows;
mod zoo;

use std::future::Future;
use std::panic::resume_unwind;

use super::{BoxFuture, Database};

pub use crate::conformance_suite as suite;

/// One behaviour that a store has to have.
#[derive(Clone, Copy)]
pub struct Check {
    /// Its topic and its name: `keysets::walks_survive_deletions`.
    pub name: &'static str,
    run: fn(Database) -> BoxFuture<'static, ()>,
}

impl std::fmt::Debug for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Check").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A new, empty store, with what is to be done when its check is over.
pub struct Fixture {
    database: Database,
    teardown: Option<BoxFuture<'static, ()>>,
}

impl Fixture {
    /// A store that nothing is left of.
    #[must_use]
    pub const fn new(database: Database) -> Self {
        Self { database, teardown: None }
    }

    /// With what is to be done when the check is over, passed or not; the store is closed by then.
    #[must_use]
    pub fn teardown(mut self, teardown: impl Future<Output = ()> + Send + 'static) -> Self {
        self.teardown = Some(Box::pin(teardown));
        self
    }

    /// Runs a check, and gives what it panicked with.
    async fn run(self, check: Check) -> std::thread::Result<()> {
        let done = tokio::spawn((check.run)(self.database.clone())).await;
        self.database.close().await;
        if let Some(teardown) = self.teardown {
            teardown.await;
        }
        done.map_err(|error| match error.try_into_panic() {
            Ok(panic) => panic,
            Err(error) => Box::new(error.to_string()),
        })
    }
}

impl std::fmt::Debug for Fixture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fixture").field("database", &self.database).finish_non_exhaustive()
    }
}

impl From<Database> for Fixture {
    fn from(database: Database) -> Self {
        Self::new(database)
    }
}

impl From<Database> for Option<Fixture> {
    fn from(database: Database) -> Self {
        Some(Fixture::new(database))
    }
}

/// Runs the check of this name on a new store; what the tests of [`suite!`] do.
///
/// # Panics
///
/// When the store does not pass, and when there is no such check.
pub fn check<M, F, T>(name: &str, make: M)
where
    M: FnOnce() -> F,
    F: Future<Output = T>,
    T: Into<Option<Fixture>>,
{
    let check = CHECKS.iter().find(|it| it.name == name).unwrap_or_else(|| panic!("there is no check `{name}`"));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let result = runtime.block_on(async {
        match make().await.into() {
            Some(fixture) => fixture.run(*check).await,
            None => Ok(()),
        }
    });
    if let Err(panic) = result {
        resume_unwind(panic);
    }
}

/// Runs every check, each on a new store, from inside a Tokio runtime. [`suite!`] makes tests of
/// them, which say more and run side by side; this is for where tests cannot be.
///
/// # Panics
///
/// When the store does not pass: once, after all of them, with the names of those that failed.
pub async fn run<M, F, T>(make: M)
where
    M: Fn() -> F,
    F: Future<Output = T>,
    T: Into<Option<Fixture>>,
{
    let mut failures = Vec::new();
    for check in CHECKS {
        let Some(fixture) = make().await.into() else { continue };
        if let Err(panic) = fixture.run(*check).await {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it panicked");
            failures.push(format!("{}: {text}", check.name));
        }
    }
    assert!(failures.is_empty(), "{} of {} checks failed\n{}", failures.len(), CHECKS.len(), failures.join("\n"));
}

/// The one list of checks, given to another macro: a module per topic, a function per check.
#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_checks {
    ([$($callback:tt)*] $($arguments:tt)*) => {
        $($callback)*! {
            [$($arguments)*]
            crud {
                a_new_store_answers
                migrating_again_keeps_the_rows
                a_table_of_other_fields_is_drift
                an_insert_gives_the_row_and_keeps_it
                every_value_comes_back_as_it_was
                integer_identifiers_grow_and_are_never_given_twice
                identifiers_can_be_uuids_and_texts
                a_missing_row_is_missing_for_every_operation
                an_update_changes_what_it_names
                an_update_can_set_and_lift_null
                a_delete_gives_the_row_as_it_was
                long_text_is_kept_whole
                names_that_sql_reserves_are_names
            }
            versions {
                a_row_starts_with_the_version_it_is_given
                every_write_adds_one
                a_stale_version_changes_nothing
                the_right_version_writes
                a_missing_row_is_missing_rather_than_stale
            }
            unique {
                a_taken_value_names_its_field
                the_first_declared_of_several_taken_values_is_named
                a_taken_identifier_names_its_field
                values_taken_together_name_their_fields
                nulls_are_all_different
                text_is_unique_by_its_exact_form
                texts_of_any_length_are_unique
                decimals_are_unique_by_value
                an_update_onto_a_taken_value_changes_nothing
                an_update_to_its_own_value_is_none_of_its_business
                a_deleted_rows_values_are_free
            }
            filters {
                eq ne gt gte lt lte is_in nin contains starts_with ends_with ieq icontains is_null has_all has_any
                trees_have_two_values
                operands_of_other_kinds_match_nothing
                case_is_folded_in_every_script
                long_lists_are_compared_whole
            }
            sorts {
                every_kind_sorts_by_value
                text_sorts_by_code_point
                nulls_go_where_they_are_asked_to
                several_keys_sort_in_turn
            }
            windows {
                pages_put_together_are_the_whole
                a_window_past_the_end_is_empty
                an_offset_window_says_nothing_of_more
            }
            keysets {
                walks_meet_every_row_once_both_ways
                walks_meet_ties_and_nulls_once
                walks_go_on_from_places_without_a_row
                walks_survive_deletions_and_insertions
                edges_are_the_keys_of_the_first_and_last_row
            }
            counts {
                every_mode_counts_what_matches
                a_window_does_not_change_the_count
                capped_counts_stop_at_the_cap
            }
            scopes {
                reads_see_the_scope_only
                writes_outside_the_scope_meet_no_row
                a_write_cannot_push_a_row_out_of_its_scope
            }
            soft_deletes {
                deleted_rows_are_not_there
                values_of_deleted_rows_are_free
                a_row_comes_back_if_its_values_are_free
                deleted_rows_can_be_removed_for_good
                a_transaction_that_ends_in_nothing_deletes_nothing
            }
            bytes {
                json_is_that_of_the_records
                projections_choose_and_order_the_fields
                computed_fields_are_computed
            }
            races {
                one_of_two_writes_to_a_version_wins
                one_of_many_equal_inserts_wins
                simultaneous_inserts_get_identifiers_of_their_own
                one_of_many_deletes_wins
            }
            transactions {
                a_commit_is_seen_by_others_and_not_before
                a_transaction_that_writes_nothing_can_be_committed
                own_reads_see_own_writes
                every_value_passes_through
                what_is_dropped_leaves_no_trace
                a_task_that_is_cut_off_leaves_no_trace
                a_write_that_fails_undoes_only_itself
                places_nest
                places_can_be_many
                writes_answer_as_they_do_outside
                a_locked_row_does_not_change_underneath
                no_increment_under_a_lock_is_lost
                transactions_on_different_rows_all_finish
                transactions_that_cross_all_finish
                identifiers_after_a_rollback_are_free
            }
            random {
                queries_answer_as_the_reference_does
                walks_answer_as_the_reference_does
                writes_end_in_the_rows_of_the_reference
            }
        }
    };
}

macro_rules! table_of_checks {
    ([] $($topic:ident { $($check:ident)* })*) => {
        /// All checks.
        pub const CHECKS: &[Check] = &[$($(
            Check {
                name: concat!(stringify!($topic), "::", stringify!($check)),
                run: |database| Box::pin($topic::$check(database)),
            },
        )*)*];
    };
}

__conformance_checks!([table_of_checks]);

/// Makes a test of every check of the [suite](crate::store::conformance): the argument is an
/// `async` function without arguments that makes a new, empty store.
#[macro_export]
macro_rules! conformance_suite {
    ($make:expr) => {
        $crate::__conformance_checks!([$crate::__conformance_tests] $make);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_tests {
    ([$make:expr] $($topic:ident { $($check:ident)* })*) => {$(
        mod $topic {
            #[allow(unused_imports, reason = "the store may be made by an expression that names nothing")]
            use super::*;

            $(
                #[test]
                fn $check() {
                    $crate::store::conformance::check(concat!(stringify!($topic), "::", stringify!($check)), $make);
                }
            )*
        }
    )*};
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::MemoryStore;

    #[test]
    fn names_of_checks_are_unique() {
        let mut names: Vec<_> = CHECKS.iter().map(|it| it.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CHECKS.len());
    }

    #[tokio::test]
    async fn the_store_in_memory_passes_in_one_go() {
        run(async || Database::new(MemoryStore::new())).await;
    }

    #[tokio::test]
    async fn a_store_that_is_not_there_is_skipped() {
        run(async || None::<Fixture>).await;
    }
}
