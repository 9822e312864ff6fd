"""Pictures at Cloudinary, tried against a stub of its API on this machine."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from pos_project.core.errors import Unavailable
from pos_project.core.images.cloudinary_storage import CloudinaryStorage
from pos_project.core.images.pictures import image_url, picture_change

KEY = "pictures/0123456789abcdef0123456789abcdef.png"
PUBLIC_ID = "pictures/0123456789abcdef0123456789abcdef"


class Cloud(ThreadingHTTPServer):
    """Keeps what was asked; answers `status` with `answer`."""

    status: int = 200
    answer: bytes = b'{"result": "ok"}'

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.asked: list[tuple[str, str, bytes]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answers(BaseHTTPRequestHandler):
    server: Cloud

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append((self.command, self.path, body))
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(self.server.answer)))
        self.end_headers()
        self.wfile.write(self.server.answer)

    do_GET = do_POST

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    server = Cloud()
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def storage(cloud: Cloud, settings: Any) -> CloudinaryStorage:
    settings.CLOUD_NAME, settings.CLOUD_KEY = "our-shop", "key-1"
    settings.CLOUD_SECRET, settings.CLOUD_UPLOAD_PREFIX = "secret-1", cloud.address
    return CloudinaryStorage()


def test_a_picture_is_uploaded_under_its_key_signed_but_without_the_secret(
    storage: CloudinaryStorage, cloud: Cloud
) -> None:
    assert storage.save(KEY, ContentFile(b"pixels")) == KEY
    [(method, path, body)] = cloud.asked
    assert (method, path) == ("POST", "/v1_1/our-shop/image/upload")
    assert b"pixels" in body
    assert PUBLIC_ID.encode() in body
    assert b'name="signature"' in body
    assert b"secret-1" not in body


def test_the_address_is_the_accounts_own_over_https(storage: CloudinaryStorage) -> None:
    assert (
        storage.url(KEY) == f"https://res.cloudinary.com/our-shop/image/upload/v1/{PUBLIC_ID}.png"
    )


def test_deleting_also_clears_the_copies_of_the_network(
    storage: CloudinaryStorage, cloud: Cloud
) -> None:
    storage.delete(KEY)
    [(_, path, body)] = cloud.asked
    assert path == "/v1_1/our-shop/image/destroy"
    assert PUBLIC_ID.encode() in body
    assert b"invalidate" in body


def test_a_picture_exists_when_the_account_has_it(storage: CloudinaryStorage, cloud: Cloud) -> None:
    assert storage.exists(KEY)
    cloud.status, cloud.answer = 404, json.dumps({"error": {"message": "not found"}}).encode()
    assert not storage.exists(KEY)
    assert {path for _, path, _ in cloud.asked} == {
        f"/v1_1/our-shop/resources/image/upload/{PUBLIC_ID}"
    }


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (500, b'{"error": {"message": "internal"}}'),
        (401, b'{"error": {"message": "Invalid api_key"}}'),
        (404, b'{"error": {"message": "no such cloud"}}'),
        (502, b"<html>Bad gateway</html>"),
    ],
)
def test_whatever_goes_wrong_there_is_a_503_here(
    storage: CloudinaryStorage, cloud: Cloud, status: int, answer: bytes
) -> None:
    cloud.status, cloud.answer = status, answer
    with pytest.raises(Unavailable) as refused:
        storage.save(KEY, ContentFile(b"pixels"))
    assert "api_key" not in refused.value.message
    with pytest.raises(Unavailable):
        storage.delete(KEY)


def test_an_account_that_cannot_be_reached_is_a_503(
    storage: CloudinaryStorage, cloud: Cloud
) -> None:
    cloud.shutdown()
    cloud.server_close()
    with pytest.raises(Unavailable):
        storage.save(KEY, ContentFile(b"pixels"))


def test_chosen_in_settings_it_stores_shows_and_removes_the_pictures(
    storage: CloudinaryStorage, cloud: Cloud, settings: Any
) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "pos_project.core.images.cloudinary_storage.CloudinaryStorage"},
    }

    def refused_later() -> None:
        with picture_change({"image": ContentFile(b"pixels", KEY)}) as change:
            assert change.new_key == KEY
            raise ValueError("the shop says no")

    with pytest.raises(ValueError, match="the shop says no"):
        refused_later()
    assert [path.rsplit("/", 1)[1] for _, path, _ in cloud.asked] == ["upload", "destroy"]
    assert (image_url(KEY, None) or "").startswith("https://res.cloudinary.com/our-shop/")
    with pytest.raises(NotImplementedError):
        default_storage.open(KEY)
