"""How days and moments are written on the pages of the back office, by language."""
