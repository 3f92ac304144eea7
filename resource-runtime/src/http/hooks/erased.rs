use std::marker::PhantomData;
use std::sync::Arc;

use super::{Change, HookContext, Hooks, Input, RequestContext};
use crate::error::ApiError;
use crate::field::Value;
use crate::input::{self, Draft};
use crate::resource::{Record, Resource};
use crate::store::{BoxFuture, of_record};

/// What a hook gives, in a box.
type Answer<'a, T> = BoxFuture<'a, Result<T, ApiError>>;
/// What a hook has changed in a row.
type Changes = Vec<(usize, Value)>;

/// Hooks without the type of their resource, so that handlers have none either.
pub(in crate::http) trait Erased: Send + Sync {
    fn input<'a>(&'a self, cx: HookContext<'a>, draft: Draft) -> Answer<'a, Draft>;

    fn before_create<'a>(&'a self, cx: HookContext<'a>, row: &'a Record) -> Answer<'a, Changes>;

    fn before_update<'a>(&'a self, cx: HookContext<'a>, old: &'a Record, new: &'a Record) -> Answer<'a, Changes>;

    fn before_delete<'a>(&'a self, cx: HookContext<'a>, row: &'a Record) -> Answer<'a, ()>;

    fn after<'a>(&'a self, cx: HookContext<'a>, change: &'a Change<Record>) -> Answer<'a, ()>;

    fn committed(self: Arc<Self>, request: Arc<RequestContext>, change: Change<Record>) -> Answer<'static, ()>;
}

/// Hooks for the resource `R`.
pub(in crate::http) struct Typed<R, H> {
    hooks: H,
    marker: PhantomData<fn() -> R>,
}

impl<R: Resource, H: Hooks<R>> Typed<R, H> {
    pub(in crate::http) fn erased(hooks: H) -> Arc<dyn Erased> {
        Arc::new(Self { hooks, marker: PhantomData })
    }
}

impl<R: Resource, H: Hooks<R>> Erased for Typed<R, H> {
    fn input<'a>(&'a self, mut cx: HookContext<'a>, draft: Draft) -> Answer<'a, Draft> {
        Box::pin(async move {
            let mut input = Input { draft, marker: PhantomData };
            self.hooks.input(&mut cx, &mut input).await?;
            Ok(input.draft)
        })
    }

    fn before_create<'a>(&'a self, mut cx: HookContext<'a>, row: &'a Record) -> Answer<'a, Changes> {
        Box::pin(async move {
            let (before, mut row) = twice::<R>(row)?;
            self.hooks.before_create(&mut cx, &mut row).await?;
            input::difference(R::META, &before, row.into_values())
        })
    }

    fn before_update<'a>(&'a self, mut cx: HookContext<'a>, old: &'a Record, new: &'a Record) -> Answer<'a, Changes> {
        Box::pin(async move {
            let old = of_record::<R>(old.clone())?;
            let (before, mut new) = twice::<R>(new)?;
            self.hooks.before_update(&mut cx, &old, &mut new).await?;
            input::difference(R::META, &before, new.into_values())
        })
    }

    fn before_delete<'a>(&'a self, mut cx: HookContext<'a>, row: &'a Record) -> Answer<'a, ()> {
        Box::pin(async move {
            let row = of_record::<R>(row.clone())?;
            self.hooks.before_delete(&mut cx, &row).await
        })
    }

    fn after<'a>(&'a self, mut cx: HookContext<'a>, change: &'a Change<Record>) -> Answer<'a, ()> {
        Box::pin(async move {
            match typed::<R>(change.clone())? {
                Change::Created(row) => self.hooks.after_create(&mut cx, &row).await,
                Change::Updated { old, new } => self.hooks.after_update(&mut cx, &old, &new).await,
                Change::Deleted(row) => self.hooks.after_delete(&mut cx, &row).await,
            }
        })
    }

    fn committed(self: Arc<Self>, request: Arc<RequestContext>, change: Change<Record>) -> Answer<'static, ()> {
        Box::pin(async move { self.hooks.committed(&request, &typed::<R>(change)?).await })
    }
}

/// A row as a struct to change, and its values before that. They are the struct's: a field of JSON
/// text may be written otherwise in the record.
fn twice<R: Resource>(record: &Record) -> Result<(Vec<Value>, R), ApiError> {
    Ok((of_record::<R>(record.clone())?.into_values(), of_record(record.clone())?))
}

fn typed<R: Resource>(change: Change<Record>) -> Result<Change<R>, ApiError> {
    Ok(match change {
        Change::Created(row) => Change::Created(of_record(row)?),
        Change::Updated { old, new } => Change::Updated { old: of_record(old)?, new: of_record(new)? },
        Change::Deleted(row) => Change::Deleted(of_record(row)?),
    })
}
