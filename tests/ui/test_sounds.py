"""Four sounds that differ, each once for an answer, and machines that are silent."""

from __future__ import annotations

import sys
import weakref
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import assets
from ui import tones
from ui.answers import Kind
from ui.sounds import Sounds


@pytest.mark.parametrize("kind", Kind)
def test_the_files_are_what_the_code_computes(kind: Kind) -> None:
    assert assets.read_bytes(f"sounds/{kind.value}.wav") == tones.file_of(tones.SOUNDS[kind.value])


def test_every_answer_has_a_sound_of_its_own() -> None:
    made = {kind: tuple(tones.samples(tones.SOUNDS[kind.value])) for kind in Kind}
    assert len(set(made.values())) == 4
    assert len(made[Kind.REFUSAL]) == max(map(len, made.values()))
    assert all(max(map(abs, one)) > 10_000 for one in made.values())


def test_each_answer_sounds_once(evening: Any, scan: Any) -> None:
    window = evening.open()
    played: list[Kind] = []
    window.sounds.played.connect(played.append)
    ticket = evening.ticket()
    scan(ticket)
    evening.answer("Valid")
    scan("nobody-knows-this")
    evening.answer("Unknown")
    assert played == [Kind.VALID, Kind.REFUSAL]


def test_mute_is_silent_and_shown(evening: Any, scan: Any) -> None:
    window = evening.open()
    played: list[Kind] = []
    window.sounds.played.connect(played.append)
    window.strip.sound.click()
    scan(evening.ticket())
    evening.answer("Valid")
    assert played == []
    assert window.strip.sound.words == "Muted"


def test_a_system_without_the_sound_library_works_on_in_silence(qapp: object, monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, "PySide6.QtMultimedia", None)
    sounds = Sounds()
    sounds.prepare()
    sounds.play(Kind.VALID)
    assert sounds.trouble is not None
    assert sounds.trouble.title == "No sound"


class Effect:
    """A sound that takes whatever is told to it."""

    def __getattr__(self, name: str) -> Any:
        return lambda _: None


def test_another_loudspeaker_gets_all_sounds_anew(qapp: object, monkeypatch: Any) -> None:
    """Qt shares the way to a loudspeaker among all effects, so that one old effect would keep a dead one in use."""
    from PySide6 import QtMultimedia

    made: list[weakref.ref[Any]] = []
    before: list[int] = []

    def there() -> int:
        return sum(one() is not None for one in made)

    def make(_device: object) -> Any:
        before.append(there())
        effect = Effect()
        made.append(weakref.ref(effect))
        return effect

    loudspeaker = SimpleNamespace(isNull=lambda: False)
    monkeypatch.setattr(QtMultimedia, "QSoundEffect", make)
    monkeypatch.setattr(QtMultimedia, "QMediaDevices", SimpleNamespace(defaultAudioOutput=lambda: loudspeaker))
    sounds = Sounds()
    sounds._load()
    sounds._load()
    assert before == [0, 1, 2, 3, 0, 1, 2, 3]
    sounds.close()
    assert there() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the player knows the cameras")
def test_sounds_need_no_film_player(qapp: Any) -> None:
    places = qapp.libraryPaths()
    Sounds().prepare()
    assert "ffmpegmediaplugin" not in Path("/proc/self/maps").read_text()
    assert qapp.libraryPaths() == places


def test_nothing_of_multimedia_is_loaded_with_the_window(evening: Any) -> None:
    before = set(sys.modules)
    evening.open()
    assert "PySide6.QtMultimedia" not in set(sys.modules) - before
