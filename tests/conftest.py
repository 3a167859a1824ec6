# SPDX-License-Identifier: GPL-2.0-or-later
"""Stops the whole run where its tests would prove nothing: without the plugin in tshark."""

import os

import pytest

from dsmipv4_tshark import ASAN_BUILD, BUILD, ToolError, plugin_is_loaded


def pytest_sessionstart(session):
    if hasattr(session.config, "workerinput"):
        return  # asked once, by the process that starts the workers
    try:
        loaded = plugin_is_loaded()
        reason = f"tshark does not list dsmipv4.so from {BUILD}/plugins"
    except (ToolError, OSError) as error:
        loaded, reason = False, str(error)
    if not loaded:
        pytest.exit(f"THE PLUGIN IS NOT LOADED: {reason}", returncode=1)


@pytest.fixture(scope="session")
def asan_build():
    """The build tree with sanitizers; tools/test.sh makes it and demands it."""
    if not list(ASAN_BUILD.glob("plugins/*/epan/dsmipv4.so")):
        message = f"no plugin in {ASAN_BUILD}: cmake --preset asan && cmake --build --preset asan"
        if "DSMIPV4_ASAN_BUILD" in os.environ:
            pytest.fail(message)
        pytest.skip(message)
    return ASAN_BUILD


@pytest.hookimpl(tryfirst=True)  # before xdist looks for the marks
def pytest_collection_modifyitems(items):
    """With --dist loadgroup, tests that do their work together run in one process, so that it is done once."""
    for item in items:
        if "together" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group(item.module.__name__))


@pytest.fixture
def together(request):
    """All values of a parameter of this test function in the tests that were asked for: together(NAME).

    So the test of the first value does the work of all at once where that is cheaper.
    """

    def values(name):
        items = [item for item in request.session.items if getattr(item, "obj", None) is request.function]
        return tuple(dict.fromkeys(item.callspec.params[name] for item in items))

    return values
