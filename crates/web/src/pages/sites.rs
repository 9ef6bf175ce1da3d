//! Sites: the list of mine, a new one, the overview, the people in it.

mod edit;
mod list;
mod overview;
mod people;

use crate::routes::routes;

routes! {
    get "/sites" => list::show;
    get "/sites/new" => edit::ask_new;
    post "/sites/new" => edit::create;
    get "/sites/{id}" => overview::show;
    get "/sites/{id}/edit" => edit::ask;
    post "/sites/{id}/edit" => edit::save;
    get "/sites/{id}/people" => people::show;
}
