//! Tests of sites, on both databases.
