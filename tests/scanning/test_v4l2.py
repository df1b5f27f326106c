"""Cameras by the name that the kernel has for them; whatever else stands below /dev is none."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import pytest

from boxoffice.scanning import v4l2

CAPTURE, OUTPUT, CONVERTER, META, STREAMING, NODES_DIFFER = 0x1, 0x2, 0x8000, 0x800000, 0x4000000, 0x80000000


def answer(name: str, device: int, node: int = 0) -> bytes:
    """What VIDIOC_QUERYCAP gives back: `struct v4l2_capability` of the kernel's interface."""
    return struct.pack("=16s32s32sIII3I", b"uvcvideo", name.encode(), b"usb-1", 6, device, node, 0, 0, 0)


WHOLE = CAPTURE | META | STREAMING | NODES_DIFFER


@pytest.mark.parametrize(
    ("kernel_says", "name"),
    [
        (answer("Integrated Camera", WHOLE, CAPTURE | STREAMING), "Integrated Camera"),
        (answer("Integrated Camera", WHOLE, META | STREAMING), ""),
        (answer("An old driver", CAPTURE | STREAMING), "An old driver"),
        (answer("Virtual camera", CAPTURE | OUTPUT | STREAMING), "Virtual camera"),
        (answer("Scaler of a chip", CAPTURE | CONVERTER | STREAMING), ""),
        (answer("Radio", STREAMING), ""),
        (answer("", CAPTURE | STREAMING), "Video"),
    ],
    ids=["camera", "its second stream", "old driver", "virtual", "converter", "radio", "nameless"],
)
def test_a_camera_is_what_gives_pictures(kernel_says: bytes, name: str) -> None:
    assert v4l2.name_of(kernel_says) == name


def test_cameras_come_in_the_kernels_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for node in ("video10", "video2", "video0", "videocard"):
        (tmp_path / node).touch()
    says = {"video0": answer("Front", CAPTURE | STREAMING), "video2": None, "video10": answer("Back", WHOLE, WHOLE)}
    monkeypatch.setattr(v4l2, "_ask", lambda node: says[node.name])
    assert v4l2.cameras(tmp_path) == [(str(tmp_path / "video0"), "Front"), (str(tmp_path / "video10"), "Back")]


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel of Linux")
def test_a_node_that_is_no_device_is_no_camera(tmp_path: Path) -> None:
    (tmp_path / "video0").touch()
    assert v4l2.cameras(tmp_path) == []
    assert v4l2.cameras(tmp_path / "nothing there") == []
