use sqlx::AssertSqlSafe;

use super::*;

/// What the store makes of an error of the server.
async fn told(store: &MySqlStore, number: u16, text: &str) -> StoreError {
    let signal = format!(
        "SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = {number}, MESSAGE_TEXT = '{}'",
        text.replace('\'', "''")
    );
    let pool = store.connections.shared.pool();
    let error = sqlx::raw_sql(AssertSqlSafe(signal)).execute(pool).await.unwrap_err();
    store.connections.limits.error(error)
}

#[tokio::test]
async fn every_way_to_say_that_there_is_no_room_is_a_full_disk() {
    let (store, _database) = store_of(Known { blocks: true, max_packet: None }).await;
    for (number, text) in [
        (
            1,
            r#"Can't create/write to file '/tmp/MLdy9laT' (Errcode: 28 "No space left on device")"#,
        ),
        (3, r#"Error writing file '/tmp/#sql/fd=53' (Errcode: 28 "No space left on device")"#),
        (3, r#"Error writing file './shop/events.frm' (Errcode: 122 "Disk quota exceeded")"#),
        (3, "Error writing file '/tmp/MLfd=53' (OS errno 28 - No space left on device)"),
        (1005, r#"Can't create table `a`.`b` (errno: 28 "No space left on device")"#),
        (1005, r#"Can't create table `a`.`b` (errno: 135 "No more room in record file")"#),
        (1021, r#"Disk got full writing '.(temporary)' (Errcode: 28 "No space left on device")"#),
        (1026, r#"Error writing file 'mysql-bin' (errno: 28 "No space left on device")"#),
        (1030, r#"Got error 28 "No space left on device" from storage engine InnoDB"#),
        (1114, "The table 'events' is full"),
    ] {
        let told = told(&store, number, text).await;
        assert!(matches!(told, StoreError::Full(_)), "{told:?}");
    }
}

#[tokio::test]
async fn other_errors_are_not_a_full_disk() {
    let (store, _database) = store_of(Known { blocks: true, max_packet: None }).await;
    for (number, text) in [
        (3, r#"Error writing file '/tmp/#sql/fd=53' (Errcode: 5 "Input/output error")"#),
        (1005, r#"Can't create table `a`.`b` (errno: 13 "Permission denied")"#),
        (1054, "Unknown column 'No space left on device' in 'field list'"),
    ] {
        let told = told(&store, number, text).await;
        assert!(matches!(told, StoreError::Database(_)), "{told:?}");
    }
}
