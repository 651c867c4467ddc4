"""Files under names from their content."""

from __future__ import annotations

from coursebuild.render.assets import Assets, digest


def test_equal_content_is_one_file(assets: Assets) -> None:
    first, second = assets.put(b"same", ".json"), assets.put(b"same", ".json")
    assert first == second
    assert (assets.site / first).read_bytes() == b"same"


def test_what_is_cached_is_made_once(assets: Assets) -> None:
    calls: list[int] = []

    def make() -> bytes:
        calls.append(1)
        return b"made"

    assert assets.cached("kind", "key", make) == assets.cached("kind", "key", make) == b"made"
    assert len(calls) == 1


def test_the_border_between_parts_counts() -> None:
    assert digest("ab", "c") != digest("a", "bc")
