"""Parts that screens are made of; they take values, not services."""
