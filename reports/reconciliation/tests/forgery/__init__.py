"""What a cheat with the right to write the database may do to one row, cell by cell."""
