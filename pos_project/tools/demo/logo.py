"""The sign over the demo shop's door, drawn here so that no picture has to be brought along."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from pos_project.core.images.pictures import ImageField

INDIGO, CREAM, WHITE = "#4f46e5", "#fde68a", "#ffffff"
WIDE, HIGH, STRIPES = 480, 240, 8


def logo() -> Any:
    """A shop front under an awning, as a picture that was uploaded and checked."""
    picture = Image.new("RGB", (WIDE, HIGH), WHITE)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((40, 90, WIDE - 40, HIGH - 10), fill=INDIGO)
    pen.rectangle((80, 130, 230, HIGH - 40), fill=CREAM)
    pen.rectangle((290, 130, 390, HIGH - 10), fill=WHITE)
    width = WIDE // STRIPES
    for stripe in range(STRIPES):
        left = stripe * width
        colour = INDIGO if stripe % 2 else CREAM
        pen.rectangle((left, 15, left + width, 70), fill=colour)
        pen.pieslice((left, 40, left + width, 100), 0, 180, fill=colour)
    drawn = BytesIO()
    picture.save(drawn, "PNG")
    return ImageField().run_validation(SimpleUploadedFile("logo.png", drawn.getvalue()))
