"""The event a late source or tag makes is one the automation of the docs hears."""

from datetime import UTC, datetime, timedelta

import pytest
import yaml
from prefect.events.schemas.automations import AutomationCore
from prefect.events.schemas.events import Resource

from heliu.delivery.freshness import Kind, Late
from tasks import freshness
from tasks.runs import RunRef
from tests.pages import bodies

NOW = datetime(2025, 10, 1, 2, tzinfo=UTC)
RUN = RunRef(7, NOW, NOW, dry_run=False)


@pytest.mark.parametrize(
    ("owner", "heard"), [("crm-team", True), ("web-team", False), (None, False)]
)
def test_the_automation_of_the_docs_hears_of_its_owners_things(monkeypatch, owner, heard):
    (told,) = [body for body in bodies("yaml", "docs/how-a-run-goes.md") if "heliu.stale" in body]
    automation = AutomationCore.model_validate(yaml.safe_load(told))
    sent = []
    monkeypatch.setattr(freshness, "emit_event", lambda **said: sent.append(said))

    late = Late(Kind.SOURCE, "crm", owner, NOW - timedelta(hours=73), 129_600)
    freshness._emit(late, ["welcome_back"], RUN)

    (event,) = sent
    resource = Resource(event["resource"])
    assert event["event"] in automation.trigger.expect
    assert automation.trigger.match.matches(resource) is heard
    assert (resource.id, resource.name) == ("heliu.source.crm", "crm")
    assert event["payload"] == {
        "run_id": 7,
        "says": "source crm is 73h old, may be at most 36h",
        "holds": ["welcome_back"],
    }
