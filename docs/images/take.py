"""Take the pictures of the docs from the demo's pages: `make screenshots` after `make demo`."""

import os
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parent
HOME = Path(os.environ.get("HELIU_HOME", HERE.parents[1] / ".heliu")).resolve()
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PICTURES = {  # name: page, width, height
    "dashboard": ("dashboard/index.html", 1440, 1180),
    "dashboard-phone": ("dashboard/index.html", 390, 844),
    "tags": ("dashboard/tags.html", 1440, 1180),
    "previews": ("outbox/index.html", 1440, 900),
}


def main() -> None:
    """Write every picture beside this file."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for name, (page, width, height) in PICTURES.items():
            tab = browser.new_page(viewport={"width": width, "height": height})
            tab.goto((HOME / page).as_uri())
            tab.screenshot(path=HERE / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
