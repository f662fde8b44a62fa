//! Bytes in JSON, so that the server gets every one of them back, whatever its character sets and modes are.

const HEX: &[u8; 16] = b"0123456789abcdef";
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// For `UNHEX`.
pub(super) fn hex(bytes: &[u8], out: &mut String) {
    out.reserve(2 * bytes.len());
    for byte in bytes {
        out.push(HEX[usize::from(byte >> 4)].into());
        out.push(HEX[usize::from(byte & 15)].into());
    }
}

/// For `FROM_BASE64`.
pub(super) fn base64(bytes: &[u8], out: &mut String) {
    out.reserve(base64_len(bytes.len()));
    let digit = |bits: u32, place: u32| char::from(BASE64[(bits >> (6 * place)) as usize & 63]);
    for three in bytes.chunks(3) {
        let byte = |n: usize| u32::from(three.get(n).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        out.push(digit(bits, 3));
        out.push(digit(bits, 2));
        out.push(if three.len() > 1 { digit(bits, 1) } else { '=' });
        out.push(if three.len() > 2 { digit(bits, 0) } else { '=' });
    }
}

/// How long so many bytes are in base64.
pub(super) fn base64_len(bytes: usize) -> usize {
    bytes.div_ceil(3).saturating_mul(4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(encode: fn(&[u8], &mut String), bytes: &[u8]) -> String {
        let mut out = String::new();
        encode(bytes, &mut out);
        out
    }

    #[test]
    fn hex_has_two_digits_for_each_byte() {
        assert_eq!(encoded(hex, b""), "");
        assert_eq!(encoded(hex, b"\x00\x7f\xff a"), "007fff2061");
    }

    // The examples of RFC 4648.
    #[test]
    fn base64_is_padded() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(encoded(base64, bytes.as_bytes()), text);
            assert_eq!(base64_len(bytes.len()), text.len());
        }
        assert_eq!(encoded(base64, &[0xfb, 0xff, 0xfe]), "+//+");
    }
}
