"""Short enough for a column of a list, and the same wherever one reads."""

DATE_FORMAT = "d-m-Y"
DATETIME_FORMAT = "d-m-Y h:i A"

# Day first as lists and papers print it, which is what fields are filled with; and ISO. Never month
# first.
DATE_INPUT_FORMATS = ["%d-%m-%Y", "%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %b %Y", "%d %B %Y"]
DATETIME_INPUT_FORMATS = [
    f"{day} {time}" if time else day
    for day in DATE_INPUT_FORMATS
    for time in ("%H:%M:%S", "%H:%M", "%I:%M %p", "")
]
