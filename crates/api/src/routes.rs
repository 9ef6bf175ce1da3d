//! Every address of the API. Each module lists its handlers with [`routes!`]; their paths, the
//! document and [`ROUTES`] come from what stands on each handler, so that none can be added unseen.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock, Mutex};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use chancery::Error;
use chancery::kernel::Realm;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;

use crate::problem::Problem;
use crate::{
    access, accounts, alerts, answer, assurance, columns, documents, items, legal_holds, libraries,
    markings, me, mine, notices, once, openapi, organisations, people, problem, publishing,
    retention, says, sites, teams, trail,
};

/// Where the API is.
pub(crate) const ROOT: &str = "/api/v1";

/// How the API is reached, which the realm itself does not know.
#[derive(Debug, Clone, Default)]
pub struct ApiSettings {
    /// The address that people type, without a slash at the end: `https://realm.example`.
    pub address: String,
}

/// A realm, open to programs. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Api(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    realm: Realm,
    settings: ApiSettings,
    under_way: Mutex<HashSet<(i64, String)>>,
}

impl Api {
    fn new(realm: Realm, settings: ApiSettings) -> Self {
        Self(Arc::new(Inner {
            realm,
            settings,
            under_way: Mutex::default(),
        }))
    }

    /// The realm.
    pub fn realm(&self) -> &Realm {
        &self.0.realm
    }

    /// How it is reached.
    pub fn settings(&self) -> &ApiSettings {
        &self.0.settings
    }

    /// Whether the realm is reached over TLS.
    pub fn secure(&self) -> bool {
        self.0.settings.address.starts_with("https://")
    }

    /// What is asked for with a key and not answered yet, by this node.
    pub(crate) fn under_way(&self) -> &Mutex<HashSet<(i64, String)>> {
        &self.0.under_way
    }
}

/// One address and what it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// `get`, `post`, `put`, `patch` or `delete`.
    pub method: String,
    /// With its parameters in braces.
    pub path: String,
}

/// Lists the handlers of a module.
macro_rules! routes {
    ($($handler:path),* $(,)?) => {
        /// Adds these addresses to the router.
        pub(crate) fn add(
            router: utoipa_axum::router::OpenApiRouter<$crate::Api>,
        ) -> utoipa_axum::router::OpenApiRouter<$crate::Api> {
            router$(.routes(utoipa_axum::routes!($handler)))*
        }
    };
}
pub(crate) use routes;

type Add = fn(OpenApiRouter<Api>) -> OpenApiRouter<Api>;

/// Every module of the API.
const MODULES: &[Add] = &[
    openapi::add,
    me::add,
    documents::add_all,
    items::add,
    mine::add,
    notices::add,
    people::add,
    organisations::add,
    accounts::add,
    teams::add,
    sites::add,
    libraries::add,
    columns::add,
    legal_holds::add,
    publishing::add,
    retention::add,
    markings::add,
    access::add,
    trail::add,
    assurance::add,
    alerts::add,
    says::add,
];

/// Every address, by module.
pub static ROUTES: LazyLock<Vec<Vec<Route>>> = LazyLock::new(|| {
    MODULES
        .iter()
        .map(|add| {
            let document = add(OpenApiRouter::new()).into_openapi();
            openapi::operations(&document)
        })
        .collect()
});

/// The router of every module, with what they say of themselves.
pub(crate) fn all() -> OpenApiRouter<Api> {
    MODULES
        .iter()
        .fold(OpenApiRouter::new(), |router, add| add(router))
}

/// The API of a realm.
pub fn router(realm: Realm, settings: ApiSettings) -> Router {
    let api = Api::new(realm, settings);
    let (inner, _) = all().split_for_parts();
    let inner = inner
        .fallback(nowhere)
        .method_not_allowed_fallback(problem::wrong_method)
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(api.clone(), once::guard))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(from_fn_with_state(api.clone(), answer::dress))
        .with_state(api);
    Router::new().nest(ROOT, inner)
}

/// Addresses that lead nowhere: the same answer as for what may not be seen.
async fn nowhere() -> Problem {
    Problem::from(Error::NotFound)
}
