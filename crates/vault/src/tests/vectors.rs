//! The format, byte for byte. These values were computed twice: by this program, and by another
//! that was written separately, in Python, and shares no code with it.

use std::{fmt::Write as _, sync::Arc};

use aws_lc_rs::digest::{SHA256, digest};

use super::{read_all, row};
use crate::{
    HEAD, Kept, Keys, Memory, Vault,
    format::{Fresh, place},
    keys::{Named, Secret},
};

const SPECIFICATION: &str = include_str!("../../../../docs/vault-format.md");

fn secret(first: u8) -> Secret {
    let mut secret = Secret::zero();
    for (byte, value) in secret.bytes_mut().iter_mut().zip(first..) {
        *byte = value;
    }
    secret
}

fn keys() -> Keys {
    Keys {
        path: None,
        address: Named::new(secret(0x00)),
        wrapping: vec![Named::new(secret(0x20))],
    }
}

fn fresh() -> Fresh {
    Fresh {
        key: secret(0x40),
        prefix: [0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66],
        wrap_nonce: std::array::from_fn(|n| 0x70 + u8::try_from(n).unwrap()),
    }
}

/// Byte i is i mod 251.
fn content(size: usize) -> Vec<u8> {
    (0..=250).cycle().take(size).collect()
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    crate::hex::push(&mut text, bytes);
    text
}

/// The vector for a size, as the specification shows it.
async fn vector(size: usize) -> String {
    let memory = Memory::new();
    let vault = Vault::new(keys(), Arc::new(memory.clone())).with_inline_limit(65_535);
    let content = content(size);
    let deposit = vault
        .deposit_with(&content[..], u64::MAX, fresh())
        .await
        .unwrap();
    let blob = match &deposit.kept {
        Kept::Inline(_) => row(&deposit),
        Kept::Stored => super::raw(&memory, &deposit.address).await,
    };
    assert_eq!(blob.len() as u64, place::end(size as u64));
    assert_eq!(
        read_all(&vault, &deposit.address, Some(blob.clone()))
            .await
            .unwrap(),
        content
    );

    let mut text = String::new();
    writeln!(text, "size     {size}").unwrap();
    writeln!(text, "address  {}", deposit.address).unwrap();
    writeln!(text, "head     {}", hex(&blob[..32])).unwrap();
    writeln!(text, "         {}", hex(&blob[32..62])).unwrap();
    writeln!(text, "         {}", hex(&blob[62..HEAD])).unwrap();
    for (index, segment) in blob[HEAD..].chunks(65_536 + 16).enumerate() {
        let (encrypted, tag) = segment.split_at(segment.len() - 16);
        let shown = match encrypted.len() {
            0 => "(nothing)".to_owned(),
            1..=16 => hex(encrypted),
            _ => format!(
                "{} … {}",
                hex(&encrypted[..16]),
                hex(encrypted.last_chunk::<4>().unwrap())
            ),
        };
        writeln!(text, "segment  {index}: {shown}, tag {}", hex(tag)).unwrap();
    }
    writeln!(text, "SHA-256  {}", hex(digest(&SHA256, &blob).as_ref())).unwrap();
    text
}

#[tokio::test]
async fn the_specification_shows_what_this_program_writes() {
    for size in [0, 1, 65_535, 65_536, 65_537] {
        let vector = vector(size).await;
        assert!(
            SPECIFICATION.contains(&vector),
            "not in the specification:\n{vector}"
        );
    }
}

#[test]
fn the_specification_shows_the_key_file() {
    let mut file = String::from("chancery-vault-keys 1\n");
    let keys = keys();
    for (kind, key) in [("address", &keys.address), ("wrapping", &keys.wrapping[0])] {
        writeln!(file, "{kind} {} {}", key.id, hex(key.secret.bytes())).unwrap();
    }
    assert!(crate::key_file::parse(&file).is_ok());
    assert!(
        SPECIFICATION.contains(&file),
        "not in the specification:\n{file}"
    );
}
