"""The board for badges: the board itself, its list of elements, whom it is tried on, and files."""
