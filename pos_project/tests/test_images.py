"""Pictures: what is let in, what is kept of it, and that no file is left behind."""

import struct
import warnings
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image, PngImagePlugin
from rest_framework.exceptions import ValidationError
from rest_framework.test import APIRequestFactory

from pos_project.core.errors import OutcomeUnknown, Unavailable
from pos_project.core.images.pictures import (
    MAX_SIDE,
    ImageField,
    PictureIn,
    PictureParser,
    image_url,
    picture_change,
)


def drawn(
    kind: str = "PNG", size: tuple[int, int] = (6, 4), mode: str = "RGB", **save: Any
) -> bytes:
    """The bytes of a small picture, red on its left half."""
    sheet = Image.new(mode, size, "white")
    sheet.paste(Image.new(mode, (size[0] // 2, size[1]), "red"))
    out = BytesIO()
    sheet.save(out, format=kind, **save)
    return out.getvalue()


def upload(content: bytes, name: str = "shirt.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def let_in(content: bytes, name: str = "shirt.png") -> Image.Image:
    return Image.open(BytesIO(ImageField().run_validation(upload(content, name)).read()))


def refusal(content: Any, name: str = "shirt.png") -> str:
    data = upload(content, name) if isinstance(content, bytes) else content
    with pytest.raises(ValidationError) as refused:
        ImageField().run_validation(data)
    return refused.value.detail[0].code


def stored(kind: str = "PNG") -> str:
    """A picture in the storage, and its key."""
    with picture_change({"image": ImageField().run_validation(upload(drawn(kind)))}) as change:
        assert change.new_key
        return change.new_key


def files() -> list[str]:
    folder = Path(default_storage.location)
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


class Row:
    """Anything with a picture."""

    image_public_id: str | None = None


@pytest.mark.parametrize(
    ("kind", "name", "ending"),
    [
        ("JPEG", "a.jpg", "jpg"),
        ("JPEG", "A.JPEG", "jpg"),
        ("PNG", "a.png", "png"),
        ("WEBP", "a.webp", "webp"),
        ("PNG", "a png that is called.jpg", "png"),
    ],
)
def test_jpeg_png_and_webp_are_kept_as_what_they_are(kind: str, name: str, ending: str) -> None:
    kept = ImageField().run_validation(upload(drawn(kind), name))
    assert Image.open(BytesIO(kept.read())).format == kind
    assert kept.name.startswith("pictures/")
    assert kept.name.endswith(f".{ending}")


def test_the_stored_name_says_nothing_of_the_uploaded_one() -> None:
    first = ImageField().run_validation(upload(drawn(), "../../etc/passwd.png"))
    second = ImageField().run_validation(upload(drawn(), "../../etc/passwd.png"))
    assert "passwd" not in first.name
    assert first.name != second.name


def test_places_owners_and_comments_are_not_kept_but_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turn a quarter clockwise
    exif[0x013B] = "Nusrat Jahan"
    exif.get_ifd(0x8825)[1] = "N"
    jpeg = drawn("JPEG", (60, 40), exif=exif, comment=b"secret comment")
    assert b"Nusrat" in jpeg
    kept_file = ImageField().run_validation(upload(jpeg, "phone.jpg"))
    raw = kept_file.read()
    kept = Image.open(BytesIO(raw))
    assert kept.size == (40, 60)
    assert kept.getpixel((20, 5))[1] < 100 < kept.getpixel((20, 55))[1]  # red above, white below
    assert not kept.getexif()
    assert b"Nusrat" not in raw
    assert b"secret" not in raw


def test_texts_and_trailing_bytes_of_a_png_are_not_kept() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "Nusrat Jahan")
    raw = drawn(pnginfo=notes, icc_profile=b"my profile") + b"<script>alert(1)</script>"
    assert b"Nusrat" in raw
    kept = ImageField().run_validation(upload(raw)).read()
    assert b"Nusrat" not in kept
    assert b"script" not in kept
    assert "icc_profile" not in Image.open(BytesIO(kept)).info


@pytest.mark.parametrize("mode", ["P", "LA", "RGBA", "L", "1"])
def test_every_mode_of_a_png_is_kept(mode: str) -> None:
    out = BytesIO()
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).convert(mode).save(out, "PNG")
    assert let_in(out.getvalue()).size == (4, 4)


def test_a_transparent_corner_stays_transparent() -> None:
    out = BytesIO()
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(out, "PNG")
    assert let_in(out.getvalue()).getpixel((0, 0))[3] == 0


def test_sixteen_bits_of_grey_are_scaled_not_cut() -> None:
    out = BytesIO()
    Image.new("I;16", (4, 4), 0x8000).save(out, "PNG")
    assert let_in(out.getvalue()).getpixel((0, 0)) == (128, 128, 128)


def test_a_print_shops_cmyk_jpeg_is_let_in() -> None:
    assert let_in(drawn("JPEG", mode="CMYK"), "a.jpg").mode == "RGB"


@pytest.mark.parametrize("name", ["a.gif", "a.svg", "a.html", "a", "a.png.exe", ".png"])
def test_a_picture_with_another_ending_is_refused(name: str) -> None:
    assert refusal(drawn(), name) == "extension"


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "ICO"])
def test_another_kind_of_picture_is_refused_whatever_its_name(kind: str) -> None:
    assert refusal(drawn(kind)) == "not_a_picture"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        drawn()[:40],
        drawn("JPEG", (300, 300))[:400],
        drawn("WEBP", (300, 300))[:60],
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"RIFF\xff\xff\xff\xffWEBPVP8 ",
        drawn()[:-30] + b"\0" * 30,
    ],
)
def test_a_broken_or_hostile_file_is_refused_and_nothing_crashes(content: bytes) -> None:
    assert refusal(content) == "not_a_picture"


