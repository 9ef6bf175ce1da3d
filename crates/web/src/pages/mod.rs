//! The pages, one module for each kind of thing. A page is a struct beside its handler.

use axum::Router;

use crate::portal::Portal;
use crate::routes::Route;

mod about;

/// Every address of the pages, by module.
pub(crate) const ROUTES: &[&[Route]] = &[about::ROUTES];

/// Adds every page to the router.
pub(crate) fn add(router: Router<Portal>) -> Router<Portal> {
    about::add(router)
}

/// Adds the addresses that answer with content instead of a page.
pub(crate) fn add_content(router: Router<Portal>) -> Router<Portal> {
    router
}
