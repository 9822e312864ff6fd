"""The form on a page of the back office, as a browser would send it: with all that it shows."""

from html.parser import HTMLParser
from typing import Any

from django.test import Client

Fields = dict[str, Any]


class _Form(HTMLParser):
    """The fields of the last form on the page that is sent by POST and is not about signing out."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: Fields = {}
        self._inside = self._in_template = False
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        said = dict(attrs)
        if tag == "template":
            self._in_template = True
        if tag == "form":
            ours = said.get("method") == "post" and "logout" not in (said.get("action") or "")
            self._inside = ours
            if ours:
                self.fields = {}
        name, value = said.get("name"), said.get("value")
        if not self._inside or self._in_template:
            return
        if tag == "option" and self._select and "selected" in said:
            self.fields[self._select] = value or ""
        elif tag == "select" and name:
            self._select = name
            self.fields.setdefault(name, "")
        elif tag == "textarea" and name:
            self._area = name
            self.fields[name] = ""
        elif tag == "input" and name and said.get("type") not in ("submit", "file"):
            if said.get("type") not in ("checkbox", "radio"):
                self.fields[name] = value or ""
            elif "checked" in said:
                self.fields[name] = value or "on"

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._in_template = False
        elif tag == "form":
            self._inside = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            # A browser leaves out the line break that follows the tag.
            self.fields[self._area] += data.removeprefix("\n")


def form_of(answer: Any) -> Fields:
    """What the form of a page would send if nothing were typed."""
    assert answer.status_code == 200, answer
    parser = _Form()
    parser.feed(answer.content.decode())
    return parser.fields


def opened(office: Client, page: str) -> Fields:
    """The same of a page that is opened now."""
    return form_of(office.get(page))
