"""The page for people at the hub's address: one file, read-only, behind a login.

Who has a token for it opens a session, which the browser keeps in a cookie that no script and no other
site can use. The page brings its own style and script and may load nothing from anywhere; what stations
call themselves is put on it as text, never as part of the page.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
import secrets

from sqlalchemy import Connection, text

import assets

from . import settings, sql
from .answers import No

COOKIE = "hub_session"
LASTS_SECONDS = 12 * 3600

_ADMIT = text("INSERT INTO admins (token, name, made_at) VALUES (:token, :name, :now)")
_ADMIN = text("SELECT name FROM admins WHERE token = :token")
_OPEN = text("INSERT INTO sessions (id, admin, until) VALUES (:id, :admin, :until)")
_SESSION = text("SELECT 1 FROM sessions JOIN admins ON admins.token = sessions.admin WHERE id = :id AND until > :now")
_CLOSE = text("DELETE FROM sessions WHERE id = :id OR until <= :now")


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def admit(connection: Connection, name: str, now: int) -> str:
    """A token for somebody who may look at the page. It is shown once and kept only as its hash."""
    token = secrets.token_hex(32)
    sql.run(connection, _ADMIT, {"token": _hashed(token), "name": name, "now": now})
    return token


def log_in(connection: Connection, token: str, now: int) -> str:
    """Open a session; the cookie that stands for it. Raises `No`."""
    if sql.row(connection, _ADMIN, {"token": _hashed(token)}) is None:
        raise No(403, "login", "This token opens no page. Ask for one with `hub admin`.")
    session = secrets.token_urlsafe(32)
    until = now + LASTS_SECONDS * 1_000_000
    sql.run(connection, _CLOSE, {"id": "", "now": now})
    sql.run(connection, _OPEN, {"id": _hashed(session), "admin": _hashed(token), "until": until})
    secure = "; Secure" if settings.get(connection, settings.ADDRESS).startswith("https:") else ""
    return f"{COOKIE}={session}; Path=/; Max-Age={LASTS_SECONDS}; HttpOnly; SameSite=Strict{secure}"


def recognise(connection: Connection, session: str, now: int) -> None:
    """Raise `No` unless this session is open."""
    if not session or sql.row(connection, _SESSION, {"id": _hashed(session), "now": now}) is None:
        raise No(401, "login", "This needs a login.")


def log_out(connection: Connection, session: str, now: int) -> str:
    """End a session; the cookie that takes the old one away."""
    sql.run(connection, _CLOSE, {"id": _hashed(session), "now": now})
    return f"{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"


@functools.cache
def html() -> bytes:
    """The page as it is sent."""
    return assets.read_bytes("hub/page.html")


@functools.cache
def headers() -> dict[str, str]:
    """What the browser is told beside the page: nothing is loaded, embedded or sent elsewhere."""
    source = html().decode()
    script, style = (_digest(source, tag) for tag in ("script", "style"))
    policy = (
        f"default-src 'none'; script-src {script}; style-src {style}; connect-src 'self'; img-src data:;"
        " form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-cache",
    }


def _digest(source: str, tag: str) -> str:
    """The only one of its kind on the page, by which the browser knows it for ours."""
    [inside] = re.findall(f"<{tag}>(.*?)</{tag}>", source, flags=re.DOTALL)
    return f"'sha256-{base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()}'"
