//! The pages, one module for each kind of thing. A page is a struct beside its handler.

use axum::Router;

use crate::portal::Portal;
use crate::routes::Route;

mod about;
mod access;
mod accounts;
mod app_passwords;
mod assurance;
mod documents;
mod home;
mod keeping;
mod legal_holds;
mod libraries;
mod notices;
mod operations;
mod people;
mod publishing;
#[path = "assurance/rulebooks.rs"]
mod rulebooks;
mod says;
mod sign_in;
mod sites;
mod tokens;
mod trail;
mod uploads;
mod you;

pub(crate) use documents::Meanwhile;
pub(crate) use libraries::{Exposure, Stopped};

/// Every address of the pages, by module.
pub(crate) const ROUTES: &[&[Route]] = &[
    about::ROUTES,
    access::ROUTES,
    accounts::ROUTES,
    app_passwords::ROUTES,
    assurance::ROUTES,
    assurance::export::ROUTES,
    documents::ROUTES,
    documents::content::ROUTES,
    home::ROUTES,
    keeping::ROUTES,
    legal_holds::ROUTES,
    libraries::ROUTES,
    libraries::bundle::ROUTES,
    notices::ROUTES,
    operations::ROUTES,
    people::ROUTES,
    rulebooks::ROUTES,
    publishing::ROUTES,
    says::ROUTES,
    sign_in::ROUTES,
    sites::ROUTES,
    tokens::ROUTES,
    trail::ROUTES,
    trail::export::ROUTES,
    uploads::ROUTES,
    uploads::tus::ROUTES,
    uploads::waiting::ROUTES,
    you::ROUTES,
];

/// Adds every page to the router.
pub(crate) fn add(router: Router<Portal>) -> Router<Portal> {
    let router = about::add(router);
    let router = access::add(router);
    let router = accounts::add(router);
    let router = app_passwords::add(router);
    let router = assurance::add(router);
    let router = documents::add(router);
    let router = home::add(router);
    let router = keeping::add(router);
    let router = legal_holds::add(router);
    let router = publishing::add(router);
    let router = libraries::add(router);
    let router = notices::add(router);
    let router = operations::add(router);
    let router = people::add(router);
    let router = rulebooks::add(router);
    let router = says::add(router);
    let router = sign_in::add(router);
    let router = sites::add(router);
    let router = tokens::add(router);
    let router = trail::add(router);
    let router = uploads::add(router);
    let router = uploads::tus::add(router);
    let router = uploads::waiting::add(router);
    you::add(router)
}

/// Adds the addresses that answer with content instead of a page.
pub(crate) fn add_content(router: Router<Portal>) -> Router<Portal> {
    let router = documents::content::add(router);
    let router = libraries::bundle::add(router);
    let router = assurance::export::add(router);
    trail::export::add(router)
}
