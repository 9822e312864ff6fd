"""Measuring the program at size: a shop of a million sales, its reports, its till."""
