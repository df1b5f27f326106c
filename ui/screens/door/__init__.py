"""The door, room by room: the screen itself, its head and its band, what it offers, and what waits or is taken back."""
