//! A document: its facts and versions, and the work that one person at a time does on it.

mod check_in;
mod check_out;
mod compare;
pub(super) mod content;
mod kind;
mod meanwhile;
mod new_version;
mod notices;
mod origins;
mod page;
mod preview;
mod versions;

pub(super) use kind::kind;
pub(crate) use meanwhile::Meanwhile;

use crate::routes::routes;

routes! {
    get "/documents/{id}" => page::show;
    get "/documents/{id}/preview" => preview::show;
    get "/documents/{id}/compare" => compare::show;
    get "/documents/{id}/versions/{number}/restore" => versions::ask_restore;
    post "/documents/{id}/versions/{number}/restore" => versions::restore;
    get "/documents/{id}/upload" => new_version::ask;
    post "/documents/{id}/upload" => new_version::receive;
    get "/documents/{id}/check-out" => check_out::ask;
    post "/documents/{id}/check-out" => check_out::take;
    post "/documents/{id}/renew" => check_out::renew;
    get "/documents/{id}/release" => check_out::ask_release;
    post "/documents/{id}/release" => check_out::release;
    get "/documents/{id}/discard" => check_out::ask_discard;
    post "/documents/{id}/discard" => check_out::discard;
    get "/documents/{id}/work" => check_in::ask_work;
    post "/documents/{id}/work" => check_in::save_work;
    get "/documents/{id}/check-in" => check_in::ask;
    post "/documents/{id}/check-in" => check_in::check_in;
}
