"""Plugins are found by entry points, and a broken one does no harm."""

import logging
from collections.abc import Callable
from importlib.metadata import EntryPoint

import pytest

from core.plugin import PROFILES, SOURCES, SourcePlugin, StorePlugin, source_plugins, store_plugins

Install = Callable[..., None]

not_a_plugin = "a string"


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Install:
    caplog.set_level(logging.CRITICAL, "core.plugin")

    def put(**values: str) -> None:
        found = [EntryPoint(name, value, SOURCES) for name, value in values.items()]
        monkeypatch.setattr("core.plugin.entry_points", lambda group: found)

    return put


def test_our_own_sources_come_through_the_same_door() -> None:
    found = source_plugins()
    assert set(found.plugins) == {"audio_file", "microphone", "speech"}
    assert not found.broken
    for name, plugin in found.plugins.items():
        assert isinstance(plugin, SourcePlugin)
        assert plugin.name == name
        assert plugin.options() == plugin.options()


def test_our_own_stores_come_through_the_same_door() -> None:
    found = store_plugins()
    assert set(found.plugins) == {"built_in", "user"}
    assert all(isinstance(plugin, StorePlugin) for plugin in found.plugins.values())


def test_a_plugin_that_cannot_be_imported_is_told_and_the_others_work(install: Install) -> None:
    install(bad="no.such.module:plugin", good="plugins.microphone:plugin")
    found = source_plugins()
    assert set(found.plugins) == {"good"}
    assert found.broken[0].name == "bad"
    assert isinstance(found.broken[0].error, ModuleNotFoundError)


def test_something_that_is_no_plugin_is_told(install: Install) -> None:
    install(odd="tests.core.test_plugin:not_a_plugin")
    (broken,) = source_plugins().broken
    assert "is a str, expected SourcePlugin" in str(broken.error)


def test_the_groups_are_namespaced() -> None:
    assert {SOURCES, PROFILES} == {"understudy.sources", "understudy.profiles"}


def test_whose_a_plugin_is_is_known_and_one_that_is_off_is_not_loaded() -> None:
    found = source_plugins(off=("speech",))
    assert found.off == ("speech",)
    assert "speech" not in found.plugins
    assert {"microphone", "audio_file"} <= set(found.plugins)
    assert {origin.package for origin in found.origins.values()} == {"understudy"}
