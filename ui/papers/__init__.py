"""Between the window and what prints: previews, pictures, and the threads that print."""
