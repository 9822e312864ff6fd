"""A made-up past, played day by day through the use cases that tills use: demo and bench."""
