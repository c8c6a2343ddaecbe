"""prefect.yaml names flows that are there, and nothing that bites."""

from importlib import import_module
from pathlib import Path

import pytest
import yaml
from prefect import Flow

ROOT = Path(__file__).resolve().parents[1]
DEPLOYMENTS = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda one: one["name"])
def test_every_entrypoint_is_a_flow_with_a_form(deployment):
    path, name = deployment["entrypoint"].split(":")
    flow = getattr(import_module(path.removesuffix(".py").replace("/", ".")), name)
    assert isinstance(flow, Flow)
    assert flow.parameters.properties["options"]["description"]
    for form in flow.parameters.definitions.values():
        assert all(field["title"] and field["description"] for field in form["properties"].values())


def test_schedules_have_fixed_slugs_and_are_never_switched_on_by_a_deploy():
    for deployment in DEPLOYMENTS:
        for schedule in deployment.get("schedules", []):
            assert schedule["slug"]
            assert schedule["timezone"] == "Asia/Shanghai"
            assert "active" not in schedule


def test_no_deployment_runs_beside_itself():
    assert all(deployment["concurrency_limit"]["limit"] == 1 for deployment in DEPLOYMENTS)


def test_every_flow_is_deployed():
    files = {path.stem for path in (ROOT / "flows").glob("*.py")} - {"__init__"}
    assert files == {
        one["entrypoint"].removeprefix("flows/").split(".py")[0] for one in DEPLOYMENTS
    }
