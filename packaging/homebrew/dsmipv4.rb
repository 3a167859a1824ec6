# SPDX-License-Identifier: GPL-2.0-or-later
# For macOS, the plugin alone: dsmipgen sends through Linux's packet sockets, and dsmipcheck is built with it.
# git archive --prefix=dsmipv4-1.0.0/ -o dsmipv4-1.0.0.tar.gz HEAD, put the address and the sum of that file below,
# then brew install --build-from-source packaging/homebrew/dsmipv4.rb
class Dsmipv4 < Formula
  desc "Dual-Stack Mobile IPv4 (RFC 5454) for Wireshark"
  homepage "https://www.rfc-editor.org/rfc/rfc5454"
  url "file:///tmp/dsmipv4-1.0.0.tar.gz"
  sha256 "0000000000000000000000000000000000000000000000000000000000000000"
  license "GPL-2.0-or-later"

  depends_on "cmake" => :build
  depends_on "ninja" => :build
  depends_on "pkgconf" => :build
  depends_on "glib"
  depends_on "libgcrypt"
  depends_on "wireshark"

  def install
    args = %w[-G Ninja -DDSMIPV4_PLUGIN_ONLY=ON]
    system "cmake", "-S", ".", "-B", "build", *args, *std_cmake_args
    system "cmake", "--build", "build"
    system "cmake", "--install", "build"
  end

  def caveats
    <<~TEXT
      For Wireshark and tshark to find the plugin:
        export WIRESHARK_PLUGIN_DIR=#{opt_lib}/wireshark/plugins
    TEXT
  end

  test do
    ENV["WIRESHARK_PLUGIN_DIR"] = lib/"wireshark/plugins"
    assert_match "dsmipv4", shell_output("tshark -G plugins")
  end
end
