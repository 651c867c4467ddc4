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


def test_what_is_cached_and_damaged_is_made_again(assets: Assets) -> None:
    assets.cached("kind", "key", lambda: b"made")
    (path,) = (assets.cache / "kind").iterdir()
    path.write_bytes(path.read_bytes()[:-1])
    assert assets.cached("kind", "key", lambda: b"again") == b"again"


def test_a_file_of_an_earlier_build_is_put_only_where_it_is_whole(assets: Assets) -> None:
    url = assets.put(b"same", ".json")
    later = Assets(assets.site.with_name("later"), assets.cache)
    assert later.again(url)
    assert (later.site / url).read_bytes() == b"same"
    (path,) = (assets.cache / "made").iterdir()
    path.write_bytes(b"sam")
    assert not Assets(assets.site.with_name("last"), assets.cache).again(url)
    assert later.put(b"same", ".json") == url
    assert Assets(assets.site.with_name("last"), assets.cache).again(url)
