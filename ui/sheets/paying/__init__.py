"""What a tender or a terminal needs of a person while somebody pays."""
