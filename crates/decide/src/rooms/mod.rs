//! Rooms: what deciding needs for one kind of matter. Must never hold what all kinds share; that is a level up.

pub mod care;
