//! The pages, one module for each kind of thing. A page is a struct beside its handler.

use axum::Router;

use crate::portal::Portal;
use crate::routes::Route;

mod about;
mod accounts;
mod operations;
mod people;
mod sign_in;
mod you;

/// Every address of the pages, by module.
pub(crate) const ROUTES: &[&[Route]] = &[
    about::ROUTES,
    accounts::ROUTES,
    operations::ROUTES,
    people::ROUTES,
    sign_in::ROUTES,
    you::ROUTES,
];

/// Adds every page to the router.
pub(crate) fn add(router: Router<Portal>) -> Router<Portal> {
    let router = about::add(router);
    let router = accounts::add(router);
    let router = operations::add(router);
    let router = people::add(router);
    let router = sign_in::add(router);
    let router = you::add(router);
    router
}

/// Adds the addresses that answer with content instead of a page.
pub(crate) fn add_content(router: Router<Portal>) -> Router<Portal> {
    router
}
