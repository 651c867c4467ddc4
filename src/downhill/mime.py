"""How a lesson hands something to the site: one display message with a MIME bundle."""

import sys
from typing import Any

CLAIM = "application/vnd.downhill.claim+json"
FIGURE = "application/vnd.downhill.figure+json"
DEMO = "application/vnd.downhill.demo+json"
VIDEO = "video/mp4"
DARK = "image/vnd.downhill.dark+png"  # base64; what knows it not shows image/png


def publish(bundle: dict[str, Any]) -> None:
    """Display a MIME bundle in the notebook; in plain Python, print its text/plain."""
    # Plain scripts need not load IPython to find out that it is not running.
    core = sys.modules.get("IPython.core.interactiveshell")
    if core is not None and core.InteractiveShell.initialized():
        from IPython.display import publish_display_data

        publish_display_data(bundle)
    else:
        print(bundle["text/plain"])
