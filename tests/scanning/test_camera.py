"""The camera at the door: badges that pass, codes that stay, plugs that come out."""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from boxoffice.domain.scan import Scan, Source
from boxoffice.scanning import camera as cameras
from boxoffice.scanning.camera import Camera, CameraTrouble, Device, Film, Newest, lens
from boxoffice.scanning.found import Found
from boxoffice.scanning.opencv import cv2
from boxoffice.scanning.sample_video import Badge, write_film
from boxoffice.scanning.state import Phase, SourceState
from boxoffice.scanning.worker import DecoderLost, DecodingProcess
from boxoffice.scanning.worker_process import Reading

Show = Callable[..., Any]
EMPTY = np.full((360, 640), 128, dtype=np.uint8)


class FakeDevice:
    """A camera whose pictures are put in by the test; None is a picture that the camera dropped."""

    def __init__(self) -> None:
        self.pictures: queue.Queue[Any] = queue.Queue()
        self.released = threading.Event()

    def read(self) -> tuple[bool, Any]:
        picture = self.pictures.get(timeout=60)
        return picture is not None, picture

    def release(self) -> None:
        self.released.set()

    def unplug(self) -> None:
        for _ in range(3):
            self.pictures.put(None)


class Door:
    """What the app hears of its camera."""

    def __init__(self) -> None:
        self.scans: queue.Queue[Scan] = queue.Queue()
        self.states: queue.Queue[SourceState] = queue.Queue()
        self.frames: queue.Queue[tuple[Any, Any]] = queue.Queue()

    def camera(self, lens: cameras.Lens, **more: Any) -> Camera:
        shown = lambda picture, outlines: self.frames.put((picture, outlines))  # noqa: E731
        more = {"on_frame": shown, "retry": (0.01,), "decoder": DecodingProcess(deadline=60.0)} | more
        return Camera(lens, on_scan=self.scans.put, on_state=self.states.put, **more)

    def until(self, phase: Phase, *, troubled: bool | None = None) -> SourceState:
        while True:
            state = self.states.get(timeout=60)
            if state.phase is phase and troubled in (None, state.trouble is not None):
                return state

    def texts(self) -> list[str]:
        return [self.scans.get_nowait().text for _ in range(self.scans.qsize())]


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def run(door: Door) -> Iterator[Callable[..., Camera]]:
    running: list[tuple[Camera, FakeDevice | None]] = []

    def begin(lens: cameras.Lens, device: FakeDevice | None = None, **more: Any) -> Camera:
        if device is not None:
            more = {"opener": lambda _device: device} | more
        camera = door.camera(lens, **more)
        running.append((camera, device))
        camera.start()
        return camera

    yield begin
    for camera, device in running:
        end(camera, device)


def end(camera: Camera, device: FakeDevice | None) -> None:
    """Stop it, and only then give a picture that lets its read return, as a real camera's does."""
    camera.stop(within=0)
    if device is not None:
        device.pictures.put(EMPTY)
    assert camera.join(60)


