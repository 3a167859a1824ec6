# SPDX-License-Identifier: GPL-2.0-or-later
# For Nix: nix-build -E 'with import <nixpkgs> { }; callPackage packaging/nix/package.nix { }'
#
# Wireshark looks for plugins in its own folder of the store. So run it with the plugin's:
# WIRESHARK_PLUGIN_DIR=result/lib/wireshark/plugins tshark ...
{
  lib,
  stdenv,
  asciidoctor,
  cmake,
  ninja,
  pkg-config,
  glib,
  json-glib,
  libcap_ng,
  libgcrypt,
  libmnl,
  libnet,
  libpcap,
  libyaml,
  wireshark-cli,
}:

stdenv.mkDerivation {
  pname = "dsmipv4";
  version = "1.0.0";
  src = lib.cleanSource ../..;

  nativeBuildInputs = [
    asciidoctor
    cmake
    glib # glib-compile-resources
    ninja
    pkg-config
  ];
  buildInputs = [
    glib
    json-glib
    libcap_ng
    libgcrypt
    libmnl
    libnet
    libpcap
    libyaml
    wireshark-cli.dev
  ];
  cmakeFlags = [ "-DBUILD_TESTING=OFF" ];

  meta = {
    description = "Dual-Stack Mobile IPv4 (RFC 5454): Wireshark plugin, traffic generator and checker";
    homepage = "https://www.rfc-editor.org/rfc/rfc5454";
    license = lib.licenses.gpl2Plus;
    mainProgram = "dsmipcheck";
    platforms = lib.platforms.linux;
  };
}
