"""The one door to OpenCV.

Its wheel carries a Qt 5 of its own and, when imported, points Qt's environment at it, which would break
the window of this application. So nothing else imports `cv2`: here its chatter and its own threads are
turned off, and the two variables are put back as they were. Its windows are never used: beside Qt 6
they abort the process.
"""

from __future__ import annotations

import os

_QT_VARIABLES = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")

# Read once by the library when it is loaded; a technician may set them otherwise from outside.
_SETTINGS = {
    "OPENCV_LOG_LEVEL": "SILENT",
    "OPENCV_FFMPEG_LOGLEVEL": "-8",
    # A film is a file: a playlist in it must not fetch anything from anywhere.
    "OPENCV_FFMPEG_CAPTURE_OPTIONS": "protocol_whitelist;file",
    "OPENCV_OPENCL_RUNTIME": "disabled",
    # Seconds until an unplugged camera is noticed; the library's own ten are too long at a door.
    "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": "3",
    # Without this, opening a webcam on Windows takes half a minute.
    "OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS": "0",
}

for _name, _value in _SETTINGS.items():
    os.environ.setdefault(_name, _value)
_before = {name: os.environ.get(name) for name in _QT_VARIABLES}

import cv2  # noqa: E402

for _name, _was in _before.items():
    if _was is None:
        os.environ.pop(_name, None)
    else:
        os.environ[_name] = _was

# One thread for each caller: captures, decoders and the window share few cores.
cv2.setNumThreads(1)

__all__ = ["cv2"]
