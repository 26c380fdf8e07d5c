"""What a device's camera sees: one frame of raw video that Chromium reads again and again, written anew to hold up another code."""

from __future__ import annotations

import os
from pathlib import Path

import segno
from PIL import Image, ImageFilter

WIDTH, HEIGHT = 800, 600  # enough for the largest code, and half as much to draw and to read as 1280 x 720
HEADER = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F15:1 Ip A1:1 C420jpeg\n".encode()
FRAME = b"FRAME\n"
GREY = 120


class Film:
    """A camera's film; nothing in view at first."""

    def __init__(self, path: Path) -> None:
        self.path = path
        grey = bytes([128]) * (WIDTH * HEIGHT // 2)
        path.write_bytes(HEADER + FRAME + bytes([GREY]) * (WIDTH * HEIGHT) + grey)

    @property
    def flags(self) -> tuple[str, ...]:
        return ("--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={self.path}")

    def show(self, text: str, *, angle: float = 3, blur: float = 0, dim: float = 1) -> None:
        """Hold up a code: turned by degrees, out of focus by a radius in pixels, in little light."""
        drawing = code(text).rotate(angle, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
        picture = Image.new("L", (WIDTH, HEIGHT), GREY)
        picture.paste(drawing, ((WIDTH - drawing.width) // 2 + 11, (HEIGHT - drawing.height) // 2))
        if blur:
            picture = picture.filter(ImageFilter.GaussianBlur(blur))
        if dim != 1:
            picture = picture.point(lambda light: int(light * dim))
        self._expose(picture.tobytes())

    def clear(self) -> None:
        """Nothing in view."""
        self._expose(bytes([GREY]) * (WIDTH * HEIGHT))

    def _expose(self, light: bytes) -> None:
        film = os.open(self.path, os.O_WRONLY)
        try:
            os.pwrite(film, light, len(HEADER) + len(FRAME))
        finally:
            os.close(film)


def code(text: str) -> Image.Image:
    """A QR code as phones and cards show it, with its quiet zone, at most 420 pixels a side."""
    drawn = segno.make(text, error="m", boost_error=False, micro=False)
    size = drawn.symbol_size(scale=1, border=4)[0]
    scale = max(2, 420 // size)
    rows = [bytes(0 if dark else 255 for dark in row) for row in drawn.matrix_iter(scale=scale, border=4)]
    return Image.frombytes("L", (len(rows[0]), len(rows)), b"".join(rows))
