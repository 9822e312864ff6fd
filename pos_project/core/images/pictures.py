"""Pictures of products and people: checked, re-encoded, stored, shown (docs/api.md §11).

A serializer inherits `PictureIn` and its view writes

    with picture_change(body) as picture:        # takes `image` and `removeImage` out of `body`
        change_product(product_id, body, picture=picture)

The new file is written on entering the block, before any transaction. Inside its transaction the
use case calls `picture.put_on(product)` on the row it read there (locked, when it is an existing
one) and saves it. The replaced file goes after the commit; the new one goes if the block fails.
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from typing import IO, Any, Protocol, cast
from uuid import uuid4

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import parse_header_parameters
from django.views.decorators.http import require_safe
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from PIL import Image, ImageOps
from rest_framework import serializers
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from pos_project.core.errors import OutcomeUnknown, Unavailable
from pos_project.core.http.endpoints import ASKED_BY
from pos_project.core.http.fields import BlankIsAbsent, FlagField
from pos_project.core.http.json import JSONParser

log = logging.getLogger(__name__)

MAX_PIXELS = 25_000_000
MAX_SIDE = 10_000
MAX_FORM_END = 300  # bytes: the closing boundary (at most 70) and what some clients send after it
MAX_SCANS = 100  # a progressive JPEG may claim thousands, each decoded over the whole picture
EXTENSIONS = {".jpg", ".jpeg", ".png", ".webp"}
# Pillow calls a phone's JPEG with a second picture inside MPO; its first picture is the one.
FORMATS = {"JPEG": "jpg", "MPO": "jpg", "PNG": "png", "WEBP": "webp"}
TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
_KEY = re.compile(r"pictures/[0-9a-f]{32}\.(jpg|png|webp)")


class PictureParser(MultiPartParser):
    """Forms with a picture. One far beyond the limit is refused unread, not spooled to disk."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        length = str((parser_context or {})["request"].META.get("CONTENT_LENGTH") or "0")
        if length.isdigit() and int(length) > 4 * settings.IMAGE_MAX_BYTES:
            raise ValidationError({"image": [ImageField.default_error_messages["too_big"]]})
        _, options = parse_header_parameters(media_type or "")
        whole = _EndKept(stream)
        parsed = super().parse(cast(IO[bytes], whole), media_type, parser_context)
        # Django takes a form that broke off for a short one: half of what was sent would be saved.
        if f"--{options.get('boundary')}--".encode() not in whole.end:
            raise ParseError("The form is not complete.")
        return parsed


class _EndKept:
    """A stream that remembers the last bytes read from it."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.end = b""

    def read(self, *size: int) -> bytes:
        part: bytes = self._stream.read(*size)
        self.end = (self.end + part)[-MAX_FORM_END:]
        return part


# What an endpoint that takes a picture reads: `parser_classes = PICTURE_PARSERS`.
PICTURE_PARSERS = (JSONParser, PictureParser)


@extend_schema_field(OpenApiTypes.BINARY)
class ImageField(BlankIsAbsent):
    """An uploaded picture, in; its pixels encoded anew without any metadata, as a ContentFile.

    Accepts JPEG, PNG and WebP by content and by extension, up to 15 MB, 25 megapixels and 10 000
    pixels a side. Anything else, however malicious, is a validation error.
    """

    default_error_messages = {
        "not_a_file": "A picture is uploaded as a file in a multipart form.",
        "extension": "The file name must end in jpg, jpeg, png or webp.",
        "too_big": "A picture may have at most 15 MB.",
        "too_many_pixels": "A picture may have at most 25 megapixels and 10000 pixels a side.",
        "not_a_picture": "This is not a readable JPEG, PNG or WebP picture.",
    }

    def to_internal_value(self, data: Any) -> ContentFile:
        if not isinstance(data, UploadedFile):
            self.fail("not_a_file")
        if (data.size or 0) > settings.IMAGE_MAX_BYTES:
            self.fail("too_big")
        if PurePath(data.name or "").suffix.lower() not in EXTENSIONS:
            self.fail("extension")
        try:
            # The header alone is read here; pixels only after their number is known to be sane.
            with Image.open(data, formats=["JPEG", "PNG", "WEBP"]) as picture:
                sane = max(picture.size) <= MAX_SIDE
                sane = sane and picture.width * picture.height <= MAX_PIXELS
                if sane:
                    return _encoded_anew(picture, data)
        except Exception as error:
            # Pillow meets a broken or hostile file with nearly any exception there is.
            log.info("refused picture: %s", type(error).__name__)
            self.fail("not_a_picture")
        self.fail("too_many_pixels")
        raise AssertionError("unreachable")


class PictureIn(serializers.Serializer):
    """The two fields of every form that carries a picture."""

    image = ImageField(required=False)
    removeImage = FlagField(required=False)


@extend_schema_field({"type": "string", "format": "uri", "nullable": True})
class ImageUrlField(serializers.Field):
    """The picture's absolute URL, or null; out only."""

    def __init__(self, *, source: str = "image_public_id", **kwargs: Any) -> None:
        super().__init__(read_only=True, source=source, **kwargs)

    def to_representation(self, value: str) -> str | None:
        return image_url(value, self.context.get("request") or ASKED_BY.get())


