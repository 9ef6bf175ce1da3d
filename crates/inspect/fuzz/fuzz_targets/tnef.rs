#![no_main]
inspect_fuzz::reader!("tnef");