def test_no_single_wrong_byte_in_a_picture_crashes() -> None:
    for kind, name in (("PNG", "a.png"), ("JPEG", "a.jpg"), ("WEBP", "a.webp")):
        whole = drawn(kind)
        for position in range(0, len(whole), 3):
            broken = whole[:position] + bytes([whole[position] ^ 0xFF]) + whole[position + 1 :]
            try:
                ImageField().run_validation(upload(broken, name))
            except ValidationError:
                continue


def png_claiming(width: int, height: int) -> bytes:
    """A tiny file that claims to be huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(5001, 5000), (MAX_SIDE + 1, 1), (1, MAX_SIDE + 1)])
def test_too_many_pixels_are_refused_before_any_is_decoded(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def decoded(self: Any) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", decoded)
    assert refusal(png_claiming(*size)) == "too_many_pixels"


@pytest.mark.parametrize("size", [(60_000, 60_000), (12_000, 9_000), (2**31 - 1, 2**31 - 1)])
def test_a_decompression_bomb_is_refused(size: tuple[int, int]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as in production, where Pillow only warns
        assert refusal(png_claiming(*size)) in {"too_many_pixels", "not_a_picture"}


def test_a_jpeg_of_thousands_of_scans_is_refused() -> None:
    jpeg = drawn("JPEG")
    scans = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" * 5000
    assert refusal(jpeg[:-2] + scans + jpeg[-2:], "a.jpg") == "not_a_picture"


def test_a_text_bomb_in_a_png_is_refused() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("a", "A" * 80_000_000, zip=True)
    assert refusal(drawn(pnginfo=notes)) == "not_a_picture"


def test_more_than_fifteen_megabytes_are_refused(settings: Any) -> None:
    settings.IMAGE_MAX_BYTES = 1000
    assert refusal(drawn() + b"\0" * 1000) == "too_big"
    assert let_in(drawn()).size == (6, 4)


@pytest.mark.parametrize(
    "value", ["https://evil.example/a.png", "data:image/png;base64,AA", 5, True]
)
def test_a_text_where_a_file_belongs_is_refused(value: Any) -> None:
    assert refusal(value) == "not_a_file"


@pytest.mark.parametrize("value", [[], {}, ["a"], {"url": "a"}])
def test_a_list_or_object_where_a_file_belongs_is_refused(value: Any) -> None:
    assert refusal(value) == "not_a_file"


@pytest.mark.parametrize("body", [{}, {"image": ""}, {"image": None}, {"image": "  "}])
def test_an_empty_picture_is_no_picture(body: dict[str, Any]) -> None:
    form = PictureIn(data=body)
    assert form.is_valid()
    with picture_change(dict(form.validated_data)) as change:
        assert (change.new_key, change.remove) == (None, False)
    assert files() == []


def test_remove_image_comes_as_text_in_a_form() -> None:
    form = PictureIn(data={"removeImage": "true"})
    assert form.is_valid()
    assert form.validated_data["removeImage"] is True


def test_a_form_far_beyond_the_limit_is_refused_unread(settings: Any) -> None:
    settings.IMAGE_MAX_BYTES = 1000
    body = encode_multipart(BOUNDARY, {"image": upload(b"x" * 5000)})
    request = APIRequestFactory().post("/", body, content_type=MULTIPART_CONTENT)

    class Unread:
        def read(self, size: int = -1) -> bytes:
            raise AssertionError("read")

    with pytest.raises(ValidationError) as refused:
        PictureParser().parse(Unread(), MULTIPART_CONTENT, {"request": request})
    assert list(refused.value.detail) == ["image"]


# --- Files and transactions ---


@pytest.fixture
def committing(db: None, django_capture_on_commit_callbacks: Any) -> Any:
    """A block whose end is the commit (the test's own transaction never commits)."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_a_new_picture_replaces_the_old_file_only_after_the_commit(committing: Any) -> None:
    row, old = Row(), stored()
    row.image_public_id = old
    with picture_change({"image": ContentFile(b"new", "pictures/new.png")}) as change:
        with committing():
            change.put_on(row)
            assert old in files()
        assert old not in files()
    assert files() == [row.image_public_id] == ["pictures/new.png"]


def test_a_rolled_back_change_keeps_the_old_file_and_removes_the_new_one(committing: Any) -> None:
    row, old = Row(), stored()
    row.image_public_id = old

    def change_it() -> None:
        with (
            picture_change({"image": ContentFile(b"new", "pictures/new.png")}) as change,
            transaction.atomic(),
        ):
            change.put_on(row)
            raise ValueError("the shop says no")

    with committing(), pytest.raises(ValueError, match="the shop says no"):
        change_it()
    assert files() == [old]


def test_removing_deletes_the_file_and_a_new_picture_wins_over_removing(committing: Any) -> None:
    row = Row()
    row.image_public_id = stored()
    with picture_change({"removeImage": True}) as change, committing():
        change.put_on(row)
    assert row.image_public_id is None
    assert files() == []
    both = {"removeImage": True, "image": ContentFile(b"new", "pictures/new.png")}
    with picture_change(both) as change, committing():
        change.put_on(row)
    assert row.image_public_id == "pictures/new.png"
    assert files() == ["pictures/new.png"]
    assert both == {}


def test_neither_picture_nor_removal_changes_nothing(committing: Any) -> None:
    row, key = Row(), stored()
    row.image_public_id = key
    with picture_change({}) as change, committing():
        change.put_on(row)
    assert row.image_public_id == key
    assert files() == [key]


def test_when_nobody_knows_whether_it_committed_the_new_file_stays() -> None:
    def lose_the_connection() -> None:
        with picture_change({"image": ContentFile(b"new", "pictures/new.png")}):
            raise OutcomeUnknown("lost")

    with pytest.raises(OutcomeUnknown):
        lose_the_connection()
    assert files() == ["pictures/new.png"]


def test_a_full_disk_is_a_refusal_before_the_block_is_entered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: Any, **__: Any) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", full)
    with pytest.raises(Unavailable), picture_change({"image": ContentFile(b"x", "pictures/x.png")}):
        raise AssertionError("entered")