class Told(DecodingProcess):
    """A decoder that answers what the test says, one answer a picture, and waits until it is said."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: queue.Queue[tuple[str, ...] | Exception] = queue.Queue()
        self.asked: queue.Queue[Any] = queue.Queue()

    def start(self) -> None:
        pass

    def read(self, picture: Any, _effort: object = None) -> Reading:
        self.asked.put(picture)
        answer = self.answers.get(timeout=60)
        if isinstance(answer, Exception):
            raise answer
        return Reading(1, tuple(Found(text, "QRCode", ((0, 0), (9, 0), (9, 9), (0, 9))) for text in answer))


def test_a_film_of_fifty_badges_gives_fifty_scans_once_each(tmp_path: Path, door: Door) -> None:
    badges = [Badge(f"k3jy7zq2w5-{number:03}", f"Guest {number}") for number in range(50)]
    film = tmp_path / "badges.avi"
    written = write_film(film, badges, size=(400, 300), frames_a_badge=7, pause=1)
    camera = door.camera(Film(film, paced=False))
    camera.start()
    assert camera.join(120)
    assert door.texts() == [badge.text for badge in badges]
    assert door.frames.qsize() == written
    door.until(Phase.RUNNING)
    door.until(Phase.ENDED)


def test_a_badge_that_comes_back_after_a_while_counts_again(tmp_path: Path, door: Door) -> None:
    film = tmp_path / "badges.avi"
    again = [Badge("first one"), *[Badge(f"other {number}") for number in range(5)], Badge("first one")]
    write_film(film, again, size=(480, 360), frames_a_badge=9, pause=1)
    camera = door.camera(Film(film, paced=False))
    camera.start()
    assert camera.join(60)
    assert door.texts().count("first one") == 2


def test_a_picture_gives_its_codes_with_their_outlines(tmp_path: Path, door: Door, show: Show) -> None:
    path = tmp_path / "two.png"
    cv2.imwrite(str(path), show("left one", "right one"))
    camera = door.camera(Film(path))
    camera.start()
    assert camera.join(60)
    scans = [door.scans.get_nowait() for _ in range(2)]
    assert {scan.text for scan in scans} == {"left one", "right one"}
    assert {scan.source for scan in scans} == {Source.CAMERA}
    assert len({scan.nonce for scan in scans}) == 2
    _, outlines = door.frames.get_nowait()
    assert [len(outline) for outline in outlines] == [4, 4]


def test_a_film_shown_in_its_own_time_can_be_stopped(tmp_path: Path, door: Door) -> None:
    film = tmp_path / "badges.avi"
    write_film(film, [Badge(f"badge {number}") for number in range(20)], size=(160, 120), frames_a_badge=9)
    camera = door.camera(Film(film))
    camera.start()
    door.until(Phase.RUNNING)
    camera.stop()
    door.until(Phase.STOPPED)
    assert door.frames.qsize() < 200


def test_a_film_that_is_not_there_is_named(tmp_path: Path, door: Door) -> None:
    camera = door.camera(Film(tmp_path / "missing.avi"))
    camera.start()
    assert camera.join(60)
    missing = door.until(Phase.MISSING)
    assert missing.trouble is not None
    assert "missing.avi" in missing.trouble.title


def test_a_code_held_before_the_lens_is_one_scan(run: Callable[..., Camera], door: Door) -> None:
    device, told = FakeDevice(), Told()
    run(Device(), device, decoder=told)
    for answer in (("ABC123",), ("ABC123",), (), ("ABC123", "XYZ789")):
        device.pictures.put(EMPTY)
        told.asked.get(timeout=60)
        told.answers.put(answer)
    assert [door.scans.get(timeout=60).text for _ in range(2)] == ["ABC123", "XYZ789"]
    told.answers.put(())


def test_the_newest_picture_is_decoded_and_nothing_piles_up(run: Callable[..., Camera], door: Door) -> None:
    device, told = FakeDevice(), Told()
    run(Device(), device, decoder=told)
    device.pictures.put(EMPTY + 0)
    told.asked.get(timeout=60)
    for shade in range(1, 21):
        device.pictures.put(EMPTY + shade)
    for _ in range(21):
        door.frames.get(timeout=60)
    told.answers.put(())
    newest = told.asked.get(timeout=60)
    assert newest[0, 0] == EMPTY[0, 0] + 20
    told.answers.put(())


def test_the_preview_goes_on_while_the_decoder_is_slow_and_shows_the_outline(
    run: Callable[..., Camera], door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cameras, "_SECONDS_AN_OUTLINE_STAYS", 60.0)  # as long as this machine may take
    device, told = FakeDevice(), Told()
    run(Device(), device, decoder=told)
    device.pictures.put(EMPTY)
    assert door.frames.get(timeout=60)[1] == ()
    told.asked.get(timeout=60)
    device.pictures.put(EMPTY)
    assert door.frames.get(timeout=60)[1] == ()
    told.answers.put(("ABC123",))
    door.scans.get(timeout=60)
    device.pictures.put(EMPTY)
    assert door.frames.get(timeout=60)[1] == (((0, 0), (9, 0), (9, 9), (0, 9)),)
    told.answers.put(())
    told.answers.put(())


def test_a_camera_that_is_pulled_out_is_named_and_works_on_when_it_is_back(
    run: Callable[..., Camera], door: Door, show: Show
) -> None:
    first, second = FakeDevice(), FakeDevice()
    waiting: list[FakeDevice | None] = [first, None, second]
    missing = CameraTrouble(Phase.MISSING, "No camera", "It was not found.", "Plug it in.")

    def opener(_device: Device) -> FakeDevice:
        opened = waiting.pop(0)
        if opened is None:
            raise missing
        return opened

    run(Device(), second, opener=opener)
    door.until(Phase.RUNNING)
    first.unplug()
    unplugged = door.until(Phase.UNPLUGGED)
    assert unplugged.trouble is not None
    assert "gun" in unplugged.trouble.hint
    assert first.released.is_set()
    assert door.until(Phase.MISSING).trouble is missing
    door.until(Phase.RUNNING)
    second.pictures.put(show("back again"))
    assert door.scans.get(timeout=60).text == "back again"


def test_a_picture_dropped_now_and_then_is_no_trouble(run: Callable[..., Camera], door: Door, show: Show) -> None:
    device = FakeDevice()
    run(Device(), device)
    for _ in range(3):
        device.pictures.put(None)
        device.pictures.put(EMPTY)
    device.pictures.put(show("still here"))
    assert door.scans.get(timeout=60).text == "still here"
    assert door.until(Phase.RUNNING).trouble is None


def test_a_camera_that_does_not_exist_is_missing(door: Door, run: Callable[..., Camera]) -> None:
    run(Device(name=93))
    missing = door.until(Phase.MISSING)
    assert missing.trouble is not None
    assert missing.trouble.title == "No camera"


def test_a_camera_that_is_there_but_does_not_open_is_busy(tmp_path: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux tells")
    held = tmp_path / "video0"
    held.touch()
    with pytest.raises(CameraTrouble) as busy:
        cameras.open_device(Device(name=str(held)))
    assert busy.value.phase is Phase.BUSY


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals that Windows does not have")
def test_a_decoder_killed_while_scanning_costs_no_badge_that_stays(
    run: Callable[..., Camera], door: Door, show: Show, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("A picture could not be read")
    device, decoder = FakeDevice(), DecodingProcess(deadline=60.0)
    run(Device(), device, decoder=decoder)
    device.pictures.put(show("before"))
    assert door.scans.get(timeout=60).text == "before"
    assert decoder.process_id is not None
    os.kill(decoder.process_id, signal.SIGKILL)
    while door.scans.empty():
        device.pictures.put(show("after"))
        door.frames.get(timeout=60)
    assert door.scans.get(timeout=60).text == "after"
    assert decoder.started == 2


def test_a_decoder_that_ends_again_and_again_is_told_and_so_is_its_recovery(
    run: Callable[..., Camera], door: Door, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("crashed")
    device, told = FakeDevice(), Told()
    run(Device(), device, decoder=told)
    door.until(Phase.RUNNING, troubled=False)
    for _ in range(3):
        device.pictures.put(EMPTY)
        told.asked.get(timeout=60)
        told.answers.put(DecoderLost("A picture could not be read", "It crashed.", "Once more."))
    assert door.until(Phase.RUNNING, troubled=True).trouble is not None
    device.pictures.put(EMPTY)
    told.answers.put(("ABC123",))
    assert door.until(Phase.RUNNING, troubled=False)
    assert door.scans.get(timeout=60).text == "ABC123"
    told.answers.put(())


def test_a_scan_that_the_app_stumbles_over_does_not_end_the_camera(
    run: Callable[..., Camera], door: Door, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("made us stumble")
    device, told = FakeDevice(), Told()
    camera = Camera(Device(), on_scan=Stumbling(door.scans), opener=lambda _device: device, decoder=told, retry=(0.01,))
    camera.start()
    try:
        device.pictures.put(EMPTY)
        told.answers.put(("first",))
        told.asked.get(timeout=60)
        told.answers.put(("second",))
        device.pictures.put(EMPTY)
        assert door.scans.get(timeout=60).text == "second"
    finally:
        told.answers.put(())
        end(camera, device)


class Stumbling:
    """An app with a bug that shows at its first scan."""

    def __init__(self, scans: queue.Queue[Scan]) -> None:
        self._scans = scans
        self._stumbled = False

    def __call__(self, scan: Scan) -> None:
        if not self._stumbled:
            self._stumbled = True
            raise ValueError("our own bug")
        self._scans.put(scan)


def test_stopping_leaves_no_thread_and_no_process(run: Callable[..., Camera], door: Door, show: Show) -> None:
    others = set(threading.enumerate())
    device, decoder = FakeDevice(), DecodingProcess(deadline=60.0)
    camera = run(Device(), device, decoder=decoder)
    device.pictures.put(show("before"))
    door.scans.get(timeout=60)
    stopping = threading.Thread(target=camera.stop, args=(60,))
    stopping.start()
    while stopping.is_alive():  # A camera gives picture after picture; one that gives none may hang.
        device.pictures.put(EMPTY)
        stopping.join(0.05)
    door.until(Phase.STOPPED)
    assert decoder.process_id is None
    left = {thread.name for thread in set(threading.enumerate()) - others}
    assert left & {"camera", "camera-decoder", "decoder-watch"} == set()
    assert device.released.is_set()


def test_a_camera_that_hangs_is_not_waited_for_and_hands_nothing_on(run: Callable[..., Camera], door: Door) -> None:
    device, told = FakeDevice(), Told()
    camera = run(Device(), device, decoder=told)
    device.pictures.put(EMPTY)
    told.asked.get(timeout=60)
    door.frames.get(timeout=60)
    camera.stop(within=0.01)
    told.answers.put(("too late",))
    device.pictures.put(EMPTY)
    door.until(Phase.STOPPED)
    assert door.texts() == []
    assert door.frames.empty()


def test_the_mailbox_keeps_only_the_newest() -> None:
    mailbox: Newest[int] = Newest()
    mailbox.put(1)
    mailbox.put(2)
    assert mailbox.take() == 2
    mailbox.close()
    assert mailbox.take() is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("0", Device(name=0)),
        ("/dev/video2", Device(name="/dev/video2")),
        ("badges.avi", Film(Path("badges.avi"))),
    ],
)
def test_a_camera_is_named_by_number_path_or_film(text: str, meant: cameras.Lens) -> None:
    assert lens(text) == meant


def test_a_film_in_the_systems_memory_is_no_device(scratch: Path) -> None:
    """Linux has a folder in memory among its devices; a device would be waited for when the film ends."""
    film = scratch / "badges.avi"
    film.touch()
    assert lens(str(film)) == Film(film)
    assert lens(str(scratch)) == Film(scratch)
