use larder_history::Kind;
use larder_sources::DataType;

use crate::problem::Problem;
use crate::queries::data_type_of_text;

/// What an inventory tells of: a data type of AWS, and a kind of resource in the history.
#[derive(Debug)]
pub struct InventoryKind {
    /// As people and programs name it, and the member of an answer that holds the list: `instances`.
    pub name: &'static str,
    /// One line for people, without a full stop.
    pub summary: &'static str,
    /// What the history calls it.
    pub kind: Kind,
    /// The data type that is asked for it.
    data_type: &'static str,
    /// The HTTP path of the inventory.
    pub path: &'static str,
    /// The HTTP path that syncs it.
    pub sync_path: &'static str,
}

/// Every kind, one row each.
pub static INVENTORY: &[InventoryKind] = &[
    InventoryKind {
        name: "instances",
        summary: "EC2 instances of an account, in all regions or some",
        kind: Kind::Instance,
        data_type: "ec2-instances",
        path: "/ec2/api/accounts/{id}/instances",
        sync_path: "/ec2/api/accounts/{id}/sync",
    },
    InventoryKind {
        name: "snapshots",
        summary: "EBS snapshots that an account owns, in all regions or some",
        kind: Kind::Snapshot,
        data_type: "ec2-snapshots",
        path: "/snapshots/api/accounts/{id}/snapshots",
        sync_path: "/snapshots/api/accounts/{id}/sync",
    },
    InventoryKind {
        name: "amis",
        summary: "AMIs that an account owns, in all regions or some",
        kind: Kind::Image,
        data_type: "ec2-amis",
        path: "/snapshots/api/accounts/{id}/amis",
        sync_path: "/snapshots/api/accounts/{id}/sync",
    },
];

impl InventoryKind {
    /// The row of that kind.
    #[must_use]
    pub fn of(kind: Kind) -> Option<&'static Self> {
        INVENTORY.iter().find(|row| row.kind == kind)
    }

    /// The data type that is asked for it.
    ///
    /// # Errors
    /// If the table of data types does not have it, which a test rules out.
    pub fn data_type(&self) -> Result<&'static DataType, Problem> {
        data_type_of_text(self.data_type)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_the_history_has_a_row_and_its_list() {
        for kind in Kind::ALL {
            let row = InventoryKind::of(kind).expect("a row");
            let data_type = row.data_type().expect("a data type");
            assert_eq!(
                data_type.list.map(|list| list.member),
                Some(if row.name == "amis" { "images" } else { row.name })
            );
            assert!(data_type.scope.has_region() && data_type.scope.has_account(), "{row:?}");
        }
        assert_eq!(INVENTORY.len(), Kind::ALL.len());
    }
}
