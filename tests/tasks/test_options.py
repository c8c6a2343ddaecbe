"""The forms: what each run may be told, and that a plainer form will do."""

import pytest
from pydantic import BaseModel, ValidationError

from app.cli import Stage, flow_of
from tasks.options import CollectOptions, NightlyOptions, RunOptions, UnifyOptions


class Call(BaseModel):
    nightly: NightlyOptions = NightlyOptions()
    unify: UnifyOptions = UnifyOptions()


def test_nothing_is_accepted_unless_it_is_said():
    assert not NightlyOptions().accept_changes
    assert not NightlyOptions().accept_less
    assert not UnifyOptions().accept_changes


def test_a_form_that_knows_less_will_do():
    call = Call(nightly=CollectOptions(accept_less=True), unify=RunOptions(dry_run=True))
    assert call.nightly == NightlyOptions(accept_less=True)
    assert call.unify == UnifyOptions(dry_run=True)


def test_a_word_no_form_has_is_refused():
    with pytest.raises(ValidationError):
        Call(unify={"accept_less": True})


@pytest.mark.parametrize("stage", [Stage.UNIFY, Stage.NIGHTLY])
def test_the_command_lines_form_is_the_flows_own(stage):
    flow, form = flow_of(stage)
    assert form.__name__ in flow.parameters.definitions
    assert "accept_changes" in form.model_fields


def test_fields_stand_in_their_order():
    places = [field.json_schema_extra["position"] for field in NightlyOptions.model_fields.values()]
    assert places == sorted(set(places))
