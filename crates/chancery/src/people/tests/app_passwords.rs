//! App passwords: they open one door, and only while they should.

use super::*;
use crate::kernel::{May, Role};

fn form(may: May) -> TokenForm {
    TokenForm {
        name: "Office laptop".to_owned(),
        may: may.name().to_owned(),
        site: None,
        days: TOKEN_DAYS,
    }
}

async fn by(world: &World, shown: &str) -> Result<Actor> {
    file_client_actor(&world.realm, shown, "192.0.2.20").await
}

fn signed_out(outcome: &Result<Actor>) {
    assert!(matches!(outcome, Err(Error::SignedOut)));
}

#[tokio::test]
async fn it_opens_file_clients_and_nothing_else() {
    both(async |world| {
        let of = body(&world, "Open Latch").await;
        let (id, _) = member(&world, of, "Asha").await;
        let me = world.as_person(id);
        let made = make_app_password(&me, &form(May::Contribute))
            .await
            .unwrap();
        let shown = made.secret.as_str().to_owned();
        assert_eq!(shown.len(), 27);
        let actor = by(&world, &shown.replace('-', "").to_uppercase())
            .await
            .unwrap();
        assert_eq!(actor.me().unwrap(), id);
        signed_out(&token_actor(&world.realm, &shown, "192.0.2.20").await);
        let token = make_token(&me, &form(May::Read)).await.unwrap();
        signed_out(&by(&world, token.secret.as_str()).await);
        // Each is in its own list, and is ended there.
        assert_eq!(app_passwords(&me).await.unwrap().len(), 1);
        assert_eq!(tokens(&me).await.unwrap().len(), 1);
        assert!(matches!(
            end_token(&me, made.id).await,
            Err(Error::NotFound)
        ));
        assert!(matches!(
            end_app_password(&me, token.id).await,
            Err(Error::NotFound)
        ));
        // It makes no way in for itself.
        assert!(matches!(
            make_app_password(&actor, &form(May::Read)).await,
            Err(Error::Refused(_))
        ));
        assert!(matches!(
            make_token(&actor, &form(May::Read)).await,
            Err(Error::Refused(_))
        ));
        assert!(matches!(
            app_passwords(&actor).await,
            Err(Error::Refused(_))
        ));
        end_app_password(&me, made.id).await.unwrap();
        signed_out(&by(&world, &shown).await);
        assert!(app_passwords(&me).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn it_decides_nothing_about_access_and_ends_with_the_account() {
    both(async |world| {
        let of = body(&world, "Open Latch").await;
        let (id, _) = member(&world, of, "Asha").await;
        let me = world.as_person(id);
        let refused = make_app_password(&me, &form(May::Everything))
            .await
            .unwrap_err();
        assert!(
            matches!(&refused, Error::Invalid(problems) if format!("{problems:?}").contains("may")),
            "{refused:?}"
        );
        let made = make_app_password(&me, &form(May::Contribute))
            .await
            .unwrap();
        let actor = by(&world, made.secret.as_str()).await.unwrap();
        assert_eq!(
            actor.reach().map(|reach| reach.may.ceiling()),
            Some(Role::Contributor)
        );
        suspend(&world.console(), id, "Left").await.unwrap();
        signed_out(&by(&world, made.secret.as_str()).await);
    })
    .await;
}
