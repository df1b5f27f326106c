"""Colours, letters and sizes, our own on every system.

The platform's colour scheme call does nothing on some systems, so nothing here relies on it: a look is a
set of named colours, from which palette and style sheet are made, and widgets that paint themselves ask
for the current one. The contrast of each pair is computed by a test, not judged by eye.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import lru_cache
from string import Template

import msgspec
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QWidget

import assets


class Look(StrEnum):
    """What the person chose; `system` goes along with the desktop."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Colours(msgspec.Struct, frozen=True, kw_only=True):
    """The named colours of a look, as `#RRGGBB`."""

    window: str
    surface: str
    raised: str
    line: str
    ink: str
    muted: str
    accent: str
    accent_hover: str
    on_accent: str
    focus: str
    selection: str
    on_selection: str
    mark: str
    on_mark: str
    good: str
    warn: str
    bad: str
    banner: str
    on_banner: str
    disabled: str
    dark: bool


LIGHT = Colours(
    window="#F3F5F8",
    surface="#FFFFFF",
    raised="#E9EDF2",
    line="#CFD7E0",
    ink="#16202B",
    muted="#566371",
    accent="#1D5BD0",
    accent_hover="#174BAE",
    on_accent="#FFFFFF",
    focus="#1D5BD0",
    selection="#DCE7FC",
    on_selection="#10294F",
    mark="#FFE08A",
    on_mark="#16202B",
    good="#0B7443",
    warn="#8A5200",
    bad="#A31529",
    banner="#FFE9BF",
    on_banner="#4A3100",
    disabled="#8893A0",
    dark=False,
)

DARK = Colours(
    window="#141A21",
    surface="#1C242D",
    raised="#28323D",
    line="#394654",
    ink="#EBF0F5",
    muted="#A6B3C0",
    accent="#7DB0FF",
    accent_hover="#A0C6FF",
    on_accent="#0B1624",
    focus="#9CC3FF",
    selection="#264269",
    on_selection="#F2F6FB",
    mark="#6B5200",
    on_mark="#FFF3CF",
    good="#62D896",
    warn="#FFC957",
    bad="#FF919B",
    banner="#46350B",
    on_banner="#FFE7AE",
    disabled="#6F7C89",
    dark=True,
)

DOOR = msgspec.structs.replace(
    DARK, window="#07090C", surface="#0E1319", raised="#1B232C", line="#2F3B47", ink="#F5F8FB", muted="#B4C0CB"
)


class Tone(msgspec.Struct, frozen=True):
    """How an answer is painted: its fill and its text."""

    fill: str
    text: str


VALID = Tone("#8FE3B0", "#000000")
CAUTION = Tone("#FFB000", "#000000")
REFUSAL = Tone("#8F0018", "#FFFFFF")
PASSING = Tone("#0B4FA8", "#FFFFFF")

FAMILIES = (
    "Inter",
    "Noto Sans",
    "Noto Sans CJK SC",
    "Microsoft YaHei UI",
    "PingFang SC",
    "WenQuanYi Micro Hei",
    "Noto Sans Arabic",
    "Segoe UI",
    "DejaVu Sans",
)
"""Our own letters, then where systems keep the others; what is missing there is found by the system itself."""

TOUCH = 44
"""The least height of anything that is touched."""
TOUCH_AT_DOOR = 72
TEXT = 15
"""The usual height of letters in pixels."""


