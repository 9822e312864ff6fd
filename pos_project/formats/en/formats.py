"""Short enough for a column of a list, and the same wherever one reads."""

DATE_FORMAT = "j M Y"
DATETIME_FORMAT = "j M Y, g:i A"
