"""A folder of a bucket that speaks S3's protocol, through fsspec's s3fs."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

from .errors import CourseError
from .store import StoreError

T = TypeVar("T")
LIMIT = 60  # seconds for one answer, retries included: a slow cache must not be a hang
CONNECT, SILENCE = 5, 15  # seconds for a connection, and until its next bytes


class Bucket:
    """Credentials and the server's address come from where S3's tools have them.

    That is AWS_ACCESS_KEY_ID and the like, AWS_ENDPOINT_URL, ~/.aws, fsspec's FSSPEC_S3_….
    """

    def __init__(self, path: str) -> None:
        """path: bucket/folder."""
        try:
            from botocore.exceptions import BotoCoreError
            from s3fs import S3FileSystem
        except ImportError:
            raise CourseError(
                "a cache in S3 needs the package s3fs, which is not installed",
                f"s3://{path}",
                "install it: pip install s3fs (or the extra: downhill[build,remote])",
            ) from None
        self.path, self.place = path, f"s3://{path}"
        # What may go wrong outside: s3fs makes most of it OSError, what it does not is botocore's;
        # an address that cannot be one is a ValueError.
        self._refusals = (OSError, BotoCoreError, ValueError)
        # A loop of our own, and a session that `close` closes: with those that s3fs makes by
        # itself, sockets stay open until the interpreter ends.
        self._runner = asyncio.Runner()
        self._fs = S3FileSystem(
            asynchronous=True,
            skip_instance_cache=True,
            use_listings_cache=False,  # other builds write too
            config_kwargs={
                "connect_timeout": CONNECT,
                "read_timeout": SILENCE,
                "retries": {"total_max_attempts": 1},  # s3fs tries again by itself
            },
        )
        self._fs.retries = 2

    def below(self, folders: Sequence[str]) -> dict[str, bytes]:
        return self._wait(self._below(folders))

    def get(self, name: str) -> bytes | None:
        return self._wait(self._get(name))

    def put(self, name: str, data: bytes) -> None:
        # One request, and S3 shows the file when it has all of it.
        self._wait(self._answer(self._fs._pipe_file(f"{self.path}/{name}", data)))

    def close(self) -> None:
        if client := self._fs._s3:
            self._runner.run(client.close())
        self._runner.close()

    async def _below(self, folders: Sequence[str]) -> dict[str, bytes]:
        """All of it at the same time: a course has many lessons, and the bucket is far away."""
        async with asyncio.TaskGroup() as group:
            lists = [group.create_task(self._names(folder)) for folder in folders]
        names = [name for task in lists for name in task.result()]
        async with asyncio.TaskGroup() as group:
            files = [group.create_task(self._get(name)) for name in names]
        contents = {name: task.result() for name, task in zip(names, files, strict=True)}
        return {name: data for name, data in contents.items() if data is not None}

    async def _names(self, folder: str) -> list[str]:
        # An empty folder is an empty list; FileNotFoundError is for a bucket that is not there.
        listed = await self._answer(self._fs._lsdir(f"{self.path}/{folder}"))
        return [f"{folder}/{file['name'].rsplit('/', 1)[1]}" for file in listed]

    async def _get(self, name: str) -> bytes | None:
        try:
            data: bytes = await self._answer(self._fs._cat_file(f"{self.path}/{name}"))
        except FileNotFoundError:
            return None
        return data

    async def _answer(self, question: Coroutine[Any, Any, T]) -> T:
        return await asyncio.wait_for(question, LIMIT)

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        try:
            return self._runner.run(work)
        except ExceptionGroup as group:
            # Several at a time: they fail for one reason.
            if rest := group.split(self._refusals)[1]:
                raise rest from None
            raise StoreError(_words(_first(group))) from None
        except self._refusals as error:
            raise StoreError(_words(error)) from None


def _first(error: BaseException) -> BaseException:
    return _first(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error


def _words(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer in {LIMIT} s"
    return " ".join(str(error).split()) or type(error).__name__
