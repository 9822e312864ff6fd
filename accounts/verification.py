"""Confirming an e-mail address: a signed link is mailed, and opening it sets `verify`."""

from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.core.mail import send_mail
from django.db import transaction

from accounts.models import User
from pos_project.core.errors import Invalid

SALT = "accounts.verification"
LINK_LIFE = timedelta(days=3)


class LinkRefused(Invalid):
    """The link was altered, is too old, or is for an address that the user no longer has."""

    code = "invalid_link"


def verification_link(user: User) -> str:
    """The link that confirms the user's present address, valid for three days."""
    token = signing.dumps({"id": user.pk, "email": user.email_key}, salt=SALT)
    return f"{settings.APP_BASE_URL.rstrip('/')}/api/auth/verify?{urlencode({'token': token})}"


def mail_link(user: User) -> None:
    """Mail the link once the transaction has committed. A mail server's failure is only logged:
    the user exists all the same, and changing the e-mail sends another link."""
    name, address, link = user.name, user.email, verification_link(user)

    def send() -> None:
        send_mail(
            "Please confirm your e-mail address",
            f"Hello {name},\n\n"
            "an account of the shop was opened for this address. Please confirm it here:\n\n"
            f"{link}\n\n"
            f"The link works for {LINK_LIFE.days} days. If you did not expect this, ignore it.\n",
            None,
            [address],
        )

    transaction.on_commit(send, robust=True)


def confirm_email(token: str) -> None:
    """Mark the address that a link was mailed to as confirmed; again does no harm.

    Raises LinkRefused.
    """
    try:
        claims = signing.loads(token, salt=SALT, max_age=LINK_LIFE)
    except signing.BadSignature as error:
        raise LinkRefused("This link is invalid or has expired.") from error
    user = User.objects.listed().filter(pk=claims["id"], email_key=claims["email"]).first()
    if user is None:
        raise LinkRefused("This link is invalid or has expired.")
    if not user.verify:
        user.verify = True
        user.save(update_fields=["verify"])  # one row, so that the audit tells it
