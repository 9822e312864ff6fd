"""Forms that admins fill in, and what a refusal looks like."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

FARID = {
    "name": "Farid Ahmed",
    "email": "farid@shop.example",
    "password": "a-fine-password",
    "role": "staff",
}
FULL = {
    "username": "farid",
    "phone": "+880 1711-000003",
    "alt_phone": "",
    "whatsapp": "01711000003",
    "gender": "male",
    "birthday": "1996-04-11",
    "division": "Dhaka",
    "district": "Dhaka",
    "city": "",
    "area": "Mirpur",
    "post_code": "1216",
    "road": "7",
    "house": "12/B",
}


def png() -> SimpleUploadedFile:
    file = BytesIO()
    Image.new("RGB", (4, 4), "red").save(file, "PNG")
    return SimpleUploadedFile("me.png", file.getvalue(), "image/png")


def refused(answer: Any, status: int, *fields: str) -> None:
    assert answer.status_code == status, answer.content
    assert answer.json()["success"] is False
    assert set(answer.json().get("errors", {})) == set(fields)
