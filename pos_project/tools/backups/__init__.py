"""A shop in one file, and back: the database by its own tools, and the pictures."""
