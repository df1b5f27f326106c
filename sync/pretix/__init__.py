"""A station as a station of a pretix: reading it, and telling it what was done."""
