//! Tests of the trail, on both databases.