def image_url(key: str | None, request: Request | HttpRequest | None) -> str | None:
    """The absolute URL of the picture with this storage key (the client has another origin)."""
    if not key:
        return None
    url = default_storage.url(key)
    return request.build_absolute_uri(url) if request else url


class Pictured(Protocol):
    """A row that keeps its picture's storage key."""

    image_public_id: str | None


@dataclass(frozen=True)
class PictureChange:
    """What a request does to a row's picture: a new one, none, or (the default) nothing."""

    new_key: str | None = None
    remove: bool = False

    def put_on(self, row: Pictured) -> None:
        """Set the row's key; its old file goes after the commit. The caller saves the row.

        Call it inside the transaction on the row as read there, so that of two requests that
        replace a picture at once the later one removes the earlier one's file.
        """
        if not self.new_key and not self.remove:
            return
        drop_picture(row.image_public_id)
        row.image_public_id = self.new_key


@contextmanager
def picture_change(body: dict[str, Any]) -> Iterator[PictureChange]:
    """Take the picture out of a validated body, store it, and remove it again if the block fails.

    A new picture wins over `removeImage`. Raises Unavailable when the storage refuses it; then
    the block is not entered. Enter it outside of any transaction: storing may take seconds.
    """
    upload, remove = body.pop("image", None), bool(body.pop("removeImage", False))
    new_key = _stored(upload) if upload else None
    try:
        yield PictureChange(new_key, remove)
    except OutcomeUnknown:
        # The row may point at the file by now: one file too many beats a broken picture.
        raise
    except BaseException:
        _delete(new_key)
        raise


def drop_picture(key: str | None) -> None:
    """Delete the file of a row that no longer shows it, once the transaction has committed."""
    if key:
        transaction.on_commit(lambda: _delete(key))


@require_safe
def picture(request: HttpRequest, key: str) -> HttpResponseBase:
    """Serve a picture of ours, and nothing else that may lie in the media folder."""
    named = _KEY.fullmatch(key)
    try:
        file = default_storage.open(key) if named else None
    except (FileNotFoundError, NotImplementedError):
        file = None
    if not named or not file:
        return HttpResponse("Not found", status=404, content_type="text/plain")
    # The name is random and never used again, so a copy never grows old.
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Content-Disposition": "inline",
        "X-Content-Type-Options": "nosniff",
    }
    return FileResponse(file, content_type=TYPES[named[1]], headers=headers)


def _encoded_anew(picture: Image.Image, file: UploadedFile) -> ContentFile:
    assert picture.format
    extension = FORMATS[picture.format]
    if extension == "jpg":
        file.seek(0)
        if file.read().count(b"\xff\xda") > MAX_SCANS:
            raise ValueError("too many scans")
    picture.load()
    upright = ImageOps.exif_transpose(picture)
    if upright.mode.startswith("I"):
        # 16 bits of grey: Pillow would cut them off at white instead of scaling.
        upright = upright.convert("I").point(lambda grey: grey / 256).convert("L")
    mode = "RGBA" if extension != "jpg" and upright.has_transparency_data else "RGB"
    # Pixels on an empty sheet: no EXIF (places, owners), profile, comment or second picture.
    sheet = Image.new(mode, upright.size)
    sheet.paste(upright.convert(mode))
    encoded = BytesIO()
    sheet.save(encoded, format={"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}[extension], quality=88)
    return ContentFile(encoded.getvalue(), name=f"pictures/{uuid4().hex}.{extension}")


def _stored(upload: ContentFile) -> str:
    assert upload.name
    try:
        return default_storage.save(upload.name, upload)
    except OSError as error:  # disk full, folder not writable
        log.exception("picture not stored")
        raise Unavailable("The picture cannot be stored now. Please try again.") from error


def _delete(key: str | None) -> None:
    if not key:
        return
    try:
        default_storage.delete(key)
    except (OSError, Unavailable):  # what the request was about is done; a file is left over
        log.warning("picture %s was not deleted", key, exc_info=True)
