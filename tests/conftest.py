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
