"""A server that speaks S3, SeaweedFS, with buckets for backups and for pictures; the latter keeps every version."""

from __future__ import annotations

import json
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chassis.testing.servers import child_process, free_port
from chassis.testing.waiting import wait_until
from local_servers import child

TOOLS = Path(__file__).parents[2] / ".venv" / "drills" / "bin"
BACKUPS, MEDIA = "backups", "media"
_PARTS = ("master", "volume", "filer", "s3")


@dataclass(frozen=True)
class Objects:
    """The server at `url`; `environment` is how a client reaches it."""

    url: str
    environment: dict[str, str]

    @property
    def client(self) -> Any:
        """A client of S3."""
        quick = Config(connect_timeout=2, read_timeout=30, retries={"max_attempts": 1})
        keys = {"aws_access_key_id": self.environment["AWS_ACCESS_KEY_ID"]}
        keys["aws_secret_access_key"] = self.environment["AWS_SECRET_ACCESS_KEY"]
        return boto3.client("s3", endpoint_url=self.url, region_name="us-east-1", config=quick, **keys)

    def keys(self, bucket: str) -> dict[str, int]:
        """Size by name of the objects of a bucket."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        return {each["Key"]: each["Size"] for page in pages for each in page.get("Contents", ())}

    def undelete(self, bucket: str) -> int:
        """Remove the marks of deletion in a bucket that keeps versions: the objects are there again. How many."""
        marks = []
        for page in self.client.get_paginator("list_object_versions").paginate(Bucket=bucket):
            marks += [each for each in page.get("DeleteMarkers", ()) if each["IsLatest"]]
        for mark in marks:
            self.client.delete_object(Bucket=bucket, Key=mark["Key"], VersionId=mark["VersionId"])
        return len(marks)


@contextmanager
def running(folder: Path) -> Iterator[Objects]:
    """The server with its data in `folder`, and the two buckets; ended with the block."""
    key, secret = secrets.token_hex(8), secrets.token_hex(16)
    keys = [{"accessKey": key, "secretKey": secret}]
    actions = ["Admin", "Read", "Write", "List", "Tagging"]
    config = folder / "s3.json"
    config.write_text(json.dumps({"identities": [{"name": "drill", "credentials": keys, "actions": actions}]}))
    (folder / "objects").mkdir()
    ports = {part: free_port() for part in _PARTS}
    environment = {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_REGION": "us-east-1"}
    environment |= {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{ports['s3']}", "AWS_EC2_METADATA_DISABLED": "true"}
    objects = Objects(environment["AWS_ENDPOINT_URL"], environment)
    with (folder / "objects.log").open("wb") as log, child_process(_command(folder, ports), stdout=log, stderr=log):
        wait_until(lambda: _made(objects), timeout=60, what="the S3 server")
        objects.client.put_bucket_versioning(Bucket=MEDIA, VersioningConfiguration={"Status": "Enabled"})
        yield objects


def _command(folder: Path, ports: dict[str, int]) -> list[str]:
    argv = [str(TOOLS / "weed"), "server", f"-dir={folder / 'objects'}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
    argv += ["-filer", "-s3", f"-s3.config={folder / 's3.json'}", "-s3.iam=false", "-s3.port.iceberg=0"]
    # The log of an hour fits: without a volume that is free nothing can be archived.
    argv += ["-master.volumeSizeLimitMB=64", "-volume.max=100", "-master.telemetry=false"]
    argv += [f"-{part}.port={port}" for part, port in ports.items()]
    argv += [f"-{part}.port.grpc={free_port()}" for part in _PARTS]
    return child.command(argv)


def _made(objects: Objects) -> bool:
    """Whether both buckets are there."""
    try:
        there = {each["Name"] for each in objects.client.list_buckets()["Buckets"]}
        for name in {BACKUPS, MEDIA} - there:
            objects.client.create_bucket(Bucket=name)
    except (BotoCoreError, ClientError):
        return False
    return True


def tool(name: str, *words: str) -> list[str]:
    """A command of the drills' own environment."""
    return [str(TOOLS / name), *words]


def run(argv: list[str], environment: dict[str, str]) -> str:
    """The output of a command.

    Raises:
        RuntimeError: it failed; the message has its output.
    """
    ended = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise RuntimeError(f"{' '.join(argv[:2])} failed:\n{ended.stdout[-2000:]}{ended.stderr[-4000:]}")
    return ended.stdout
