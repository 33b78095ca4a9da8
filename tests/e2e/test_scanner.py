"""The camera of the counter: a film of a customer's phone is what the browser takes for one."""

from __future__ import annotations

from pathlib import Path

import pytest
import segno
from playwright.sync_api import Browser, expect

from tests import chromium
from tests.e2e.product import Product

WIDTH, HEIGHT, SCALE = 640, 480, 8


def film(text: str) -> bytes:
    """A film (YUV4MPEG2) of one still picture: the QR code of `text` on white."""
    modules = [list(row) for row in segno.make(text, error="m").matrix_iter(scale=SCALE, border=4)]
    top, left = (HEIGHT - len(modules)) // 2, (WIDTH - len(modules[0])) // 2
    light = [bytearray(b"\xeb" * WIDTH) for _ in range(HEIGHT)]
    for y, row in enumerate(modules):
        for x, dark in enumerate(row):
            if dark:
                light[top + y][left + x] = 0x10
    color = b"\x80" * (WIDTH * HEIGHT // 2)
    header = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode()
    return header + (b"FRAME\n" + b"".join(light) + color) * 5


@pytest.mark.browser
def test_a_code_held_to_the_camera_is_read_and_stamped(
    product: Product, browser: Browser, tmp_path: Path
) -> None:
    member = product.member(name="Filmed")
    code = product.request("GET", f"{member['card_url']}/code").json["code"]
    path = tmp_path / "phone.y4m"
    path.write_bytes(film(f"{product.base_url}/s/{code}"))
    with_camera = chromium.launch(
        browser.browser_type,
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={path}",
    )
    counter = with_camera.new_page()
    product.counter(counter)
    expect(counter.locator("#who")).to_have_text("Filmed", timeout=10_000)
    counter.click("#plus")
    expect(counter.locator("#doneCount")).to_have_text("2 / 10")
    with_camera.close()
    assert product.card(member["member_id"])["visits"] == 1
