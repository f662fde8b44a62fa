//! Values on their way into statements that sqlx has no type for here.

use es_core::Timestamp;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo};
use sqlx::{Encode, Postgres, Type};

/// Text as it came, without a look at its bytes: PostgreSQL looks at them itself.
#[derive(Clone, Copy)]
pub(super) struct Text<'a>(pub(super) &'a [u8]);

impl Type<Postgres> for Text<'_> {
    fn type_info() -> PgTypeInfo {
        <str as Type<Postgres>>::type_info()
    }
}

impl PgHasArrayType for Text<'_> {
    fn array_type_info() -> PgTypeInfo {
        <String as PgHasArrayType>::array_type_info()
    }
}

impl Encode<'_, Postgres> for Text<'_> {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buffer.extend_from_slice(self.0);
        Ok(IsNull::No)
    }
}

/// A `timestamptz`, exact to the microsecond.
#[derive(Clone, Copy)]
pub(super) struct Moment(pub(super) Timestamp);

/// The type of a moment, and that of an array of them: constants of PostgreSQL.
const TIMESTAMPTZ: PgTypeInfo = PgTypeInfo::with_oid(Oid(1184));
const TIMESTAMPTZ_ARRAY: PgTypeInfo = PgTypeInfo::with_oid(Oid(1185));

/// PostgreSQL counts microseconds from 2000 on; this is that moment in microseconds since 1970.
const EPOCH: i64 = 946_684_800_000_000;

impl Moment {
    /// `None` where the value is no time that was ever written, such as `infinity`.
    pub(super) fn from_binary(bytes: &[u8]) -> Option<Timestamp> {
        let microseconds = i64::from_be_bytes(bytes.try_into().ok()?).checked_add(EPOCH)?;
        Timestamp::from_microsecond(microseconds).ok()
    }
}

impl Type<Postgres> for Moment {
    fn type_info() -> PgTypeInfo {
        TIMESTAMPTZ
    }
}

impl PgHasArrayType for Moment {
    fn array_type_info() -> PgTypeInfo {
        TIMESTAMPTZ_ARRAY
    }
}

impl Encode<'_, Postgres> for Moment {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buffer.extend_from_slice(&(self.0.as_microsecond() - EPOCH).to_be_bytes());
        Ok(IsNull::No)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_as_it_was_written() {
        for microseconds in [Timestamp::MIN.as_microsecond(), -1, 0, 1, 253_402_207_200_000_000] {
            let time = Timestamp::from_microsecond(microseconds).unwrap();
            let mut buffer = PgArgumentBuffer::default();
            assert!(matches!(Moment(time).encode_by_ref(&mut buffer), Ok(IsNull::No)));
            assert_eq!(Moment::from_binary(&buffer), Some(time));
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for bytes in [&i64::MAX.to_be_bytes()[..], &i64::MIN.to_be_bytes(), b"", b"1234567"] {
            assert!(Moment::from_binary(bytes).is_none(), "{bytes:?}");
        }
    }
}
