"""Which pages of other libraries' documentation are gone: asks each of the list once.

    .venv/bin/python tests/dead_documentation.py

The list is src/coursebuild/render/documentation.toml; no build and no test asks anybody. Names the
pages that do not answer or have no such anchor, and exits 1 if there is any. Run each week by
.github/workflows/fresh.yml.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import unquote, urldefrag

import lxml.html
import requests

from coursebuild.render.codelinks import documentation

AT_ONCE = 4  # polite to the hosts
TIMEOUT = 30  # seconds


def fault(url: str, anchors: Iterable[str]) -> str:
    """What is wrong with a page; "" where it is there with all these anchors."""
    try:
        reply = requests.get(url, timeout=TIMEOUT)
    except requests.RequestException as error:
        return f"{url}: {type(error).__name__}"
    if not reply.ok:
        return f"{url}: {reply.status_code}"
    there = set(lxml.html.fromstring(reply.content).xpath("//@id | //a/@name"))
    missing = sorted(anchor for anchor in anchors if unquote(anchor) not in there)
    return f"{url}: no {', '.join(missing)}" if missing else ""


def faults(urls: Iterable[str]) -> list[str]:
    """Each page is asked once, for all its anchors."""
    pages: dict[str, set[str]] = defaultdict(set)
    for url in urls:
        page, anchor = urldefrag(url)
        pages[page] |= {anchor} - {""}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [found for found in pool.map(fault, pages, pages.values()) if found]


def main() -> None:
    listed = documentation()
    found = faults(listed.values())
    print(*found, sep="\n", end="\n" if found else "")
    print(f"{len(listed)} names, {len(found)} pages to be mended in documentation.toml")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
