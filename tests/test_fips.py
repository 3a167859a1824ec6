# SPDX-License-Identifier: GPL-2.0-or-later
"""Where libgcrypt is in FIPS mode, it refuses MD5: the plugin verifies all the same, and dsmipgen says why it cannot sign.

Wireshark takes libgcrypt out of that mode (epan_init(): it decrypts, and promises no security).
"""

import dsmipgen
from dsmipv4_rules import every_rule_on
from dsmipv4_tshark import BUILD, checked, plugin_dir, readable, run
from test_cli import ENVIRONMENT, check_refusal

FIPS = {"LIBGCRYPT_FORCE_FIPS_MODE": "1"}  # libgcrypt's manual


def verdicts(env):
    fields = [word for name in ("auth", "rule", "rule_text") for word in ("-e", f"dsmipv4.{name}")]
    command = ["tshark", "-n", "-2", "-r", readable(dsmipgen.write("auth_bad")), *every_rule_on(), "-T", "fields", *fields]
    return checked(run(command, plugins=plugin_dir(), env=env))


def test_authenticators_are_verified():
    """Good ones and bad ones, as without."""
    found = verdicts(FIPS)
    assert "good" in found and "Authenticator does not verify" in found
    assert found == verdicts({})


def test_dsmipgen_refuses(tmp_path):
    target = tmp_path / "x.pcap"
    process = run([BUILD / "gen" / "dsmipgen", "write", "coa_mode", "-w", target], env=FIPS, ordinary_user=False)
    check_refusal(process, ENVIRONMENT, "MD5", "FIPS mode")
    assert not target.exists()
