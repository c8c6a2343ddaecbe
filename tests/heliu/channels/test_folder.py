"""The folder channel: a file a message, whole or not at all, however often it is repeated."""

import os

import pytest

from heliu.channels import Accepted, NotAccepted, Outgoing, open_channel
from heliu.errors import PermanentError


def a_message(**said):
    usual = {
        "campaign": "hello", "occurrence": "2025-10-01", "profile_id": 7, "address": "7",
        "subject": "", "body": "【合流学堂】你好", "plain": "",
    }  # fmt: skip
    return Outgoing(**{**usual, **said})


@pytest.fixture
def folder(tmp_path):
    with open_channel("folder", {}, tmp_path, lambda name: name) as channel:
        yield channel


def test_a_message_becomes_a_file_of_its_own(folder, tmp_path):
    assert folder.send([a_message()]) == [Accepted("hello/2025-10-01/7.txt")]
    path = tmp_path / "outbox/hello/2025-10-01/7.txt"
    assert path.read_text(encoding="utf-8") == "【合流学堂】你好"
    assert os.listdir(path.parent) == ["7.txt"]


def test_html_with_text_beside_it_becomes_a_page(folder, tmp_path):
    folder.send([a_message(body="<p>你好</p>", plain="你好", subject="题")])
    assert (tmp_path / "outbox/hello/2025-10-01/7.html").read_text() == "<p>你好</p>"


def test_sending_again_changes_nothing(folder, tmp_path):
    first = folder.send([a_message()])
    assert folder.send([a_message()]) == first
    assert len(os.listdir(tmp_path / "outbox/hello/2025-10-01")) == 1


def test_the_file_tells_whether_a_message_left(folder):
    assert isinstance(folder.outcome(a_message()), NotAccepted)
    folder.send([a_message()])
    assert folder.outcome(a_message()) == Accepted("hello/2025-10-01/7.txt")
    assert isinstance(folder.outcome(a_message(body="other words")), NotAccepted)


def test_no_name_leads_out_of_the_outbox(folder, tmp_path):
    folder.send([a_message(campaign="..", occurrence="../..", profile_id=1)])
    assert not [path for path in tmp_path.iterdir() if path.name != "outbox"]
    assert [path.name for path in (tmp_path / "outbox").rglob("*.txt")] == ["1.txt"]


def test_an_outbox_that_cannot_be_written_is_the_channels_fault(tmp_path):
    (tmp_path / "outbox").write_text("a file where a folder should be")
    with (
        pytest.raises(PermanentError, match="outbox folder"),
        open_channel("folder", {}, tmp_path, lambda name: name),
    ):
        pass
