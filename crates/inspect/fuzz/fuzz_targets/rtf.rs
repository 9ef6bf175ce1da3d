#![no_main]
inspect_fuzz::reader!("rtf");
