"""Which cluster is meant, and what is said where there is none, another, or a silent one."""

from __future__ import annotations

import json
import os
import stat

import pytest

from chassis.testing.servers import free_port
from deploy.refusal import Refusal
from deploy.release.cluster import connected
from deploy.release.environment import Environment, environment
from deploy.release.tests.clusters import kubeconfig, standing


def of(endpoint: str) -> Environment:
    handover = {"cluster_endpoint": endpoint, "cluster": "mercat-production", "region": "eu-central-1"}
    return Environment("production", handover)


def test_cluster_of_the_handover_is_taken(tmp_path, monkeypatch):
    with standing(tmp_path, monkeypatch) as made:
        assert connected(of(made.api.url), None).context == "here"


def test_cluster_behind_a_tunnel_is_known_by_its_certificates_name(tmp_path, monkeypatch):
    with standing(tmp_path, monkeypatch) as made:
        kubeconfig(tmp_path / "kubeconfig", made.api.url, **{"tls-server-name": "abc.eks.example"})
        assert connected(of("https://abc.eks.example"), None).context == "here"


def test_cluster_of_another_environment_is_refused(tmp_path, monkeypatch):
    with (
        standing(tmp_path, monkeypatch),
        pytest.raises(
            Refusal, match=r"another cluster than production.*127\.0\.0\.1, not abc.*update-kubeconfig --name mer"
        ),
    ):
        connected(of("https://abc.eks.example"), None)


def test_where_kubectl_is_set_to_none_it_says_how_to_set_it(tmp_path, monkeypatch):
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    with pytest.raises(Refusal, match=r"There is no cluster: .*aws eks update-kubeconfig"):
        connected(of("https://abc.eks.example"), None)


def test_private_cluster_that_does_not_answer_names_the_runner(tmp_path, monkeypatch):
    address = f"http://127.0.0.1:{free_port()}"
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig(tmp_path / "kubeconfig", address)))
    with pytest.raises(Refusal, match=r"does not answer.*runner inside the VPC"):
        connected(of(address), None)


def test_any_kubernetes_must_be_named_by_its_context(tmp_path, monkeypatch):
    with standing(tmp_path, monkeypatch) as made:
        with pytest.raises(Refusal, match="--context NAME"):
            connected(Environment("cluster", {}), None)
        assert connected(Environment("cluster", {}), "here").context == "here"
        with pytest.raises(Refusal, match=r"There is no cluster.*get-contexts"):
            connected(Environment("cluster", {}), "elsewhere")
        assert made.api.requests == []


@pytest.fixture
def aws(tmp_path, monkeypatch):
    """A program `aws` that answers like the real one."""

    def answers(script: str) -> None:
        program = tmp_path / "aws"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    return answers


def test_handover_is_read_from_ssm(aws):
    handover = {"cluster_endpoint": "https://abc.eks.example"}
    aws(f"""test "$4" = /mercat/production/handover && echo '{json.dumps(handover)}'""")
    assert environment("production").handover == handover


def test_handover_that_is_not_there_names_the_layer_that_writes_it(aws):
    aws("echo 'An error occurred (ParameterNotFound) when calling the GetParameter operation' >&2; exit 254")
    with pytest.raises(Refusal, match="50-edge"):
        environment("production")


def test_handover_that_may_not_be_read_says_what_aws_says(aws):
    aws("echo 'Error loading SSO Token: it has expired' >&2; exit 255")
    with pytest.raises(Refusal, match="cannot be read: Error loading SSO Token"):
        environment("production")


@pytest.mark.parametrize("text", ["[]", "{", "{}"])
def test_file_that_is_no_handover_is_refused(tmp_path, text):
    file = tmp_path / "handover.json"
    file.write_text(text)
    with pytest.raises(Refusal, match=r"handover.json is no"):
        environment("production", file)


def test_environment_and_digest_that_are_none_are_refused():
    with pytest.raises(Refusal, match="give one of cluster, development, production, staging"):
        environment("prod")
    with pytest.raises(Refusal, match="sha256:"):
        environment("cluster", digest="latest")
