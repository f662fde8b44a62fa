use std::hash::Hasher;

use fnv::FnvHasher;

/// The partition of an entity, of so many. It is stored with the progress of each subscriber, so it never changes: FNV-1a
/// in 64 bits of the aggregate's name, a zero byte and the id, folded to 32 bits, modulo the number of partitions.
pub(crate) fn partition_of(entity_type: &str, entity_id: &str, partitions: u32) -> u32 {
    let mut hasher = FnvHasher::default();
    hasher.write(entity_type.as_bytes());
    hasher.write(&[0]);
    hasher.write(entity_id.as_bytes());
    let hash = hasher.finish();
    ((hash >> 32) as u32 ^ hash as u32) % partitions.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_partition_of_an_entity_never_changes() {
        let found = ["1", "2", "Ada", "é"].map(|id| partition_of("Account", id, 16));
        assert_eq!(found, [3, 14, 5, 4]);
    }

    #[test]
    fn entities_are_spread_over_all_partitions() {
        let mut counts = [0_u32; 16];
        for id in 0..16_000 {
            counts[partition_of("Account", &format!("DE-{id}"), 16) as usize] += 1;
        }
        assert!(counts.iter().all(|count| (800..1_200).contains(count)), "{counts:?}");
    }
}
