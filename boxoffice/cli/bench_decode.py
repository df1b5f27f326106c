"""`bench decode`: what our pipeline reads and what it costs, beside each decoder alone on the same pictures.

The pictures are drawn: public sample sets cannot travel with the project. They are spoilt until every side
misses some, so the shares compare the sides and say nothing about a good day at a door. All sides take turns,
picture by picture.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from boxoffice.scanning.found import Effort
from boxoffice.scanning.worker import DecodingProcess

from .bench_timing import at
from .output import flush, say

if TYPE_CHECKING:
    from boxoffice.scanning.found import Picture

LENGTHS = (28, 150)
"""Characters in a code: a ticket's secret, and a signed ticket."""

LOOKS = 30
"""Frames of a scene that stands still for a second before a camera."""

Side = Callable[["Picture"], set[str]]


class Sizes(msgspec.Struct, frozen=True):
    """How much is measured."""

    pictures: int
    """Of each kind and length."""
    empty: int
    rounds: int


FULL = Sizes(pictures=10, empty=60, rounds=40)
QUICK = Sizes(pictures=1, empty=3, rounds=3)


def run(args: argparse.Namespace) -> int:
    """Measure shares read, false alarms and times; prints a line each."""
    sizes = QUICK if args.quick else FULL
    measures = (_shares(sizes), _false_alarms(sizes), _times(sizes), _latency(sizes))
    for measure in measures:
        for values, text in measure:
            say(args, values, text)
            flush()
    return 0


Line = tuple[dict[str, Any], str]


def _shares(sizes: Sizes) -> Iterator[Line]:
    """Of the pictures of each kind and length, the share that each side reads."""
    from boxoffice.scanning.sample_codes import KINDS

    sides = _sides()
    total: dict[int, Counter[str]] = {length: Counter() for length in LENGTHS}
    wrong: Counter[str] = Counter()
    for kind in KINDS:
        for length in LENGTHS:
            read, false = _read_by(sides, kind, length, sizes.pictures)
            wrong += false
            total[length] += read
            yield _share_line(kind, length, read, sizes.pictures)
    for length in LENGTHS:
        yield _share_line("all", length, total[length], sizes.pictures * len(KINDS))
    counted = {name: wrong[name] for name in ("ours", "live", *sides)}
    yield (
        {"measure": "wrong texts", **counted},
        "wrong texts: " + ", ".join(f"{name} {count}" for name, count in counted.items()),
    )


def _read_by(sides: Mapping[str, Side], kind: str, length: int, pictures: int) -> tuple[Counter[str], Counter[str]]:
    """How many pictures each side read, and how many wrong texts it gave."""
    import numpy as np

    from boxoffice.scanning.decoder import Decoder
    from boxoffice.scanning.sample_codes import picture, random_text

    read: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for number in range(pictures):
        rng = np.random.default_rng([2026, length, number, *kind.encode()])
        text = random_text(rng, length)
        frame = picture(kind, text, rng)
        thorough, live = Decoder(), Decoder()
        answers = {name: side(frame) for name, side in sides.items()}
        read["together"] += any(text in texts for texts in answers.values())
        answers["ours"] = {one.text for one in thorough.read(frame, Effort.THOROUGH)}
        looks = (live.read(frame) for _ in range(LOOKS))
        answers["live"] = {one.text for one in next((found for found in looks if found), ())}
        for name, texts in answers.items():
            read[name] += text in texts
            wrong[name] += len(texts - {text})
    return read, wrong


def _sides() -> dict[str, Side]:
    """Each decoder alone, as one would use it out of the box."""
    import zxingcpp
    from pyzbar import pyzbar

    from boxoffice.scanning.opencv import cv2

    detector = cv2.QRCodeDetector()

    def zxing(picture: Picture) -> set[str]:
        found = zxingcpp.read_barcodes(
            picture, formats=zxingcpp.barcode_formats_from_str("QRCodeModel2"), text_mode=zxingcpp.TextMode.Plain
        )
        return {one.text for one in found}

    def zbar(picture: Picture) -> set[str]:
        found = pyzbar.decode(picture, symbols=[pyzbar.ZBarSymbol.QRCODE])
        return {one.data.decode(errors="replace") for one in found}

    def opencv(picture: Picture) -> set[str]:
        _, texts, _, _ = detector.detectAndDecodeMulti(picture)
        return {text for text in texts if text}

    return {"zxing-cpp": zxing, "pyzbar": zbar, "opencv": opencv}


def _share_line(kind: str, length: int, read: Counter[str], pictures: int) -> Line:
    names = ("ours", "live", "zxing-cpp", "pyzbar", "opencv", "together")
    shares = {name: round(read[name] / pictures, 3) for name in names}
    values = {"measure": "share read", "kind": kind, "characters": length, "pictures": pictures, **shares}
    text = (
        f"{kind:>12}, {length:>3} characters, {pictures:>4} pictures: ours {shares['ours']:6.1%}"
        f" (live, within a second {shares['live']:6.1%}); zxing-cpp {shares['zxing-cpp']:6.1%},"
        f" pyzbar {shares['pyzbar']:6.1%}, OpenCV {shares['opencv']:6.1%}, all three together {shares['together']:6.1%}"
    )
    return values, text


