//! The structs that a resource's models are, and what makes them models.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{GenericArgument, Ident, Path, PathArguments, PathSegment, Type, Visibility};

use super::doc_attrs;
use super::place::{Placed, implement, local, place};
use crate::model::{Form, Handle, Model, ModelField, Outline, Usage};

/// The structs themselves: they stand beside the user's.
pub(super) fn structs(outline: &Outline) -> TokenStream {
    outline.models.iter().map(|it| model_struct(it, &outline.vis, &outline.krate)).collect()
}

fn model_struct(model: &Model, vis: &Visibility, krate: &Path) -> TokenStream {
    let Model { ident: ident_of_model, usage: _, doc, fields } = model;
    let doc = doc_attrs(doc);
    let fields = fields.iter().map(|ModelField { vis, ident, ty, doc, slot: _, form }| {
        let doc = doc_attrs(doc);
        match form {
            Form::Whole | Form::Computed => {
                let ty = Placed::new(ty);
                let ty = ty.ty();
                quote!(#doc #vis #ident: #ty)
            }
            Form::Optional => {
                let update = update_of(ty, ident_of_model, krate);
                quote!(#doc #vis #ident: #update)
            }
        }
    });
    quote! {
        #doc
        #[allow(dead_code, unreachable_pub, clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction)]
        #vis struct #ident_of_model {
            #(#fields,)*
        }
    }
}

/// `Set<T>` or `Patch<T>`, as the user's type says.
///
/// A type that is no field has to give a type here too, or every mention of the model is an error
/// of its own. So the compiler is asked first whether it is one. Where that is plain to see, the
/// question is left out for the sake of those who read the model's documentation.
fn update_of(ty: &Type, model: &Ident, krate: &Path) -> TokenStream {
    if is_there_everywhere(ty) {
        return quote!(#krate::__private::UpdateOf<#ty>);
    }
    if is_plainly_a_field(ty) {
        return quote!(<#ty as #krate::__private::Ty>::Update);
    }
    let alias = Ident::new("__It", model.span());
    quote! {
        <[#ty; {
            use #krate::__private::NotAField as _;
            type #alias = #ty;
            #krate::__private::Probe::<#alias>::FIELDS
        }] as #krate::__private::Asked>::Update
    }
}

/// Whether it is a scalar of the runtime's, or an `Option` or `Vec` of one.
pub(super) fn is_plainly_a_field(ty: &Type) -> bool {
    const SCALARS: [&str; 5] = ["Decimal", "Uuid", "Timestamp", "Date", "Time"];
    is_there_everywhere(ty) || is_scalar_or_some(ty, &SCALARS)
}

/// Whether it is a scalar that needs no import, or an `Option` or `Vec` of one.
pub(super) fn is_there_everywhere(ty: &Type) -> bool {
    const SCALARS: [&str; 11] = ["bool", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "f32", "f64", "String"];
    is_scalar_or_some(ty, &SCALARS)
}

fn is_scalar_or_some(ty: &Type, scalars: &[&str]) -> bool {
    fn path(ty: &Type) -> Option<&PathSegment> {
        match ty {
            Type::Path(it) if it.qself.is_none() => it.path.segments.last(),
            _ => None,
        }
    }
    let is_scalar = |it: &PathSegment| it.arguments.is_none() && scalars.iter().any(|name| it.ident == name);
    let Some(outer) = path(ty) else { return false };
    match &outer.arguments {
        PathArguments::AngleBracketed(it) if outer.ident == "Option" || outer.ident == "Vec" => match it.args.first() {
            Some(GenericArgument::Type(it)) => path(it).is_some_and(is_scalar),
            _ => false,
        },
        _ => is_scalar(outer),
    }
}

/// What makes a struct a model of the resource.
pub(super) fn model_impls(model: &Model, resource: &Ident) -> TokenStream {
    let Model { ident, usage, doc: _, fields } = model;
    let values = local("__it");
    let usage = self::usage(*usage);
    let taken = fields.iter().map(|ModelField { ident, ty, slot, form, .. }| {
        let (ty, slot) = (Placed::new(ty), Literal::usize_unsuffixed(*slot));
        let method = if *form == Form::Optional { "__take_update" } else { "__take" };
        let (call, question) = (ty.call(method, &quote!(#values, #slot)), ty.question());
        ty.field(ident, &quote!(#call #question))
    });
    let given = fields.iter().map(|ModelField { ident, ty, slot, form, .. }| {
        let (ty, slot) = (Placed::new(ty), Literal::usize_unsuffixed(*slot));
        let method = if *form == Form::Optional { "__give_update" } else { "__give" };
        ty.call_with(method, &quote!(#values, #slot,), &quote!(&self.#ident))
    });
    let common = common_impls(model);
    let implement = implement(ident);
    quote! {
        #implement _rt::Model for #ident {
            const RESOURCE: &'static _rt::ResourceMeta = _rt::meta::<#resource>();
            const USAGE: _rt::Usage = #usage;

            fn from_values(#values: &mut _rt::Values) -> _rt::ValueResult<Self> {
                _rt::Ok(Self { #(#taken,)* })
            }

            fn to_values(&self) -> _rt::Values {
                let #values = &mut _rt::Values::of_model::<Self>();
                #(#given;)*
                _rt::std::mem::take(#values)
            }
        }
        #common
    }
}

/// What makes a model a value like any other: most of it the runtime does for all models alike.
pub(super) fn common_impls(model: &Model) -> TokenStream {
    let Model { ident, usage, doc: _, fields } = model;
    let it = local("__s");
    let clone = clone_impl(ident, fields);
    let default = (*usage == Usage::Update).then(|| default_impl(ident, fields));
    quote! {
        impl _rt::Serialize for #ident {
            fn serialize<S: _rt::Serializer>(&self, #it: S) -> _rt::Result<S::Ok, S::Error> {
                _rt::model::serialize(self, #it)
            }
        }
        impl<'a> _rt::Deserialize<'a> for #ident {
            fn deserialize<D: _rt::Deserializer<'a>>(#it: D) -> _rt::Result<Self, D::Error> {
                _rt::model::deserialize(#it)
            }
        }
        impl _rt::fmt::Debug for #ident {
            fn fmt(&self, #it: &mut _rt::Formatter<'_>) -> _rt::fmt::Result {
                _rt::model::debug(self, #it)
            }
        }
        #clone
        #default
    }
}

/// An update that says nothing, for `BookUpdate { title, ..Default::default() }`.
fn default_impl(ident: &Ident, fields: &[ModelField]) -> TokenStream {
    let fields = fields.iter().map(|ModelField { ident, ty, .. }| {
        let ty = Placed::new(ty);
        ty.field(ident, &ty.call("__absent", &TokenStream::new()))
    });
    let implement = implement(ident);
    quote! {
        #implement _rt::core::default::Default for #ident {
            fn default() -> Self {
                Self { #(#fields,)* }
            }
        }
    }
}

/// Not derived: the derive would ask for more of the fields' types, at places of its own.
fn clone_impl(ident: &Ident, fields: &[ModelField]) -> TokenStream {
    let fields = fields.iter().map(|ModelField { ident, ty, form, .. }| {
        let ty = Placed::new(ty);
        let method = if *form == Form::Optional { "__clone_update" } else { "__clone" };
        let call = ty.call_with(method, &TokenStream::new(), &quote!(&self.#ident));
        ty.field(ident, &call)
    });
    let implement = implement(ident);
    quote! {
        #implement _rt::core::clone::Clone for #ident {
            fn clone(&self) -> Self {
                Self { #(#fields,)* }
            }
        }
    }
}

pub(super) fn usage(usage: Usage) -> TokenStream {
    match usage {
        Usage::Create => quote!(_rt::Usage::Create),
        Usage::Update => quote!(_rt::Usage::Update),
        Usage::Response => quote!(_rt::Usage::Response),
        Usage::View(index) => {
            let index = Literal::usize_unsuffixed(index);
            quote!(_rt::Usage::View(#index))
        }
    }
}

/// The models as the resource's associated types. `list` is the position of the view that lists answer with.
pub(super) fn associated(outline: &Outline, id: &TokenStream, list: Option<usize>) -> TokenStream {
    let types = outline.models.iter().filter_map(|it| {
        let name = match it.usage {
            Usage::Create => "Create",
            Usage::Update => "Update",
            Usage::Response => "Response",
            Usage::View(_) => return None,
        };
        let (name, ident) = (format_ident!("{name}"), &it.ident);
        Some(quote!(type #name = #ident;))
    });
    let list = list.map_or(Usage::Response, Usage::View);
    let list = outline.models.iter().filter(|it| it.usage == list).map(|it| &it.ident);
    quote!(type Id = #id; #(#types)* #(type List = #list;)*)
}

/// `Book::TITLE` and so on.
pub(super) fn handles(outline: &Outline) -> TokenStream {
    let resource = &outline.ident;
    let handles = outline.handles.iter().map(|Handle { vis, ident, field, slot, ty }| {
        let slot = Literal::usize_unsuffixed(*slot);
        let doc = format!(" The field `{field}`, for queries in Rust.");
        // At the field, where a constant of the same name is a mistake.
        let handle = quote_spanned! {place(ident.span())=>
            #[doc = #doc]
            #vis const #ident: _rt::Field<Self, #ty, #slot> = _rt::field();
        };
        (has_arguments(ty) && !is_there_everywhere(ty), handle)
    });
    // See `aliases`: of a type that is the argument of another the compiler may suggest a parameter, of others not.
    let implement = implement(resource);
    let (plain, nested): (Vec<_>, Vec<_>) = handles.partition(|(nested, _)| !nested);
    let block = |implement, handles: Vec<(bool, TokenStream)>| {
        let handles = handles.into_iter().map(|(_, it)| it);
        (handles.len() > 0).then(|| quote!(#implement #resource { #(#handles)* }))
    };
    let (plain, nested) = (block(quote!(impl), plain), block(implement, nested));
    quote!(#plain #nested)
}

/// Whether it has arguments: `Option<String>`.
pub(super) fn has_arguments(ty: &Type) -> bool {
    matches!(ty, Type::Path(it) if it.path.segments.iter().any(|it| !it.arguments.is_none()))
}
