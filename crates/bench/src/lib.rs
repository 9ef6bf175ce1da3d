//! What is measured, and the program that measures it.
