"""Alertmanager's configuration, by amtool: who is told, and what."""

import json

import pytest
import yaml

from deploy.observability.rules import compiled
from deploy.observability.tests.placed import written

ALERTS = sorted(
    {
        (rule["alert"], rule["labels"]["severity"])
        for groups in compiled.groups().values()
        for group in groups
        for rule in group["rules"]
        if "alert" in rule
    }
)


def test_amtool_accepts_it_for_a_cluster_and_for_a_laptop_without_slack(amtool, tmp_path):
    for changed in ({}, {"channel": "", "mail_user": "", "dead_man": False}):
        done = amtool("check-config", written(tmp_path, **changed))
        assert done.returncode == 0, done.stdout + done.stderr


def test_secrets_are_read_from_files_alone(tmp_path):
    text = written(tmp_path).read_text()
    for name in ("slack_api_url", "smtp_password", "dead_man_url"):
        assert f"{tmp_path}/{name}" in text
    for setting in ("api_url:", "smtp_auth_password:", "url:", "auth_password:", "auth_secret:"):
        assert f" {setting}" not in text


def test_pages_go_to_slack_and_mail_tickets_to_mail_and_the_watchdog_to_the_dead_man(amtool, tmp_path):
    path = written(tmp_path)
    receivers = {each["name"]: set(each) - {"name"} for each in yaml.safe_load(path.read_text())["receivers"]}
    assert receivers == {
        "pages": {"slack_configs", "email_configs"},
        "tickets": {"email_configs"},
        "dead-man": {"webhook_configs"},
    }
    for name, severity in ALERTS:
        receiver = "dead-man" if name == "Watchdog" else {"page": "pages", "ticket": "tickets"}[severity]
        labels = (f"alertname={name}", f"severity={severity}", "environment=production")
        done = amtool("config", "routes", "test", f"--config.file={path}", f"--verify.receivers={receiver}", *labels)
        assert done.returncode == 0, (name, severity, done.stdout)


def rendered(amtool, folder, text, data):
    (folder / "data.json").write_text(json.dumps(data))
    done = amtool(
        "template",
        "render",
        f"--template.glob={folder}/mercat.tmpl",
        f"--template.text={text}",
        f"--template.data={folder}/data.json",
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def notification():
    labels = {"alertname": "FeedLag", "severity": "page", "service": "orders", "environment": "production"}
    said = {
        "summary": "orders is 2m 10s behind the events of payments.",
        "impact": "Paid orders are confirmed late.",
        "dashboard": "/d/mercat-feed",
        "runbook_url": "docs/runbooks/FeedLag.md",
    }
    alert = {
        "status": "firing",
        "labels": labels,
        "annotations": said,
        "startsAt": "2026-01-02T03:04:05Z",
        "endsAt": "2026-01-02T04:05:06Z",
    }
    return {"status": "firing", "alerts": [alert], "commonLabels": labels, "commonAnnotations": said, "groupLabels": {}}


def test_message_says_what_happened_whom_it_hurts_what_to_do_and_where_to_look(amtool, tmp_path, notification):
    written(tmp_path)
    title = rendered(amtool, tmp_path, '{{ template "mercat.title" . }}', notification)
    assert title == "PAGE production: FeedLag of orders"
    link = rendered(amtool, tmp_path, '{{ template "mercat.link" . }}', notification)
    assert link == "https://grafana.example/d/mercat-feed"
    for text in ("slack", "mail"):
        message = rendered(amtool, tmp_path, f'{{{{ template "mercat.{text}" . }}}}', notification)
        for part in (
            "orders is 2m 10s behind the events of payments.",
            "Paid orders are confirmed late.",
            "03:04:05 UTC",
            "https://git.example/docs/runbooks/FeedLag.md",
            "https://grafana.example/d/mercat-feed",
        ):
            assert part in message


def test_message_of_what_is_over_says_so_and_since_when(amtool, tmp_path, notification):
    written(tmp_path)
    notification["status"] = notification["alerts"][0]["status"] = "resolved"
    assert (
        rendered(amtool, tmp_path, '{{ template "mercat.title" . }}', notification)
        == "RESOLVED production: FeedLag of orders"
    )
    for text in ("slack", "mail"):
        message = rendered(amtool, tmp_path, f'{{{{ template "mercat.{text}" . }}}}', notification)
        assert "Over since" in message
        assert "04:05:06 UTC" in message


def test_what_goes_on_stands_before_what_is_over_and_apart_from_it(amtool, tmp_path, notification):
    written(tmp_path)
    (firing,) = notification["alerts"]
    said = {**firing["annotations"], "summary": "orders is 2m 40s behind the events of identity."}
    notification["alerts"] = [{**firing, "status": "resolved", "annotations": said}, firing]
    for text in ("slack", "mail"):
        message = rendered(amtool, tmp_path, f'{{{{ template "mercat.{text}" . }}}}', notification)
        goes_on, apart, over = message.partition("Over meanwhile:")
        assert apart
        assert "events of payments." in goes_on
        assert "Paid orders are confirmed late." in goes_on
        assert "events of identity." not in goes_on
        assert "events of identity." in over
        assert "Over since" in over
        assert "Paid orders" not in over
