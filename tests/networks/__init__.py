# SPDX-License-Identifier: GPL-2.0-or-later
"""Conforming networks of Dual-Stack Mobile IPv4, made from a seed.

Nodes live through registrations, handoffs, denials and losses behind foreign agents and NATs; captures of that are
taken at several points, with the faults that captures have; and of each frame the truth is known. Nothing here is
shared with dsmipgen or the plugin: headers, messages and authenticators are written from the RFCs once more, so that
one misreading does not hide on both sides.

    wire      headers of the Internet            agents    home agents and foreign agents
    mobileip  messages and their authenticators  node      mobile nodes and their lives
    inner     what travels in the tunnels        world     puts a network together from a seed
    tunnel    encapsulation                      capture   points, faults of capturing, files, the truth
    network   time, links, NATs                  judge     compares with what tshark says
    faults    one fault in a network, by rule

tests/test_networks.py runs some hundred of them, tools/networks.py as many as you like. A part that a World is to be
without (`without`) is one that the plugin does not judge rightly yet.
"""
