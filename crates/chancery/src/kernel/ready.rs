//! Whether a realm can do its work at this moment.

use std::time::Duration;

use tokio::time::timeout;

use super::Realm;

/// What answers and what does not. Says nothing about why: the log does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is one thing that works or does not"
)]
pub struct Readiness {
    /// The database answers.
    pub database: bool,
    /// What is written to it is kept: no sync has failed since the start.
    pub keeps: bool,
    /// Its schema is one that this program can work on.
    pub schema: bool,
    /// The place where content is kept answers.
    pub store: bool,
}

impl Readiness {
    /// Whether all of it is as it should be.
    pub fn ready(self) -> bool {
        self.database && self.keeps && self.schema && self.store
    }
}

impl Realm {
    /// Asks the database and the store, and waits this long for each.
    pub async fn readiness(&self, patience: Duration) -> Readiness {
        let database = async {
            match timeout(patience, self.db().lacks_migrations()).await {
                Ok(Ok(lacks)) => (true, !lacks && !self.outdated()),
                Ok(Err(error)) => {
                    tracing::warn!(%error, "the database does not answer");
                    (false, false)
                }
                Err(_) => {
                    tracing::warn!(?patience, "the database does not answer in time");
                    (false, false)
                }
            }
        };
        let store = async {
            match timeout(patience, self.vault().answers()).await {
                Ok(Ok(())) => true,
                Ok(Err(error)) => {
                    tracing::warn!(%error, "the store does not answer");
                    false
                }
                Err(_) => {
                    tracing::warn!(?patience, "the store does not answer in time");
                    false
                }
            }
        };
        let ((database, schema), store) = tokio::join!(database, store);
        let keeps = self.db().keeps();
        if !keeps {
            tracing::error!(
                "a sync of the database's log failed: nothing is written until the disk is mended and the program started again"
            );
        }
        Readiness {
            database,
            keeps,
            schema,
            store,
        }
    }
}
