//! Generates the client from the document that `OPENAPI_DOCUMENT` names.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use progenitor_impl::{GenerationSettings, Generator, InterfaceStyle};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-env-changed=OPENAPI_DOCUMENT");
    let document = env::var("OPENAPI_DOCUMENT")?;
    println!("cargo::rerun-if-changed={document}");
    let document: openapiv3::OpenAPI = serde_json::from_str(&fs::read_to_string(document)?)?;
    let settings = GenerationSettings::default().with_interface(InterfaceStyle::Builder).clone();
    let client = Generator::new(&settings).generate_tokens(&document)?;
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("client.rs"), client.to_string())?;
    Ok(())
}
