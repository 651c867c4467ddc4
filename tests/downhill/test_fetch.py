"""Drawing, downloading, verifying; with a real server, real kills and a really full device."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from conftest import COUNTS, archive

from downhill import download, fetch, manifest
from downhill.errors import DownhillError

COMMAND = [sys.executable, "-m", "downhill.fetch"]


def run(*words, **variables):
    """The command, as a user calls it."""
    return subprocess.run(
        [*COMMAND, *words], capture_output=True, text=True, env=os.environ | variables, timeout=400
    )


def wait_for(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


# --- the table ------------------------------------------------------------------------------


def test_the_addresses_are_those_of_fastai():
    from fastai.data.external import URLs

    assert fetch.SOURCES["mnist_sample"].url == URLs.MNIST_SAMPLE
    assert fetch.SOURCES["mnist"].url == URLs.MNIST
    assert fetch.SOURCES["pets"].url == URLs.PETS


def test_fastai_knows_size_and_checksum_of_every_archive():
    from fastdownload.core import read_checks

    table = fetch.known_archives()
    assert {source.url for source in fetch.SOURCES.values()} <= set(table)
    package = Path(__import__("fastai").__file__).parent
    assert table == read_checks(package / "data" / "download_checks.py")


def test_the_fingerprint_is_fastdownloads(tmp_path):
    from fastdownload.core import path_stats

    file = tmp_path / "archive"
    file.write_bytes(os.urandom((1 << 20) + 5))
    assert download.fingerprint(file) == path_stats(file)


def test_folders_are_where_fastai_looks(fastai_home):
    from fastai.data.external import fastai_path

    assert fetch.fastai_folder("data") == fastai_path("data")
    assert fetch.fastai_folder("archive") == fastai_path("archive")


def test_the_config_of_fastai_is_respected(fastai_home):
    (fastai_home / "config.ini").write_text(
        "[DEFAULT]\ndata = elsewhere\narchive = /tmp/archives\n"
    )
    from fastai.data.external import fastai_path

    assert fetch.fastai_folder("data") == fastai_path("data") == fastai_home / "elsewhere"
    assert fetch.fastai_folder("archive") == fastai_path("archive") == Path("/tmp/archives")


# --- drawn data -------------------------------------------------------------------------------


def test_the_command_draws_and_then_finds_everything(tmp_path):
    home = str(tmp_path / "home")
    first = run("--profile", "offline", DOWNHILL_HOME=home)
    assert (first.returncode, first.stderr) == (0, "")
    assert "mnist_sample: ready in" in first.stdout
    again = run("--profile", "offline", DOWNHILL_HOME=home)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert sorted(p.name for p in (tmp_path / "home/offline").iterdir()) == [
        "mnist_png",
        "mnist_sample",
        "oxford-iiit-pet",
    ]


def test_finding_the_data_loads_nothing_heavy(offline):
    code = (
        "import sys; from downhill import fetch; assert fetch.main(['--profile', 'offline']) == 0;"
        "print({'torch', 'fastai', 'sklearn', 'numpy', 'PIL', 'rich'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_a_missing_image_is_noticed_and_drawn_again(own_home, drawn):
    folder = own_home / "offline/mnist_sample"
    assert fetch.problem("mnist_sample", real=False) == ""
    victim = next((folder / "valid/3").iterdir())
    victim.unlink()
    assert "damaged" in fetch.problem("mnist_sample", real=False)
    assert fetch.get("mnist_sample", real=False) == folder
    assert victim.read_bytes() == (drawn / victim.relative_to(own_home)).read_bytes()


def test_an_image_of_the_same_size_but_other_bytes_is_noticed(own_home):
    victim = next((own_home / "offline/mnist_sample/valid/3").iterdir())
    content = bytearray(victim.read_bytes())
    content[-40] ^= 1
    victim.write_bytes(content)
    assert "damaged" in fetch.problem("mnist_sample", real=False)


def test_a_copy_with_new_times_is_accepted_by_its_bytes(own_home):
    file = next((own_home / "offline/mnist_sample/valid/3").iterdir())
    os.utime(file, (1, 1))
    before = manifest.read(own_home / "manifests/mnist_sample.json")
    assert fetch.problem("mnist_sample", real=False) == ""
    after = manifest.read(own_home / "manifests/mnist_sample.json")
    assert before.digest == after.digest
    assert before.stamp != after.stamp


@pytest.mark.parametrize("text", ["", "{", "[]", '{"files": 1}'])
def test_a_damaged_manifest_means_drawing_again(own_home, text):
    (own_home / "manifests/mnist_sample.json").write_text(text)
    assert fetch.problem("mnist_sample", real=False) != ""
    fetch.get("mnist_sample", real=False)
    assert fetch.problem("mnist_sample", real=False) == ""


def test_data_drawn_by_other_code_are_drawn_again(own_home):
    folder, file = own_home / "offline/mnist_sample", own_home / "manifests/mnist_sample.json"
    assert manifest.check(folder, file, "another version") is None


def test_a_killed_draw_is_never_taken_for_a_data_set(tmp_path, monkeypatch):
    home = tmp_path / "home"
    monkeypatch.setenv("DOWNHILL_HOME", str(home))
    process = subprocess.Popen([*COMMAND, "--profile", "offline", "mnist_sample"])
    wait_for(lambda: any((home / "partial").rglob("*.png")))
    process.kill()
    process.wait()
    assert fetch.problem("mnist_sample", real=False) == "not there"
    folder = fetch.get("mnist_sample", real=False)
    assert len(list(folder.rglob("*.png"))) > 2000
    assert not list((home / "partial").rglob("*.png"))


def test_two_draws_at_once_both_end_well(tmp_path, monkeypatch):
    monkeypatch.setenv("DOWNHILL_HOME", str(tmp_path))
    command = [*COMMAND, "--profile", "offline", "mnist_sample"]
    both = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]
    assert fetch.problem("mnist_sample", real=False) == ""


def test_ctrl_c_is_one_line_and_leaves_nothing_half_written(tmp_path):
    home = tmp_path / "home"
    process = subprocess.Popen(
        [*COMMAND, "--profile", "offline", "mnist_sample"],
        env=os.environ | {"DOWNHILL_HOME": str(home)},
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(lambda: any((home / "partial").rglob("*.png")))
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=20)
    assert process.returncode == 130
    assert stderr.startswith("Interrupted")
    assert len(stderr.splitlines()) == 1
    assert not list(home.rglob("*.png"))


def test_a_home_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    done = run("--profile", "offline", DOWNHILL_HOME=str(tmp_path / "file" / "home"))
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "DOWNHILL_HOME" in done.stderr


def test_without_a_variable_the_data_are_in_the_users_cache(monkeypatch, tmp_path):
    monkeypatch.delenv("DOWNHILL_HOME", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert fetch.home().name == "downhill"


# --- the command ------------------------------------------------------------------------------


def test_an_unknown_profile_or_data_set_is_one_line_with_the_choices(offline):
    for words, choice in ((["--profile", "tpu"], "offline, cpu, gpu"), (["cats"], "mnist_sample")):
        done = run(*words)
        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1
        assert choice in done.stderr


def test_a_terminal_gets_a_progress_bar(tmp_path):
    import pty

    leader, follower = pty.openpty()
    environment = os.environ | {"DOWNHILL_HOME": str(tmp_path), "TERM": "xterm", "COLUMNS": "80"}
    environment.pop("CI", None)
    process = subprocess.Popen(
        [*COMMAND, "--profile", "offline", "mnist_sample"],
        stdout=subprocess.DEVNULL,
        stderr=follower,
        env=environment,
    )
    os.close(follower)
    shown = b""
    while True:
        try:
            block = os.read(leader, 4096)
        except OSError:
            break
        if not block:
            break
        shown += block
    os.close(leader)
    assert process.wait(60) == 0
    assert b"mnist_sample" in shown
    assert b"%" in shown


# --- real data --------------------------------------------------------------------------------


def test_what_was_fetched_is_found_by_untar_data_without_a_download(served, fastai_home):
    from fastai.data.external import untar_data

    seen = []
    folder = fetch.get("mnist_sample", real=True, report=lambda *now: seen.append(now))
    assert folder == fastai_home / "data/mnist_sample"
    assert len(list(folder.rglob("*.png"))) == sum(COUNTS.values())
    assert seen[-1] == (len(served.content), len(served.content))
    assert untar_data(served.url) == folder
    assert served.asked == [None]
    assert [p.name for p in (fastai_home / "data").iterdir()] == ["mnist_sample"]


def test_a_connection_that_breaks_is_taken_up_where_it_broke(served):
    served.limits = [30_000, 20_000]
    fetch.get("mnist_sample", real=True)
    first, second = (int(asked.removeprefix("bytes=")[:-1]) for asked in served.asked[1:])
    assert 20_000 < first <= 30_000  # of the last chunk before a break, nothing is kept
    assert first < second <= 50_000


def test_a_server_without_ranges_sends_it_all_again(served):
    served.limits, served.ranges = [30_000], False
    fetch.get("mnist_sample", real=True)
    assert len(served.asked) == 2
    assert served.asked[1] is not None


def test_after_three_breaks_the_error_says_how_far_it_got_and_the_next_run_goes_on(served):
    served.limits = [10_000, 10_000, 10_000]
    with pytest.raises(DownhillError, match=r"24,576 bytes so far.*goes on from there") as caught:
        fetch.get("mnist_sample", real=True)
    assert "\n" not in str(caught.value)
    fetch.get("mnist_sample", real=True)
    assert served.asked[-1] == "bytes=24576-"


def test_a_killed_download_goes_on_in_the_next_run(served, fastai_home):
    served.limits, served.stall = [30_000], threading.Event()
    code = (
        "from downhill import fetch;"
        f"fetch.SOURCES['mnist_sample'] = fetch.Source('mnist_sample', {served.url!r},"
        f"'mnist_sample', {COUNTS!r}, True); fetch.main(['--profile', 'cpu', 'mnist_sample'])"
    )
    process = subprocess.Popen([sys.executable, "-c", code])
    part = fastai_home / "archive/mnist_sample.tgz.part"
    wait_for(lambda: part.exists() or process.poll() is not None)
    wait_for(lambda: served.asked)
    process.kill()
    process.wait()
    served.stall.set()
    served.stall = None
    have = part.stat().st_size
    fetch.get("mnist_sample", real=True)
    assert served.asked[1:] == [f"bytes={have}-" if have else None]


def test_an_archive_that_is_not_fastais_is_refused(served, fastai_home):
    served.content = bytes([served.content[0] ^ 1]) + served.content[1:]
    with pytest.raises(DownhillError, match="is not as fastai knows it"):
        fetch.get("mnist_sample", real=True)
    assert not list((fastai_home / "archive").glob("*.part"))


def test_a_part_of_another_file_is_thrown_away(served, fastai_home):
    part = fastai_home / "archive/mnist_sample.tgz.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"x" * (len(served.content) + 1))
    fetch.get("mnist_sample", real=True)
    assert served.asked == [None]


def test_a_whole_part_is_not_asked_for_again(served, fastai_home):
    part = fastai_home / "archive/mnist_sample.tgz.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(served.content)
    fetch.get("mnist_sample", real=True)
    assert served.asked == []


def test_a_part_as_long_as_an_unknown_file_starts_anew(served, tmp_path):
    part = tmp_path / "file.part"
    part.write_bytes(b"x" * len(served.content))
    download.download(served.url, tmp_path / "file", None)
    assert (tmp_path / "file").read_bytes() == served.content


def test_a_server_error_and_no_server_are_one_line(served, fastai_home):
    served.status = 503
    with pytest.raises(DownhillError, match="the server answers 503"):
        fetch.get("mnist_sample", real=True)
    with pytest.raises(DownhillError, match=r"no connection.*profile offline needs no download"):
        download.download("http://127.0.0.1:9/x.tgz", fastai_home / "x.tgz", None)
    with pytest.raises(DownhillError, match="InvalidSchema"):
        download.download("gopher://127.0.0.1/x.tgz", fastai_home / "x.tgz", None)


def test_a_truncated_archive_is_removed_and_said_in_one_line(served, fastai_home, monkeypatch):
    monkeypatch.setattr(fetch, "known_archives", dict)
    file = fastai_home / "archive/mnist_sample.tgz"
    file.parent.mkdir(parents=True)
    file.write_bytes(served.content[:50_000])
    with pytest.raises(DownhillError, match=r"is not whole.*run it again") as caught:
        fetch.get("mnist_sample", real=True)
    assert "\n" not in str(caught.value)
    assert not (fastai_home / "data/mnist_sample").exists()
    assert list((fastai_home / "data").iterdir()) == []
    assert fetch.get("mnist_sample", real=True).is_dir()


def test_an_old_archive_that_is_not_whole_is_downloaded_again(served, fastai_home):
    file = fastai_home / "archive/mnist_sample.tgz"
    file.parent.mkdir(parents=True)
    file.write_bytes(served.content[:50_000])
    fetch.get("mnist_sample", real=True)
    assert served.asked == [None]


def test_an_archive_with_an_image_too_few_is_refused(served, fastai_home, monkeypatch):
    served.content = archive(COUNTS | {"valid/7": 9})
    monkeypatch.setattr(fetch, "known_archives", dict)
    with pytest.raises(DownhillError, match="9 images in valid/7 instead of 10"):
        fetch.get("mnist_sample", real=True)


def test_an_unpacked_folder_that_is_whole_is_accepted_as_it_is(served, fastai_home):
    for part, count in COUNTS.items():
        (fastai_home / "data/mnist_sample" / part).mkdir(parents=True)
        for index in range(count):
            (fastai_home / "data/mnist_sample" / part / f"{index}.png").write_bytes(b"")
    assert fetch.get("mnist_sample", real=True).is_dir()
    assert served.asked == []


def test_an_unpacked_folder_that_is_not_whole_is_named_and_left_alone(served, fastai_home):
    folder = fastai_home / "data/mnist_sample"
    (folder / "train/3").mkdir(parents=True)
    with pytest.raises(DownhillError, match=r"0 images in train/3 instead of 40.*remove") as caught:
        fetch.get("mnist_sample", real=True)
    assert str(folder) in str(caught.value)
    assert folder.exists()
    shutil.rmtree(folder / "train/3")
    assert fetch.problem("mnist_sample", real=True) == "no folder train/3"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, which Linux has")
def test_a_full_disk_is_one_line_and_the_part_is_given_back(served, fastai_home):
    part = fastai_home / "archive/mnist_sample.tgz.part"
    part.parent.mkdir(parents=True)
    part.symlink_to("/dev/full")
    with pytest.raises(DownhillError, match=r"The disk is full.*free some space") as caught:
        fetch.get("mnist_sample", real=True)
    assert caught.value.__cause__.errno == errno.ENOSPC
    assert not part.is_symlink()


def test_an_optional_data_set_is_a_warning_and_uci_digits_stand_in(
    served, drawn, monkeypatch, capsys
):
    monkeypatch.setenv("DOWNHILL_HOME", str(drawn))
    absent = fetch.Source("mnist", "http://127.0.0.1:9/mnist_png.tgz", "mnist_png", {}, False)
    monkeypatch.setitem(fetch.SOURCES, "mnist", absent)
    assert fetch.main(["--profile", "cpu", "mnist_sample", "mnist"]) == 0
    shown = capsys.readouterr()
    assert shown.err.startswith("Warning: Could not download mnist_png.tgz (no connection")
    assert len(shown.err.splitlines()) == 1
    assert "mnist_sample: ready in" in shown.out


# --- photos: a chosen part of them will do


@pytest.fixture
def photos(fastai_home):
    """Two photos of each of 37 breeds, as a learner may have chosen them."""
    folder = fastai_home / "data/oxford-iiit-pet/images"
    folder.mkdir(parents=True)
    for breed in range(37):
        for number in (7, 31):
            (folder / f"breed_{breed}_{number}.jpg").write_bytes(b"photo")
    return folder


def test_a_chosen_part_of_the_photos_with_every_breed_will_do(photos):
    assert fetch.get("pets", real=True) == photos.parent
    (photos / "notes.txt").touch()
    assert fetch.problem("pets", real=True) == ""


def test_photos_that_a_lesson_would_stumble_over_are_named(photos):
    (photos / "breed_3_7.jpg").write_bytes(b"")
    assert fetch.problem("pets", real=True) == "images/breed_3_7.jpg is empty"
    (photos / "breed_3_7.jpg").unlink()
    assert fetch.problem("pets", real=True).startswith("1 photo of breed_3 in images")
    (photos / "breed_3_31.jpg").unlink()
    assert fetch.problem("pets", real=True) == "photos of 36 breeds in images instead of 37"
    with pytest.raises(DownhillError, match=r"pets is not whole .*36 breeds.*remove that folder"):
        fetch.get("pets", real=True)
    shutil.rmtree(photos)
    assert fetch.problem("pets", real=True) == "no folder images"


def test_a_required_data_set_that_cannot_be_had_is_an_error(served, monkeypatch, capsys):
    monkeypatch.setenv("DOWNHILL_PROFILE", "cpu")
    served.status = 404
    assert fetch.main(["mnist_sample"]) == 1
    assert "the server answers 404" in capsys.readouterr().err
