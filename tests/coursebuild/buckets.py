"""A server that speaks S3's protocol over HTTP, on loopback: moto's."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

KEYS = {"aws_access_key_id": "a key", "aws_secret_access_key": "a secret"}


class Server:
    """Buckets, and what lies in them, asked by Amazon's client and not by the code under test."""

    def __init__(self, address: str, client: Any) -> None:
        self.address, self.client = address, client
        self._numbers = itertools.count()

    def bucket(self) -> str:
        """A new and empty bucket; its URL."""
        name = f"course-{next(self._numbers)}"
        self.client.create_bucket(Bucket=name)
        return f"s3://{name}"

    def names(self, url: str) -> list[str]:
        listed = self.client.list_objects_v2(Bucket=_bucket(url))
        return [item["Key"] for item in listed.get("Contents", [])]

    def get(self, url: str, name: str) -> bytes:
        return bytes(self.client.get_object(Bucket=_bucket(url), Key=name)["Body"].read())

    def put(self, url: str, name: str, data: bytes) -> None:
        self.client.put_object(Bucket=_bucket(url), Key=name, Body=data)

    def publish(self, url: str, name: str) -> None:
        """Let everybody read a file."""
        self.client.put_object_acl(Bucket=_bucket(url), Key=name, ACL="public-read")


def _bucket(url: str) -> str:
    return url.removeprefix("s3://").partition("/")[0]


@contextlib.contextmanager
def s3_server() -> Iterator[Server]:
    moto = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    address = f"http://{host}:{port}"
    client = boto3.client("s3", endpoint_url=address, region_name="us-east-1", **KEYS)
    try:
        yield Server(address, client)
    finally:
        client.close()
        moto.stop()
        assert moto._server is not None
        moto._server.server_close()  # `stop` leaves the socket to the garbage collector
