//! App passwords: how a file client (WebDAV) acts for the person who made them.
//!
//! An app password is a token that opens no other door. It is short enough to be typed on a telephone, and long enough
//! (120 random bits) that comparing its hash needs no slow function: a client sends it with every request.

use super::sql::tokens::{self as sql, Door};
use super::tokens::{arrived, put};
use super::{
    AppPasswordEnded, AppPasswordIssued, AppPasswordMade, EndAppPassword, IssueAppPassword,
    MadeToken, MakeAppPassword, Token, TokenForm, TokenLine, ViewMe,
};
use crate::kernel::{Actor, Id, Realm, Who, thing};
use crate::{Error, Result};

/// Makes an app password for oneself. It may read or contribute; problems are on `name`, `may`, `site` and `days`.
/// Nothing that acts by a token makes one.
pub async fn make_app_password(actor: &Actor, form: &TokenForm) -> Result<MadeToken> {
    actor.not_by_token()?;
    let mut write = actor.write::<MakeAppPassword>(actor.me()?).await?;
    let secret = Token::to_be_typed(actor.realm().rng());
    let made = put(&mut write, form, Door::FileClients, secret).await?;
    write
        .commit(AppPasswordMade {
            password: made.name.clone(),
            may: made.may.name().to_owned(),
            site: made.site.clone(),
        })
        .await?;
    Ok(made.made)
}

/// Makes an app password for somebody, for scripts on the machine itself. Nobody else makes one for another.
pub async fn issue_app_password(
    console: &Actor,
    person: Id<thing::Person>,
    form: &TokenForm,
) -> Result<MadeToken> {
    if console.who() != Who::Console {
        return Err(Error::Refused("Everybody makes their own app passwords"));
    }
    let mut write = console.write::<IssueAppPassword>(person).await?;
    let secret = Token::to_be_typed(console.realm().rng());
    let made = put(&mut write, form, Door::FileClients, secret).await?;
    let person = sql::name(&mut write).await?;
    write
        .commit(AppPasswordIssued {
            password: made.name.clone(),
            person,
            may: made.may.name().to_owned(),
        })
        .await?;
    Ok(made.made)
}

/// My app passwords that work, the newest first. A site is named while I can see it.
pub async fn app_passwords(actor: &Actor) -> Result<Vec<TokenLine>> {
    actor.reaches_everything()?;
    let mut read = actor.read::<ViewMe>(actor.me()?).await?;
    let rows = sql::tokens(&mut read, Door::FileClients).await?;
    rows.into_iter().map(sql::TokenRow::line).collect()
}

/// Ends one of my app passwords; [`Error::NotFound`] when it is not mine or has ended.
pub async fn end_app_password(actor: &Actor, password: Id<thing::Token>) -> Result<()> {
    let mut write = actor.write::<EndAppPassword>(actor.me()?).await?;
    let name = sql::end(&mut write, password)
        .await?
        .ok_or(Error::NotFound)?;
    write.commit(AppPasswordEnded { password: name }).await
}

/// Whoever this app password acts for: asked once for every request of a file client, with one statement. Capitals,
/// spaces and hyphens do not matter.
///
/// [`Error::SignedOut`] when there is no such password, when it ended, and when the account cannot be used; wrong ones
/// are counted for the address they come from, together with wrong tokens.
pub async fn file_client_actor(realm: &Realm, shown: &str, address: &str) -> Result<Actor> {
    let typed = typed(shown);
    arrived(realm, typed.as_deref(), Door::FileClients, address).await
}

/// What was meant by what was typed; `None` when it cannot be an app password.
fn typed(shown: &str) -> Option<String> {
    if shown.len() > 4 * Token::TYPED {
        return None;
    }
    let letters: String = shown
        .chars()
        .filter(|letter| !letter.is_whitespace() && *letter != '-')
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    (letters.len() == Token::TYPED && letters.is_ascii()).then(|| Token::grouped(&letters))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_can_be_typed_in_any_way() {
        let right = "abcdef-ghjkmn-pqrstv-wxyz01";
        for way in [
            right,
            "ABCDEF-GHJKMN-PQRSTV-WXYZ01",
            "abcdefghjkmnpqrstvwxyz01",
            " abcdef ghjkmn pqrstv wxyz01 ",
        ] {
            assert_eq!(typed(way).as_deref(), Some(right), "{way}");
        }
        for wrong in ["", "abcdef", "chancery_abcdef", &"a".repeat(1000)] {
            assert_eq!(typed(wrong), None, "{wrong}");
        }
    }
}
