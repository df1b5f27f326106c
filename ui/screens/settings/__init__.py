"""What a station is set to."""
