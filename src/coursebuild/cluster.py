"""Machines that run lessons: an Executor whose processes are the workers of a Dask scheduler."""

from __future__ import annotations

import contextlib
import logging
import threading
import uuid
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .course import Course
from .crew import GPU, START, Crew
from .errand import Errand
from .errors import CourseError
from .job import Job, Outcome
from .pack import pack
from .versions import installed

CONNECT = 10.0  # seconds until a scheduler must have answered
PATIENCE = 60.0  # seconds that a lesson waits for a worker that could run it
RESENT = 10  # how often a lesson is sent again because workers died


@contextlib.contextmanager
def pool(course: Course, address: str) -> Iterator[Executor]:
    """The workers of the scheduler at `address`. What runs is cancelled where this is left early.

    Raises CourseError where no scheduler answers, no worker is there, or one has other versions.
    """
    client = connect(address)
    try:
        cluster = Cluster(client, course, address)
        try:
            yield cluster
        finally:
            cluster.end()
    finally:
        client.close(timeout=CONNECT)


def connect(address: str) -> Any:
    """A client of the scheduler."""
    try:
        from distributed import Client
        from distributed.security import Security
        from distributed.versions import VersionMismatchWarning
    except ImportError:
        raise CourseError(
            "the package distributed is not installed",
            f"--scheduler {address}",
            "pip install 'downhill[remote]', or make .venv",
        ) from None
    if address.startswith("tls:") and not Security().get_connection_args("client")["ssl_context"]:
        raise CourseError(
            "no certificate is named for TLS",
            address,
            "see “Who may reach a scheduler” in the guide",
        )
    # Each of these ends up in one line of ours, which says what to do.
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", category=VersionMismatchWarning)
    try:
        return Client(address, timeout=CONNECT, set_as_default=False, name="course")
    except (OSError, ValueError, RuntimeError) as error:  # a TimeoutError is an OSError
        raise CourseError(
            f"no scheduler answers ({_first_line(error)})",
            address,
            "start one: dask scheduler; its first lines say its address",
        ) from None


@dataclass
class _Task:
    """A lesson on its way: what is asked, and both ends of the answer."""

    job: Job
    answer: Future[Outcome]
    dask: Any = None
    sent: int = 0


class Cluster(Executor):
    """Sends lessons to workers. Dask decides who runs what, and runs again what died with one."""

    def __init__(self, client: Any, course: Course, address: str) -> None:
        from distributed import Variable

        self.client, self.address = client, address
        self.crew = Crew(client, address)
        self.crew.examine()
        self.token = uuid.uuid4().hex[:12]
        parcel = pack(course)
        self.parcel = parcel.digest
        # On the scheduler, not in the workers' memory: it outlives them, and reaches those to come.
        self.store = Variable(f"course-{self.token}", client=client)
        self.store.set(parcel.content)
        client.subscribe_topic(self.store.name, self._heard)
        self.tasks: dict[str, _Task] = {}
        self.ending = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def submit(
        self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any
    ) -> Future[Any]:  # the signature of Executor; fn is always `perform`
        (job,) = args
        if job.gpu and not self.crew.offers(gpu=True):
            raise self._no_gpu(job.name)
        task = self.tasks[job.name] = _Task(job, Future())
        task.answer.set_running_or_notify_cancel()
        self._send(task)
        return task.answer

    def _send(self, task: _Task) -> None:
        from .worker import perform

        task.sent += 1
        errand = Errand(task.job, self.parcel, self.store.name, self.store.name, installed())
        task.dask = self.client.submit(
            perform,
            errand,
            key=(f"lesson-{self.token}", task.job.name, task.sent),
            pure=False,
            priority=-len(self.tasks),  # first come, first served: the longest comes first
            resources={GPU: 1} if task.job.gpu else None,
        )
        task.dask.add_done_callback(lambda _: self._done(task))

    def _done(self, task: _Task) -> None:
        """Called by Dask in a thread of its own, for one lesson after the other."""
        from distributed import KilledWorker

        if task.answer.done() or self.ending.is_set():
            return
        try:
            outcome = task.dask.result()
        except KilledWorker:
            # Maybe it only waited in the queue of one that another lesson killed. Who began it how
            # often, workers know (worker.py), and answer for it.
            if task.sent < RESENT:
                self._send(task)
            else:
                self._answer(task, self._alone())
        except CourseError as error:
            self._answer(task, error)
        except BaseException as error:
            lost = task.dask.cancelled() or self.client.status != "running"
            self._answer(task, self._lost() if lost else error)
        else:
            self._answer(task, outcome)
        finally:
            if task.answer.done():
                task.dask.release()  # else it would run again if its worker died later

    def _answer(self, task: _Task, answer: Outcome | BaseException) -> None:
        with contextlib.suppress(Exception):  # answered already, from another thread
            if isinstance(answer, BaseException):
                task.answer.set_exception(answer)
            else:
                task.answer.set_result(answer)

    def _heard(self, event: tuple[float, dict[str, str]]) -> None:
        """What a worker says of a lesson: how far it is."""
        _, said = event
        if file := self.tasks[said["lesson"]].job.progress:
            with contextlib.suppress(OSError):  # nobody looks at it any more
                Path(file).write_text(said["progress"], encoding="utf-8")

    def _watch(self) -> None:
        """Give up on a lesson that no worker could run for a while."""
        missing = Counter[bool]()
        while not self.ending.wait(1.0):
            waiting = [task for task in self.tasks.values() if not task.answer.done()]
            for gpu in {task.job.gpu for task in waiting}:
                try:
                    there = self.crew.offers(gpu)
                except Exception:
                    there = True  # the scheduler is gone: that is told elsewhere
                missing[gpu] = 0 if there else missing[gpu] + 1
                for task in waiting if missing[gpu] > PATIENCE else ():
                    if task.job.gpu == gpu:
                        self._answer(task, self._no_gpu(task.job.name) if gpu else self._alone())

    def end(self) -> None:
        """Cancel what still runs, and take the parcel back."""
        self.ending.set()
        running = [task.dask for task in self.tasks.values() if not task.answer.done()]
        if self.client.status == "running":
            with contextlib.suppress(Exception):  # it may go away in these very moments
                self.client.cancel(running, force=True)
                self.client.unsubscribe_topic(self.store.name)
                self.store.delete()

    def _lost(self) -> CourseError:
        return CourseError(
            "the scheduler went away",
            self.address,
            "what was finished is kept: start it again, then build again",
        )

    def _alone(self) -> CourseError:
        return CourseError(
            "all workers went away", self.address, START.format(address=self.address)
        )

    def _no_gpu(self, lesson: str) -> CourseError:
        return CourseError(
            f"lesson {lesson} needs a GPU, and no worker offers one",
            self.address,
            f"start one that does: dask worker {self.address} --resources GPU=1",
        )


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
