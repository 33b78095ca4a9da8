"""A mail can be read in light and in dark colors, and fits a small phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from regulars.i18n.words import words
from regulars.render.mail import MailBlock, mail
from tests.unit.pages.samples import MAIL

CONTRASTS = """() => {
  const light = (rgb) => {
    const part = (value) => value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    const [r, g, b] = rgb.match(/[0-9.]+/g).slice(0, 3).map((it) => part(Number(it) / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (color !== "rgba(0, 0, 0, 0)") return color;
    }
    return "rgb(255, 255, 255)";
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const element = walker.currentNode.parentElement;
    if (!text || element.closest("[aria-hidden]") || !element.offsetParent) continue;
    const both = [light(getComputedStyle(element).color), light(ground(element))];
    const [dark, bright] = both.sort((a, b) => a - b);
    found.push([text, (bright + 0.05) / (dark + 0.05)]);
  }
  return found;
}"""
BLOCKS = (
    *MAIL.blocks,
    MailBlock("note", "Small print."),
    MailBlock("stamps", "your card", have=7, need=10),
    MailBlock("figures", rows=(("412", "visits", "38 more than before"),)),
    MailBlock("rows", "Best guests", rows=(("Éva", "36 days"),)),
    MailBlock("todo", "To do", rows=(("Éva is missing", "Write to her", "https://a.example"),)),
    MailBlock("button", "Open my card", "https://cards.example/c/abc"),
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("color", ["#7a3a1d", "#ffd400", "#0a0a0a", "#22483d"])
def test_every_text_can_be_read(browser: Browser, scheme: str, color: str) -> None:
    brand = MAIL.brand._replace(color=color)
    html, _ = mail(MAIL._replace(brand=brand, blocks=BLOCKS), words("en"))
    context = browser.new_context(
        viewport={"width": 320, "height": 700},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    page.set_content(html)
    found = page.evaluate(CONTRASTS)
    wide = page.evaluate("document.documentElement.scrollWidth")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    context.close()
    assert len(found) > len(BLOCKS)
    assert [(text, ratio) for text, ratio in found if ratio < 4.5] == []
    assert wide <= 320
    assert ground == ("rgb(22, 20, 15)" if scheme == "dark" else "rgb(250, 247, 242)")