def test_a_file_that_cannot_be_deleted_does_not_undo_what_was_asked(
    committing: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = Row()
    row.image_public_id = stored()

    def stuck(*_: Any) -> None:
        raise OSError("read-only")

    monkeypatch.setattr(FileSystemStorage, "delete", stuck)
    with picture_change({"removeImage": True}) as change, committing():
        change.put_on(row)
    assert row.image_public_id is None


# --- Serving ---


@pytest.mark.parametrize(
    ("kind", "type_"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")]
)
def test_a_picture_is_served_as_a_picture_and_never_sniffed(
    kind: str, type_: str, client: Client
) -> None:
    response = client.get(f"/media/{stored(kind)}")
    assert response.status_code == 200
    assert response["Content-Type"] == type_
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert Image.open(BytesIO(b"".join(response.streaming_content))).format == kind


@pytest.mark.parametrize(
    "path",
    [
        "/media/pictures/" + "0" * 32 + ".png",
        "/media/pictures/secret.txt",
        "/media/secret.txt",
        "/media/../secret.txt",
        "/media/pictures/../secret.txt",
        "/media/pictures/%2e%2e/secret.txt",
        "/media/pictures/..%2fsecret.txt",
        "/media//etc/passwd",
        "/media/%00",
    ],
)
def test_nothing_else_is_served_from_the_media_folder(path: str, client: Client) -> None:
    for name in ("secret.txt", "pictures/secret.txt"):
        default_storage.save(name, ContentFile(b"<script>"))
    response = client.get(path)
    assert response.status_code == 404
    assert b"script" not in response.content
    assert response["Content-Type"].startswith("text/plain")


def test_pictures_are_only_read(client: Client) -> None:
    assert client.post(f"/media/{stored()}").status_code == 405


def test_the_shown_address_is_absolute_and_null_without_a_picture() -> None:
    request = APIRequestFactory().get("/api/products", SERVER_NAME="shop.example")
    assert image_url("pictures/a.png", request) == "http://shop.example/media/pictures/a.png"
    assert image_url(None, request) is None
    assert image_url("", request) is None
