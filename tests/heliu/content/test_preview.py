"""Previews: a message in its phone, and nothing of it loose in the page."""

import re
import shutil
import subprocess
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from heliu.content.preview import PREVIEW_CSS, preview

HOSTILE = '<script>top.document.title="taken"</script><img src=x onerror="top.document.title=1">'


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words += data


def test_a_chat_shows_the_text_as_it_is_with_its_links() -> None:
    body = "【合流学堂】您好\n看 https://school.example/c/a?x=1&y=2。谢谢 <b>"
    page = Tags(preview("folder", body, sender="合流学堂", at=datetime(2025, 10, 1, 9, 5)))
    assert body in page.words
    links = [attributes["href"] for tag, attributes in page.tags if tag == "a"]
    assert links == ["https://school.example/c/a?x=1&y=2"]
    assert "10月1日 09:05" in page.words
    assert [tag for tag, _ in page.tags].count("b") == 1  # the clock


def test_hostile_text_stays_text() -> None:
    for channel in ("folder", "wecom", "sms"):
        tags = [tag for tag, _ in Tags(preview(channel, HOSTILE, sender=HOSTILE)).tags]
        assert "script" not in tags
        assert "img" not in tags


def test_a_mail_is_shut_in_an_iframe_that_runs_and_loads_nothing() -> None:
    page = Tags(preview("email", HOSTILE, subject=HOSTILE, sender=HOSTILE))
    tags = [tag for tag, _ in page.tags]
    assert "script" not in tags
    assert "img" not in tags
    frame = next(attributes for tag, attributes in page.tags if tag == "iframe")
    assert frame["sandbox"] == ""
    assert "default-src 'none'" in (frame["srcdoc"] or "")
    assert (frame["srcdoc"] or "").endswith(HOSTILE)


def test_the_style_needs_nothing_from_elsewhere() -> None:
    assert "url(" not in PREVIEW_CSS
    assert "@import" not in PREVIEW_CSS
    assert "</style" not in PREVIEW_CSS


@pytest.mark.browser
def test_a_browser_shows_phones_and_runs_nothing_of_a_message(tmp_path: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        pytest.skip("no Chromium is installed")
    phones = preview("email", HOSTILE, subject="s") + preview("folder", HOSTILE)
    probe = (
        "<script>onload=()=>document.body.dataset.widths="
        "[...document.querySelectorAll('.phone')].map(p=>p.offsetWidth)</script>"
    )
    page = tmp_path / "page.html"
    page.write_text(
        f"<!doctype html><meta charset=utf-8><title>mine</title><style>{PREVIEW_CSS}</style>"
        f"<body>{phones}{probe}",
        encoding="utf-8",
    )
    shown = subprocess.run(
        [
            chromium,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--virtual-time-budget=3000",
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
    ).stdout
    assert re.search(r"<title>mine</title>", shown)
    assert 'data-widths="340,340"' in shown
