//! The only user of `std::fs`: its errors name the path.
