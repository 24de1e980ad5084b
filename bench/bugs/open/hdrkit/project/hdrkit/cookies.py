"""Cookies: both header fields, and a jar that keeps what a server set."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Dict, List, Optional, Tuple

from .headers import HeaderError, format_date, parse_date, split_quoted, unquote

_SAME_SITE = {"strict": "Strict", "lax": "Lax", "none": "None"}


def parse_cookie(header: str) -> Dict[str, str]:
    """The cookies of a request; of a name that comes twice the first counts."""
    cookies: Dict[str, str] = {}
    for part in split_quoted(header, ";"):
        name, equals, value = part.partition("=")
        name = name.strip()
        if equals and name:
            cookies.setdefault(name, unquote(value.strip()))
    return cookies


@dataclass
class SetCookie:
    """What one ``Set-Cookie`` field says."""

    name: str
    value: str
    path: str = "/"
    domain: Optional[str] = None
    expires: Optional[datetime] = None
    max_age: Optional[int] = None
    secure: bool = False
    http_only: bool = False
    same_site: Optional[str] = None

    def to_header(self) -> str:
        """The value of the field, attributes in a fixed order."""
        if any(char in self.value for char in ';\r\n\0'):
            raise HeaderError("bad character in cookie %s" % self.name)
        parts = ["%s=%s" % (self.name, self.value), "Path=%s" % self.path]
        if self.domain is not None:
            parts.append("Domain=%s" % self.domain)
        if self.expires is not None:
            parts.append("Expires=%s" % format_date(self.expires))
        if self.max_age is not None:
            parts.append("Max-Age=%d" % self.max_age)
        if self.secure:
            parts.append("Secure")
        if self.http_only:
            parts.append("HttpOnly")
        if self.same_site is not None:
            parts.append("SameSite=%s" % _SAME_SITE[self.same_site.lower()])
        return "; ".join(parts)

    def expires_at(self, now: datetime) -> Optional[datetime]:
        """When the cookie ends, or None for one of the session; Max-Age goes before Expires."""
        if self.max_age is not None:
            return now + timedelta(seconds=self.max_age)
        return self.expires


def parse_set_cookie(header: str) -> SetCookie:
    """Read a ``Set-Cookie`` field; attributes that are unknown or malformed are passed over."""
    parts = header.split(";")
    name, equals, value = parts[0].partition("=")
    if not equals or not name.strip():
        raise HeaderError("no cookie in %r" % header)
    cookie = SetCookie(name.strip(), unquote(value.strip()))
    for part in parts[1:]:
        key, _, text = part.partition("=")
        key, text = key.strip().lower(), text.strip()
        if key == "path" and text.startswith("/"):
            cookie.path = text
        elif key == "domain" and text:
            cookie.domain = text.lstrip(".").lower()
        elif key == "expires":
            cookie.expires = parse_date(text)
        elif key == "max-age":
            try:
                cookie.max_age = int(text)
            except ValueError:
                pass
        elif key == "secure":
            cookie.secure = True
        elif key == "httponly":
            cookie.http_only = True
        elif key == "samesite":
            cookie.same_site = _SAME_SITE.get(text.lower())
    return cookie


class CookieJar:
    """Cookies as a client keeps them, by host, path and name."""

    def __init__(self) -> None:
        self._cookies: Dict[Tuple[str, str, str], Tuple[SetCookie, Optional[datetime]]] = {}

    def store(self, host: str, cookie: SetCookie, now: Optional[datetime] = None) -> None:
        """Keep a cookie; one that has already ended removes the one it would replace."""
        now = now or datetime.now(timezone.utc)
        key = (cookie.domain or host.lower(), cookie.path, cookie.name)
        end = cookie.expires_at(now)
        if end is not None and end <= now:
            self._cookies.pop(key, None)
        else:
            self._cookies[key] = (cookie, end)

    def header_for(
        self, host: str, path: str = "/", secure: bool = False, now: Optional[datetime] = None
    ) -> str:
        """The ``Cookie`` field of a request, longer paths first."""
        now = now or datetime.now(timezone.utc)
        found: List[Tuple[int, str]] = []
        for (stored, where, name), (cookie, end) in self._cookies.items():
            if end is not None and end <= now:
                continue
            if cookie.secure and not secure:
                continue
            if self._host_fits(host.lower(), cookie, stored) and _path_fits(path, where):
                found.append((-len(where), "%s=%s" % (name, cookie.value)))
        found.sort(key=lambda item: item[0])
        return "; ".join(text for _, text in found)

    @staticmethod
    def _host_fits(host: str, cookie: SetCookie, stored: str) -> bool:
        if host == stored:
            return True
        return cookie.domain is not None and host.endswith("." + stored)

    def __len__(self) -> int:
        return len(self._cookies)


def _path_fits(path: str, where: str) -> bool:
    if path == where:
        return True
    return path.startswith(where if where.endswith("/") else where + "/")
