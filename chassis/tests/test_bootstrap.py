"""The command that makes databases and roles, with its secrets in a folder and in AWS Secrets Manager."""

from __future__ import annotations

import asyncio
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import asyncpg
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from chassis.db import bootstrap, secrets_manager
from chassis.db.roles import RolesError
from chassis.testing import servers

KEY = {"AccessKeyId": "AKIDEXAMPLE", "SecretAccessKey": "secret/with+signs", "Token": "of-a-session"}
NAMES = {"owner": "shop_owner", "runtime": "shop", "auditor": "shop_auditor"}


@pytest.fixture(scope="module")
def server():
    with servers.postgres_server(password="root-password") as running:
        yield running


@pytest.fixture
def run(monkeypatch, capsys):
    def run(*services, **variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, str(value))
        monkeypatch.setattr("sys.argv", ["bootstrap", *services])
        bootstrap.main()
        return capsys.readouterr().out

    return run


@pytest.fixture
def folder(server, tmp_path):
    """As a Secret of CloudNativePG and one of ours are mounted."""
    made = tmp_path / "administrator"
    made.mkdir()
    fields = {"host": str(server.sockets), "port": "5432", "username": "postgres", "dbname": "app", "uri": "unused"}
    for name, value in (fields | {"password": "root-password\n"}).items():
        (made / name).write_text(value)
    (made / "..data").mkdir()  # Kubernetes' own
    for kind, role in NAMES.items():
        (tmp_path / f"shop_{kind}_url").write_text(server.url("shop", role, f"{kind}-password") + "\n")
    return tmp_path


def folders(folder):
    return {"MERCAT_SECRETS_DIR": folder, "ADMINISTRATOR_DIR": folder / "administrator"}


async def all_open(server):
    for kind, role in NAMES.items():
        connection = await asyncpg.connect(server.url("shop", role, f"{kind}-password"))
        assert await connection.fetchval("select current_user") == role
        await connection.close()


def test_secrets_of_a_folder_make_the_databases(server, folder, run):
    assert run("shop", **folders(folder)).endswith("must be: shop\n")
    asyncio.run(all_open(server))


def test_a_secret_that_is_missing_or_incomplete_is_named(folder, run):
    with pytest.raises(SystemExit, match=r"press_owner_url"):
        run("shop", "press", **folders(folder))
    (folder / "administrator" / "password").unlink()
    with pytest.raises(SystemExit, match="no field 'password'"):
        run("shop", **folders(folder))
    with pytest.raises(SystemExit, match=r"python -m chassis\.db\.bootstrap"):
        run()


def test_a_server_that_cannot_be_reached_ends_it_with_a_message(folder, run):
    (folder / "administrator" / "host").write_text(str(folder))
    with pytest.raises(SystemExit, match=r"roles were not made: .*No such file"):
        run("shop", **folders(folder))


@pytest.fixture
def aws(tmp_path, monkeypatch):
    """The agent of EKS and Secrets Manager: it answers those whose signature is that of AWS' own library."""
    secrets: dict[str, dict[str, object]] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self._answer(200 if self.headers["authorization"] == "of-the-pod" else 403, KEY)

        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            known = secrets.get(json.loads(body)["SecretId"])
            right = self.headers["authorization"] == signature(dict(self.headers.items()), body)
            self._answer(200 if right and known else 400, {"SecretString": json.dumps(known)})

        def _answer(self, status, body):
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_): ...

    agent = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=agent.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{agent.server_port}"
    (tmp_path / "token").write_text("of-the-pod\n")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{url}/v1/credentials")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", url)
    yield secrets
    agent.shutdown()
    thread.join()
    agent.server_close()


def signature(headers, body):
    """That of botocore for the same request."""
    headers = {name.lower(): value for name, value in headers.items()}
    signed = headers["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    request = AWSRequest(
        "POST", f"http://{headers['host']}/", data=body, headers={name: headers[name] for name in signed}
    )
    request.context["timestamp"] = headers["x-amz-date"]
    signer = SigV4Auth(Credentials(*KEY.values()), "secretsmanager", "eu-central-1")
    found = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    return f"AWS4-HMAC-SHA256 Credential={signer.scope(request)}, SignedHeaders={';'.join(signed)}, Signature={found}"


def test_secrets_of_aws_make_the_databases_at_the_host_of_the_handover(server, aws, run):
    fields = {"port": 5432, "dbname": "postgres", "username": "postgres", "password": "root-password"}
    aws["mercat/x/database-master"] = fields
    for kind, name in (("runtime", "database"), ("owner", "database-owner"), ("auditor", "database-auditor")):
        login = {"username": NAMES[kind], "password": f"{kind}-password"}
        aws[f"mercat/x/shop/{name}"] = {"host": str(server.sockets), "port": 5432, "dbname": "shop", **login}
    assert run("shop", SECRETS_PREFIX="mercat/x", DATABASE_HOST=server.sockets).endswith("must be: shop\n")
    asyncio.run(all_open(server))
    with pytest.raises(SystemExit, match="mercat/x/press/database-owner cannot be read"):
        run("press")


def test_a_pod_without_an_identity_is_told_so(run, monkeypatch):
    monkeypatch.delenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", raising=False)
    with pytest.raises(SystemExit, match=r"no identity of AWS: 'AWS_"):
        run("shop", SECRETS_PREFIX="mercat/x")


def test_a_request_without_session_is_signed_as_in_the_examples_of_aws():
    headers = {"host": "example.amazonaws.com", "x-amz-date": "20150830T123600Z"}
    key = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
    made = secrets_manager.authorization(key, ("us-east-1", "service"), "GET", headers, b"")
    assert made.endswith("Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")


def test_names_and_passwords_with_signs_stand_in_the_url():
    fields: dict[str, str | int] = {"host": "h", "username": "a@b", "password": "p/w:?", "port": 1}
    assert bootstrap.url(fields, "") == "postgresql://a%40b:p%2Fw%3A%3F@h:1/postgres"
    with pytest.raises(RolesError, match="no field 'host'"):
        bootstrap.url({"username": "a", "password": "b"}, "")


def test_a_port_that_is_none_ends_it_without_the_password(folder, run):
    (folder / "administrator" / "port").write_text("54x")
    with pytest.raises(SystemExit, match="roles were not made") as ended:
        run("shop", **folders(folder))
    assert "root-password" not in str(ended.value)
