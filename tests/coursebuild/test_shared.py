"""A cache that machines share: what is taken from it, what is not, and when it is silent."""

from __future__ import annotations

import io
import json
import shutil
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import fsspec.config
import pytest
from buckets import Server, s3_server
from click.testing import CliRunner
from rich.console import Console

from coursebuild.cache import Cache, Result
from coursebuild.cli import main
from coursebuild.course import Course
from coursebuild.entry import Entry, digest
from coursebuild.errors import CourseError
from coursebuild.lesson import Lesson, code_cells
from coursebuild.means import Means
from coursebuild.progress import Progress
from coursebuild.run import Run, run_lessons
from coursebuild.shared import shared_cache

MakeLesson = Callable[..., Lesson]


@dataclass(frozen=True)
class Place:
    """Where a test shares results: a folder or a bucket, and a look into it past our own code."""

    url: str
    server: Server | None = None

    def names(self, below: str = "") -> list[str]:
        if self.server:
            found = self.server.names(self.url)
        else:
            folder = Path(self.url)
            found = [p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()]
        return sorted(name for name in found if name.startswith(below))

    def change(self, below: str, change: Callable[[bytes], bytes]) -> None:
        """Change every file of a name that begins so."""
        names = self.names(below)
        assert names
        for name in names:
            if self.server:
                self.server.put(self.url, name, change(self.server.get(self.url, name)))
            else:
                path = Path(self.url, name)
                path.write_bytes(change(path.read_bytes()))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with s3_server() as server:
        yield server


