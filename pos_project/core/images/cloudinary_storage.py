"""Pictures kept by Cloudinary: chosen in STORAGES when the three CLOUD_ variables are set."""

import logging
from pathlib import PurePosixPath
from typing import Any

import cloudinary.uploader
from cloudinary import api, exceptions
from cloudinary.utils import cloudinary_url
from django.conf import settings
from django.core.files.base import File
from storages.base import BaseStorage

from pos_project.core.errors import Unavailable

log = logging.getLogger(__name__)


class CloudinaryStorage(BaseStorage):
    """Django's storage over the account CLOUD_NAME. A key is `<public id>.<format>`.

    `upload_prefix` replaces https://api.cloudinary.com. Raises Unavailable when the account does
    not answer as it should.
    """

    cloud_name: str
    api_key: str
    api_secret: str
    upload_prefix: str | None
    timeout_seconds: int

    def get_default_settings(self) -> dict[str, Any]:
        return {
            "cloud_name": settings.CLOUD_NAME,
            "api_key": settings.CLOUD_KEY,
            "api_secret": settings.CLOUD_SECRET,
            "upload_prefix": settings.CLOUD_UPLOAD_PREFIX or None,
            "timeout_seconds": 10,
        }

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name  # random already, so no need to ask the account

    def url(self, name: str | None) -> str:
        public_id, extension = _parts(name)
        address, _ = cloudinary_url(
            public_id,
            format=extension,
            cloud_name=self.cloud_name,
            secure=True,
        )
        return str(address)

    def exists(self, name: str) -> bool:
        try:
            self._ask(api.resource, _parts(name)[0])
        except Unavailable as error:
            if isinstance(error.__cause__, exceptions.NotFound):
                return False
            raise
        return True

    def delete(self, name: str) -> None:
        self._ask(cloudinary.uploader.destroy, _parts(name)[0], invalidate=True)

    def _save(self, name: str, content: File) -> str:
        public_id, extension = _parts(name)
        content.seek(0)
        self._ask(
            cloudinary.uploader.upload,
            content.read(),
            public_id=public_id,
            format=extension,
            resource_type="image",
            overwrite=False,
        )
        return name

    def _open(self, name: str, mode: str = "rb") -> File:
        raise NotImplementedError("Cloudinary serves its pictures itself.")

    def _ask(self, call: Any, *args: Any, **options: Any) -> Any:
        account = {
            "cloud_name": self.cloud_name,
            "api_key": self.api_key,
            "api_secret": self.api_secret,
            "timeout": self.timeout_seconds,
        }
        if self.upload_prefix:
            account["upload_prefix"] = self.upload_prefix
        try:
            return call(*args, **account, **options)
        except exceptions.Error as error:
            log.warning("Cloudinary refused: %s", type(error).__name__)
            raise Unavailable("The picture store does not answer. Please try again.") from error


def _parts(name: str | None) -> tuple[str, str | None]:
    path = PurePosixPath(name or "")
    return str(path.with_suffix("")), path.suffix.lstrip(".") or None