def _false_alarms(sizes: Sizes) -> Iterator[Line]:
    """Codes seen in scenes that have none, thoroughly and in as many live looks as there are stages."""
    import numpy as np

    from boxoffice.scanning.decoder import Decoder
    from boxoffice.scanning.sample_codes import clutter, grainy

    alarms = 0
    for number in range(sizes.empty):
        rng = np.random.default_rng([404, number])
        scene = grainy(clutter(rng), float(rng.uniform(0, 30)), rng)
        decoder = Decoder()
        alarms += len(decoder.read(scene, Effort.THOROUGH))
        alarms += sum(len(decoder.read(scene)) for _ in range(LOOKS))
    values = {"measure": "false alarms", "scenes": sizes.empty, "looks": sizes.empty * (LOOKS + 1), "alarms": alarms}
    yield values, f"{sizes.empty} scenes without a code, {values['looks']} looks: {alarms} false alarms"


def _times(sizes: Sizes) -> Iterator[Line]:
    """A 720p frame without a code: the decoding alone in processor time, and on the clock from the camera's colours
    through the decoder's process and back. The second says more about a machine that has other things to do.
    """
    import numpy as np

    from boxoffice.scanning.decoder import Decoder
    from boxoffice.scanning.opencv import cv2
    from boxoffice.scanning.sample_codes import clutter

    frames = [_colour(clutter(np.random.default_rng([405, number]))) for number in range(12)]
    sides = _sides()
    clock = {name: _from_colour(side) for name, side in sides.items()}
    taken: dict[str, list[float]] = {name: [] for name in ("ours", *sides)}
    worked: dict[str, list[float]] = {"ours": [], "zxing-cpp": []}
    decoder = Decoder()
    with _running() as process:
        for _ in range(sizes.rounds):
            for frame in frames:
                grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
                worked["ours"].append(_timed(decoder.read, grey, time.thread_time))
                worked["zxing-cpp"].append(_timed(sides["zxing-cpp"], grey, time.thread_time))
                taken["ours"].append(_timed(process.read, frame))
                taken["zxing-cpp"].append(_timed(clock["zxing-cpp"], frame))
        for frame in frames:
            taken["pyzbar"].append(_timed(clock["pyzbar"], frame))
            taken["opencv"].append(_timed(clock["opencv"], frame))
    values = {
        "measure": "time on an empty 720p frame",
        "ratio": _ratio(worked["ours"], worked["zxing-cpp"]),
        "mean_ratio": round(_mean(worked["ours"]) / _mean(worked["zxing-cpp"]), 2),
        "clock_ratio": _ratio(taken["ours"], taken["zxing-cpp"]),
        "frames": len(taken["ours"]),
        **{f"{name}_ms": _ms(at(times, 0.5)) for name, times in taken.items()},
    }
    others = ", ".join(f"{name} {values[f'{name}_ms']}" for name in sides)
    yield (
        values,
        f"empty 720p frame: {values['ratio']}× zxing-cpp alone (median of processor time; mean {values['mean_ratio']}×,"
        f" as every third frame gets a second look); on the clock, to the decoder's process and back,"
        f" {values['clock_ratio']}× ({values['ours_ms']} ms; {others})",
    )


def _latency(sizes: Sizes) -> Iterator[Line]:
    """A 720p frame with a code, from the camera's colours to the text, beside one decode."""
    import numpy as np

    from boxoffice.scanning.sample_codes import picture

    zxing = _from_colour(_sides()["zxing-cpp"])
    frames = [_colour(picture("easy", "k3jy7zq2w5abcd", np.random.default_rng([406, number]))) for number in range(6)]
    ours: list[float] = []
    alone: list[float] = []
    with _running() as process:
        for _ in range(sizes.rounds):
            for frame in frames:
                ours.append(_timed(process.read, frame))
                alone.append(_timed(zxing, frame))
    values = {
        "measure": "frame to text",
        "ratio": _ratio(ours, alone),
        "ours_ms": _ms(at(ours, 0.5)),
        "ours_p99_ms": _ms(at(ours, 0.99)),
        "zxing-cpp_ms": _ms(at(alone, 0.5)),
    }
    yield (
        values,
        f"frame with a code to its text: {values['ratio']}× one decode in the caller's own process"
        f" (median {values['ours_ms']} to {values['zxing-cpp_ms']} ms, p99 {values['ours_p99_ms']} ms)",
    )


@contextmanager
def _running() -> Iterator[DecodingProcess]:
    """A decoding process that has loaded and had its first frames."""
    process = DecodingProcess()
    try:
        _load(process)
        yield process
    finally:
        process.close()


def _load(process: DecodingProcess) -> None:
    import numpy as np

    for _ in range(LOOKS):
        process.read(np.zeros((720, 1280), dtype=np.uint8))


def _colour(grey: Picture) -> Picture:
    """A frame as a camera gives it."""
    from boxoffice.scanning.opencv import cv2

    return cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)


def _from_colour(side: Side) -> Side:
    """The same for a frame as a camera gives it."""
    from boxoffice.scanning.opencv import cv2

    return lambda frame: side(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY))


def _timed(work: Callable[[Picture], object], frame: Picture, clock: Callable[[], float] = time.perf_counter) -> float:
    begun = clock()
    work(frame)
    return clock() - begun


def _ratio(ours: list[float], theirs: list[float]) -> float:
    return round(at(ours, 0.5) / at(theirs, 0.5), 2)


def _mean(times: list[float]) -> float:
    return sum(times) / len(times)


def _ms(seconds: float) -> float:
    return round(seconds * 1e3, 2)
