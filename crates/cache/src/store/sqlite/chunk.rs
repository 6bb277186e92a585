use bytes::Bytes;

use super::{SqliteStore, integer};
use crate::store::{ChunkId, Metered, StoreResult};

/// In one transaction: one flush for all.
pub(super) async fn write(store: &SqliteStore, chunks: &[(ChunkId, Bytes)], ttl: u64) -> StoreResult<()> {
    let written = async {
        let mut transaction = store.writer.begin_with("BEGIN IMMEDIATE").await?;
        for (id, bytes) in chunks {
            sqlx::query("INSERT OR REPLACE INTO chunk (digest, number, ttl, data) VALUES (?1, ?2, ?3, ?4)")
                .bind(&id.digest)
                .bind(id.number)
                .bind(integer(ttl))
                .bind(bytes.as_ref())
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await
    };
    written.await.map(Metered::free).map_err(|error| store.fault(&error))
}

pub(super) async fn read(store: &SqliteStore, ids: &[ChunkId]) -> StoreResult<Vec<Option<Bytes>>> {
    let mut chunks = Vec::with_capacity(ids.len());
    for id in ids {
        let chunk = sqlx::query_scalar("SELECT data FROM chunk WHERE digest = ?1 AND number = ?2");
        let chunk = chunk.bind(&id.digest).bind(id.number).fetch_optional(&store.readers).await;
        let chunk: Option<Vec<u8>> = chunk.map_err(|error| store.fault(&error))?;
        chunks.push(chunk.map(Bytes::from));
    }
    Ok(Metered::free(chunks))
}
