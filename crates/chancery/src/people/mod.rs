//! Organisations, people and teams: who somebody is, whom they may know of, how they sign in.
//!
//! The order to read it in: `nouns` (what pages show), `actions` (what can be done),
//! `sign_in` and `sessions` (from a password to an [`Actor`](crate::kernel::Actor)), `links`,
//! `tokens` (the same for programs) and `app_passwords` (for file clients), `directory` (the fence), `accounts` and `offices` (what coordinators and operators do),
//! `organisations`, `teams`. Rules are in `rules` and `passwords`, names in `text`.
//!
//! **Invariant:** a person knows only of the people of organisations with whom they share a place,
//! and of those they look after. Whoever acted on a thing is named to everybody who sees it.
//!
//! **Invariant:** whether an e-mail address has an account, and whether that account can be used,
//! cannot be told from an answer at the door or from the time it takes.
//!
//! For other capabilities: `person_columns!`, `person_joins!` and `author!` name people in
//! their SQL, and `text` says what a name may be.

mod accounts;
mod actions;
mod app_passwords;
mod device;
mod directory;
mod forms;
mod hashing;
mod line;
mod links;
mod nouns;
mod offices;
mod organisations;
mod passwords;
mod rules;
mod sessions;
mod sign_in;
mod sql;
mod teams;
#[cfg(test)]
mod tests;
pub(crate) mod text;
mod throttle;
mod token;
mod tokens;

pub use accounts::{
    account, coordination, coordination_after, create_person, edit_person, reinstate,
    set_account_end, suspend, transfer,
};
pub use actions::*;
pub use app_passwords::{
    app_passwords, end_app_password, file_client_actor, issue_app_password, make_app_password,
};
pub use directory::{directory, edit_me, me, person, person_by_email};
pub use forms::*;
pub(crate) use line::ITSELF;
pub use line::{Author, CONSOLE, PersonLine};
pub(crate) use line::{author, known_as, person_columns, person_joins};
pub use links::{issue_link, link, use_link};
pub use nouns::*;
pub use offices::{appoint, dismiss};
pub use organisations::{
    coordinated, create_organisation, edit_organisation, organisation, organisations,
};
pub use sessions::{
    devices, end_other_sessions, end_session, sessions_open, set_password, sign_out,
};
pub use sign_in::{actor, sign_in};
pub use teams::{add_to_team, create_team, edit_team, remove_from_team, team, teams};
pub use token::Token;
pub use tokens::{
    TOKEN_DAYS, TOKEN_DAYS_MOST, TOKEN_PREFIX, end_token, issue_token, make_token, token_actor,
    token_sites, tokens,
};

/// The viewer as SQL knows them: 0 for the console and for nobody.
fn viewer(actor: &crate::kernel::Actor) -> i64 {
    match actor.who() {
        crate::kernel::Who::Person { id, .. } => id.raw(),
        crate::kernel::Who::Console | crate::kernel::Who::Nobody => 0,
    }
}
