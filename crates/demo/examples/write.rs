//! Writes every version of every document into a folder, to look at: `cargo run -p demo --example write -- FOLDER`.

use std::path::PathBuf;
use std::{fs, io};

fn main() -> io::Result<()> {
    let folder = PathBuf::from(
        std::env::args()
            .nth(1)
            .ok_or_else(|| io::Error::other("say which folder"))?,
    );
    // 16 September 2026.
    let world = demo::world(1, 1_789_567_500_000_000);
    for document in &world.documents {
        for version in 1..=document.versions.len() {
            let library = folder.join(document.library);
            fs::create_dir_all(&library)?;
            let name = format!("{:03}v{version} {}", document.key, document.name);
            fs::write(library.join(name), world.content(document, version))?;
        }
    }
    Ok(())
}
