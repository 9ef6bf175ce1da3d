//! Libraries, and the documents and folders in them.

mod bin;
pub(super) mod bundle;
mod chosen;
mod columns;
mod confirm;
mod edit;
mod list;
mod moving;
mod of_site;
mod parts;
mod properties;
mod publish;
mod query;
mod relocate;
mod stopped;
mod views;

use crate::routes::routes;

pub(super) use chosen::chosen_address;
pub(super) use confirm::ConfirmPage;
pub(crate) use parts::Exposure;
pub(super) use parts::{Place, When, crumbs as parts_crumbs, folder_named, library_address};
pub(super) use properties::said_of;
pub(crate) use stopped::Stopped;

/// Why a reader may not, in the words of the rule.
pub(super) const CHANGERS: &str =
    "You can read this, and only contributors and owners can change it";
/// Why a contributor may not, in the words of the rule.
pub(super) const OWNERS: &str = "Only an owner can do this";

routes! {
    get "/sites/{id}/documents" => of_site::show;
    get "/sites/{id}/libraries/new" => of_site::ask;
    post "/sites/{id}/libraries/new" => of_site::create;
    get "/libraries/{id}" => list::show;
    post "/libraries/{id}/selected" => list::selected;
    get "/libraries/{id}/edit" => edit::ask_library;
    post "/libraries/{id}/edit" => edit::library;
    get "/libraries/{id}/folders/new" => edit::ask_folder;
    post "/libraries/{id}/folders/new" => edit::folder;
    get "/items/{id}/rename" => edit::ask_name;
    post "/items/{id}/rename" => edit::rename;
    get "/libraries/{id}/move" => relocate::ask_where;
    post "/libraries/{id}/move" => relocate::relocate;
    get "/libraries/{id}/delete" => chosen::ask_delete;
    post "/libraries/{id}/delete" => chosen::delete;
    get "/libraries/{id}/publish" => publish::ask;
    post "/libraries/{id}/publish" => publish::decide;
    get "/libraries/{id}/list.csv" => list::file;
    get "/libraries/{id}/columns" => columns::list;
    get "/libraries/{id}/columns/new" => columns::ask;
    post "/libraries/{id}/columns/new" => columns::add;
    get "/libraries/{id}/columns/{column}/edit" => columns::ask_change;
    post "/libraries/{id}/columns/{column}/edit" => columns::change;
    post "/libraries/{id}/columns/{column}/place" => columns::place;
    get "/libraries/{id}/columns/{column}/end" => columns::ask_end;
    post "/libraries/{id}/columns/{column}/end" => columns::end;
    get "/libraries/{id}/views" => views::list;
    get "/libraries/{id}/views/new" => views::ask;
    post "/libraries/{id}/views/new" => views::save;
    get "/libraries/{id}/views/{view}/end" => views::ask_end;
    post "/libraries/{id}/views/{view}/end" => views::end;
    get "/libraries/{id}/fill-in" => properties::ask_many;
    post "/libraries/{id}/fill-in" => properties::fill_in_many;
    get "/documents/{id}/properties" => properties::ask;
    post "/documents/{id}/properties" => properties::fill_in;
    get "/libraries/{id}/bin" => bin::show;
    post "/libraries/{id}/bin/restore" => bin::restore;
}
