"""Opening channels: only what was said, and nothing that reaches anybody by accident."""

import pytest

from heliu.channels import AddressKind, channel_kinds, channel_traits, open_channel
from heliu.errors import ConfigError

LOCAL = {"host": "127.0.0.1", "port": 2525, "sender": "合流学堂 <hello@example.com>"}


def open_(name, options, tmp_path):
    return open_channel(name, options, tmp_path, lambda secret: "s")


def test_the_folder_needs_no_options_and_asks_wecoms_consent(tmp_path):
    channel = open_("folder", {}, tmp_path)
    assert channel.traits.consent_channel == "wecom"
    assert channel.traits.address_of is AddressKind.PROFILE
    assert list(tmp_path.iterdir()) == []
    assert channel_kinds() == ("email", "folder")


def test_a_channel_may_have_a_name_of_its_own(tmp_path):
    options = {"kind": "folder", "consent_channel": "sms"}
    assert open_("texts", options, tmp_path).name == "texts"
    assert channel_traits("texts", options).consent_channel == "sms"


@pytest.mark.parametrize(
    ("name", "options", "says"),
    [
        ("foldr", {}, "unknown kind of channel 'foldr' (did you mean 'folder'?)"),
        ("folder", {"consent": "x"}, "(did you mean 'consent_channel'?)"),
        ("folder", {"off": "yes"}, "off must be true or false"),
        ("email", {}, "option 'host' is missing"),
        ("email", {**LOCAL, "port": "25"}, "port must be a whole number"),
        ("email", {**LOCAL, "port": 0}, "between 1 and 65535"),
        ("email", {**LOCAL, "security": "start-tls"}, "(did you mean 'starttls'?)"),
        ("email", {**LOCAL, "sender": "nobody"}, "sender must be like"),
        ("email", {**LOCAL, "sender": "x\n<a@b.com>"}, "sender must be like"),
        ("email", {**LOCAL, "user": "u"}, "user needs password_secret"),
        ("email", {**LOCAL, "unsubscribe_url": "http://x"}, "must begin with https://"),
        ("email", {**LOCAL, "timeout_seconds": 0}, "more than 0"),
        ("email", {**LOCAL, "host": "smtp.example.com"}, "'live' is not set"),
        ("email", {**LOCAL, "host": "127.0.0.1.example.com"}, "'live' is not set"),
        ("email", {**LOCAL, "host": "10.0.0.1"}, "'live' is not set"),
        (
            "email",
            {**LOCAL, "host": "smtp.example.com", "live": True, "security": "none"},
            "security 'none' leaves this machine",
        ),
    ],
)
def test_wrong_or_unsafe_options_are_refused_before_anything_opens(tmp_path, name, options, says):
    with pytest.raises(ConfigError) as caught:
        open_(name, options, tmp_path)
    assert says in str(caught.value)
    assert f"channels.{name}: " in str(caught.value)
    with pytest.raises(ConfigError):
        channel_traits(name, options)


def test_a_host_elsewhere_is_taken_when_it_is_meant(tmp_path):
    options = {**LOCAL, "host": "smtp.example.com", "live": True}
    assert open_("email", options, tmp_path).traits.address_of is AddressKind.EMAIL


def test_secrets_are_asked_for_only_when_the_channel_is_entered(tmp_path):
    asked = []
    options = {**LOCAL, "user": "u", "password_secret": "smtp-password"}
    open_channel("email", options, tmp_path, lambda name: asked.append(name) or "s")
    assert asked == []
