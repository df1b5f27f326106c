"""Between a station and its central server."""
