//! Writes every page from its samples to a folder, to be looked at and checked without a server:
//! `cargo run -p web --example gallery -- FOLDER`. Must never be part of the program.

use std::path::PathBuf;
use web::pages;
use web::wording::{Language, Wording};

fn main() -> std::io::Result<()> {
    #[expect(clippy::disallowed_methods, reason = "an example is a program of its own")]
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "gallery".to_owned()));
    std::fs::create_dir_all(&folder)?;
    let wording = Wording::built_in();
    for language in Language::ALL {
        for page in pages::ALL {
            for (number, html) in (page.render)(&wording.words(language)).iter().enumerate() {
                std::fs::write(folder.join(format!("{}-{number}.{}.html", page.name, language.code())), html)?;
            }
        }
    }
    Ok(())
}
