use larder_app::runtime::{AskedServers, MonthOfServers};

use super::is_asked;
use crate::server::Server;

/// The servers that another Larder knows of, and that are asked for.
pub(super) async fn servers(server: &Server, asked: &AskedServers) -> anyhow::Result<MonthOfServers> {
    let mut told = server.servers(asked, None).await?;
    while let Some(cursor) = told.next_cursor.take() {
        let page = server.servers(asked, Some(&cursor)).await?;
        told.servers.extend(page.servers);
        told.next_cursor = page.next_cursor;
    }
    told.servers
        .retain(|kept| is_asked(asked, kept.answer.server.account_id.as_deref(), kept.answer.server.region.as_deref()));
    told.progress.retain(|place| is_asked(asked, Some(&place.account_id), Some(&place.region)));
    Ok(told)
}