@pytest.fixture
def s3(server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Server:
    """The server, as a machine would be told of it, and no other's credentials."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.address)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a secret")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setitem(fsspec.config.conf, "s3", {})  # FSSPEC_S3_… of before this process
    return server


@pytest.fixture
def bucket(s3: Server) -> Place:
    return Place(s3.bucket(), s3)


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "folder":
        return Place(str(tmp_path / "shared cache"))
    found: Place = request.getfixturevalue("bucket")
    return found


@pytest.fixture
def lesson(course: Course, make_lesson: MakeLesson) -> Lesson:
    (course.source_dir / "module.py").write_text("VALUE = 1\n")
    return make_lesson("# Title", "import module\nprint('value', module.VALUE)", "print('end')")


def build(course: Course, means: Means, lesson: str = "01_test") -> tuple[Run, str]:
    """What became of the lesson, and all that was said."""
    words = io.StringIO()
    chosen = Lesson(course.lessons_dir / f"{lesson}.ipynb")
    progress = Progress(Console(file=words, width=60))
    return run_lessons(course, [chosen], "offline", progress, means)[0], words.getvalue()


def elsewhere(course: Course, name: str = "elsewhere") -> Course:
    """Another checkout of the same course, on a machine that has never run it."""
    root = course.root.parent / name / "checkout"
    shutil.copytree(course.root, root, ignore=shutil.ignore_patterns("build"))
    return Course(root)


def outputs(run: Run) -> list[object]:
    assert run.notebook is not None
    return [cell.outputs for cell in code_cells(run.notebook)]


def test_another_checkout_takes_every_result_and_runs_no_cell(
    course: Course, lesson: Lesson, place: Place
) -> None:
    # What is read is what is written, also where it is spelt otherwise: not there yet, no fault.
    first, words = build(course, Means(cache=f"{place.url}/", cache_write=place.url))
    assert "warning" not in words
    second, words = build(elsewhere(course), Means(cache=place.url))
    assert (first.state, second.state, second.cells) == ("ran", "cached", 0)
    assert outputs(second) == outputs(first)
    assert "taken from the shared cache" in words


def test_what_was_taken_is_here_the_next_time(
    course: Course, lesson: Lesson, tmp_path: Path
) -> None:
    place = tmp_path / "shared"
    build(course, Means(cache_write=str(place)))
    other = elsewhere(course)
    build(other, Means(cache=str(place)))
    shutil.rmtree(place)
    assert build(other, Means())[0].state == "cached"
    assert Cache(other, "offline", "cpu").latest(lesson) is not None  # the live preview's


def share(course: Course, lesson: Lesson, url: str, text: str = "value 1\n") -> None:
    """Put a result of the lesson into a place, as a build does that has run it."""
    says = [[{"output_type": "stream", "name": "stdout", "text": text}], []]
    notebook = lesson.read()
    result = Result(says, [cell.source for cell in code_cells(notebook)], {})
    reads = {"code:src/module.py"}
    cache = Cache(course, "offline", "cpu")
    with shared_cache(Means(cache_write=url), pytest.fail) as shared:
        cache.store(lesson, cache.base_key(notebook), reads, result, shared)


def taken(course: Course, url: str) -> list[Lesson]:
    """The lessons that need not run, in a checkout that has never run them."""
    notebooks = {lesson: lesson.read() for lesson in course.lessons()}
    with shared_cache(Means(cache=url), pytest.fail) as shared:
        fetched = Cache(course, "offline", "cpu").fetch(notebooks, shared)
        return [lesson for lesson, _ in fetched]


def test_an_edit_since_is_seen(course: Course, lesson: Lesson, place: Place) -> None:
    share(course, lesson, place.url)
    other = elsewhere(course)
    (other.source_dir / "module.py").write_text("VALUE = 2\n")
    assert not taken(other, place.url)
    share(other, Lesson(other.lessons_dir / lesson.path.name), place.url, "value 2\n")
    # The two results lie beside each other: each checkout finds its own.
    for source, value in ((course, 1), (other, 2)):
        run, _ = build(elsewhere(source, f"fresh{value}"), Means(cache=place.url))
        assert run.state == "cached"
        assert f"value {value}" in str(outputs(run))


@pytest.mark.parametrize("part", ["objects/", "runs/"])
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda data: data[:-10], id="cut short"),
        pytest.param(lambda data: b"", id="emptied"),
        pytest.param(lambda data: data.replace(b"1", b"2"), id="altered"),
    ],
)
def test_a_damaged_file_is_not_taken(
    course: Course, lesson: Lesson, place: Place, part: str, change: Callable[[bytes], bytes]
) -> None:
    share(course, lesson, place.url)
    assert taken(elsewhere(course), place.url)
    place.change(part, change)
    assert not taken(elsewhere(course, "third"), place.url)


def test_a_lesson_whose_result_is_damaged_runs_and_mends_it(
    course: Course, lesson: Lesson, place: Place
) -> None:
    share(course, lesson, place.url)
    place.change("", lambda data: data[:-10])
    run, _ = build(elsewhere(course), Means(cache=place.url, cache_write=place.url))
    assert run.state == "ran"
    assert taken(elsewhere(course, "third"), place.url)


@pytest.mark.parametrize(
    "poison",
    [
        b"[]",
        b'{"outputs": [], "sources": [], "provenance": {}}',
        b'{"outputs": [["no output"], []], "sources": ["", ""], "provenance": {}}',
        b'{"outputs": 1, "sources": 1, "provenance": {}}',
    ],
)
def test_an_object_that_is_no_result_of_this_code_is_not_taken(
    course: Course, lesson: Lesson, tmp_path: Path, poison: bytes
) -> None:
    """The digests are right: whoever wrote it knew how. It fits no cell, so nothing breaks."""
    key = Cache(course, "offline", "cpu").base_key(lesson.read())
    entry = Entry({}, digest(poison))
    for name, data in (
        (f"objects/{entry.result}.json", poison),
        (f"runs/{key}/{entry.name}", entry.dumps()),
    ):
        path = tmp_path / "shared" / name
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
    run, _ = build(course, Means(cache=str(tmp_path / "shared")))
    assert run.state == "ran"


def test_main_never_sees_what_a_pull_request_wrote(
    course: Course, lesson: Lesson, bucket: Place
) -> None:
    main, pull = f"{bucket.url}/main", f"{bucket.url}/pull/7"
    assert build(course, Means(cache=main, cache_write=pull))[0].state == "ran"
    assert all(name.startswith("pull/7/") for name in bucket.names())
    again = elsewhere(course, "again")
    assert build(again, Means(cache=main, cache_write=pull))[0].state == "cached"
    trusted = elsewhere(course, "trusted")
    assert build(trusted, Means(cache=main, cache_write=main))[0].state == "ran"


def test_a_pull_request_reads_what_main_wrote_and_leaves_it_alone(
    course: Course, lesson: Lesson, bucket: Place
) -> None:
    main, pull = f"{bucket.url}/main", f"{bucket.url}/pull/7"
    share(course, lesson, main)
    before = bucket.names()
    run, _ = build(elsewhere(course), Means(cache=main, cache_write=pull))
    assert run.state == "cached"
    assert bucket.names() == before


def test_a_build_that_only_reads_writes_nothing(
    course: Course, lesson: Lesson, place: Place
) -> None:
    run, words = build(course, Means(cache=place.url))
    assert run.state == "ran"
    assert place.names() == []
    if not place.server:
        assert "there is no such folder" in words  # a name that is mistyped is heard of


def test_a_result_that_read_a_file_outside_stays_here(
    course: Course,
    make_lesson: MakeLesson,
    place: Place,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # What lies in the system's folder for temporary files counts for nothing, and this test does.
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    outside = tmp_path / "outside.txt"
    outside.write_text("private")
    make_lesson(f"print(open({str(outside)!r}).read())")
    means = Means(cache=place.url, cache_write=place.url)
    assert build(course, means)[0].state == "ran"
    assert place.names() == []
    assert build(course, means)[0].state == "cached"  # on this machine it is known


def test_a_public_bucket_is_read_without_credentials(
    course: Course, lesson: Lesson, bucket: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    share(course, lesson, bucket.url)
    assert bucket.server is not None
    for name in bucket.names():
        bucket.server.publish(bucket.url, name)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setitem(fsspec.config.conf, "s3", {"anon": True})  # as FSSPEC_S3_ANON=true does
    assert taken(elsewhere(course), bucket.url)


def test_a_command_is_told_of_it_by_options_and_by_variables(
    course: Course, lesson: Lesson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = str(tmp_path / "shared")
    share(course, lesson, url)
    for number, (words, variables) in enumerate(
        [(["--cache", url], {}), ([], {"COURSE_CACHE_URL": url, "COURSE_CACHE_WRITE": ""})]
    ):
        monkeypatch.chdir(elsewhere(course, str(number)).root)
        done = CliRunner().invoke(main, ["run", *words], env=variables)
        assert done.exit_code == 0, done.output
        assert "01_test: nothing changed, taken from the shared cache" in done.output


def test_a_lesson_that_fails_is_not_shared(
    course: Course, make_lesson: MakeLesson, place: Place
) -> None:
    make_lesson("1 / 0")
    assert build(course, Means(cache_write=place.url))[0].state == "failed"
    assert place.names() == []


def test_a_server_that_is_not_there_is_said_once_and_the_build_goes_on(
    course: Course, lesson: Lesson, s3: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    run, words = build(course, Means(cache="s3://some/main", cache_write="s3://some/main"))
    assert run.state == "ran"
    (warning,) = [line for line in words.splitlines() if "warning" in line]
    assert "s3://some/main is left out of this build: Could not connect" in warning


def test_a_server_that_never_answers_is_no_hang(
    course: Course, lesson: Lesson, s3: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coursebuild.bucket.LIMIT", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as deaf:  # takes connections, says nothing
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{deaf.getsockname()[1]}")
        run, words = build(course, Means(cache="s3://some/main"))
    assert run.state == "ran"
    assert words.count("warning: ") == 1
    assert "no answer in 0.5 s" in words


def test_a_bucket_that_is_not_there_is_said(course: Course, lesson: Lesson, s3: Server) -> None:
    run, words = build(course, Means(cache="s3://mistyped/main"))
    assert run.state == "ran"
    assert "warning: the shared cache s3://mistyped/main is left out" in words
    assert "bucket does not exist" in words


@pytest.mark.parametrize("url", ["ftp://host/folder", "s3://", "file://host/folder", "s4://a/b"])
def test_a_url_of_no_kind_we_know_is_an_error(course: Course, lesson: Lesson, url: str) -> None:
    for means, option in ((Means(cache=url), "--cache"), (Means(cache_write=url), "--cache-write")):
        with pytest.raises(CourseError, match=f"{url}.* — {option} — name a folder") as error:
            build(course, means)
        assert len(str(error.value).splitlines()) == 1
    assert not course.executed("offline").exists()


def test_without_s3fs_one_line_says_how_to_get_it(
    course: Course, lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(CourseError, match="pip install") as error:
        build(course, Means(cache="s3://some/main"))
    assert len(str(error.value).splitlines()) == 1


def test_two_builds_at_once_share_and_nothing_breaks(
    course: Course, make_lesson: MakeLesson, place: Place
) -> None:
    names = [f"0{number}_test" for number in (1, 2, 3)]
    for name in names:
        make_lesson(f"print({name!r})", name=name)
    means = Means(jobs=2, cache=place.url, cache_write=place.url)
    two = [elsewhere(course, "one"), elsewhere(course, "two")]
    done: list[list[Run]] = []

    def all_of(checkout: Course) -> None:
        progress = Progress(Console(file=io.StringIO()))
        done.append(run_lessons(checkout, checkout.lessons(), "offline", progress, means))

    threads = [threading.Thread(target=all_of, args=[checkout]) for checkout in two]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [run.state in ("ran", "cached") for runs in done for run in runs] == [True] * 6
    third = elsewhere(course, "third")
    progress = Progress(Console(file=io.StringIO()))
    runs = run_lessons(third, third.lessons(), "offline", progress, Means(cache=place.url))
    assert [run.state for run in runs] == ["cached"] * 3


def test_lessons_of_the_same_code_take_the_same_result(
    course: Course, lesson: Lesson, tmp_path: Path
) -> None:
    shutil.copy(lesson.path, lesson.path.with_name("02_copy.ipynb"))
    share(course, lesson, str(tmp_path / "shared"))
    assert len(taken(elsewhere(course), str(tmp_path / "shared"))) == 2


def test_a_lesson_sees_no_credentials(
    course: Course, make_lesson: MakeLesson, bucket: Place
) -> None:
    make_lesson(
        "import os, json\nprint(json.dumps([x for x in os.environ if x.startswith('AWS_')]))"
    )
    run, _ = build(course, Means(cache=bucket.url, cache_write=bucket.url))
    (printed,) = outputs(run)
    assert json.loads(printed[0]["text"]) == []  # type: ignore[index]
    assert bucket.names()