class _Theme(QObject):
    """Tells whoever paints that the colours are others now."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.colours = LIGHT
        self.look = Look.SYSTEM
        self.door_mode = False
        self.installed = False


_theme: _Theme | None = None


def the() -> _Theme:
    """The theme in use; has a signal `changed`."""
    global _theme
    if _theme is None:
        _theme = _Theme()
    return _theme


def colours() -> Colours:
    """The colours in use."""
    return the().colours


def color(name: str) -> QColor:
    """A named colour of the look in use, as Qt wants it."""
    return QColor(getattr(the().colours, name))


def install(look: Look, *, door_mode: bool = False) -> None:
    """Set letters, palette and style for the first time, before anything is shown."""
    if not the().installed:
        _install_once(_application())
    wear(look, door_mode=door_mode)


def _install_once(application: QApplication) -> None:
    the().installed = True
    for weight in ("Regular", "SemiBold", "Bold"):
        QFontDatabase.addApplicationFont(str(assets.path(f"fonts/Inter-{weight}.otf")))
    application.setFont(font(TEXT))
    QGuiApplication.styleHints().colorSchemeChanged.connect(_follow_system)


def wear(look: Look, *, door_mode: bool = False) -> None:
    """Change to another look, now."""
    theme = the()
    theme.look = look
    theme.door_mode = door_mode
    theme.colours = _choose(look, door_mode=door_mode)
    application, sheet = _application(), style_sheet(theme.colours)
    if application.styleSheet() == sheet:
        return
    with _nothing_collected():
        application.setPalette(palette(theme.colours))
        application.setStyleSheet(sheet)
        theme.changed.emit()


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Qt walks along all widgets, and asks Python on its way: none of them may be collected meanwhile."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _follow_system() -> None:
    theme = the()
    if theme.look is Look.SYSTEM:
        wear(theme.look, door_mode=theme.door_mode)


def _choose(look: Look, *, door_mode: bool) -> Colours:
    if door_mode:
        return DOOR
    if look is Look.SYSTEM:
        dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        return DARK if dark else LIGHT
    return DARK if look is Look.DARK else LIGHT


def palette(of: Colours) -> QPalette:
    """The colours in the places where Qt looks for them."""
    made = QPalette(QColor(of.raised), QColor(of.window))
    roles = {
        QPalette.ColorRole.Window: of.window,
        QPalette.ColorRole.WindowText: of.ink,
        QPalette.ColorRole.Base: of.surface,
        QPalette.ColorRole.AlternateBase: of.raised,
        QPalette.ColorRole.Text: of.ink,
        QPalette.ColorRole.Button: of.raised,
        QPalette.ColorRole.ButtonText: of.ink,
        QPalette.ColorRole.BrightText: of.bad,
        QPalette.ColorRole.Highlight: of.selection,
        QPalette.ColorRole.HighlightedText: of.on_selection,
        QPalette.ColorRole.Link: of.accent,
        QPalette.ColorRole.ToolTipBase: of.raised,
        QPalette.ColorRole.ToolTipText: of.ink,
        QPalette.ColorRole.PlaceholderText: of.muted,
        QPalette.ColorRole.Accent: of.accent,
    }
    for role, value in roles.items():
        made.setColor(role, QColor(value))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(of.disabled))
    return made


def style_sheet(of: Colours) -> str:
    """The style sheet with these colours."""
    return Template(assets.read_text("style/app.qss")).substitute(msgspec.structs.asdict(of), touch=TOUCH)


@lru_cache(maxsize=256)
def font(pixels: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Our letters at a height in pixels. Shared, so not to be changed."""
    made = QFont()
    made.setFamilies(list(FAMILIES))
    made.setPixelSize(max(1, round(pixels)))
    made.setWeight(weight)
    return made


def bold(pixels: float) -> QFont:
    """Our letters, heavy."""
    return font(pixels, QFont.Weight.Bold)


def half_bold(pixels: float) -> QFont:
    """Our letters, a little heavier than usual."""
    return font(pixels, QFont.Weight.DemiBold)


@lru_cache(maxsize=2_048)
def half_bold_width(text: str, pixels: float) -> float:
    """What a line takes in those letters. A layout asks each of its buttons again and again."""
    return QFontMetricsF(half_bold(pixels)).horizontalAdvance(text)


def _application() -> QApplication:
    application = QApplication.instance()
    assert isinstance(application, QApplication)  # noqa: S101 - a look without an application is a bug of ours
    return application


def restyle(widget: QWidget) -> None:
    """Let a widget look as its role says now."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def tell(label: QLabel, words: str, role: str) -> None:
    """Let a label say something else, and look like what it says."""
    label.setText(words)
    label.setProperty("role", role)
    restyle(label)
