//! Tests of access, on both databases.
