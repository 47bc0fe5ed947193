-- The simulator's books are never in the fleet's database. Run once, when the volume is empty.
CREATE DATABASE simulator;
