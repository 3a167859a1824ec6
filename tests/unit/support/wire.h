// SPDX-License-Identifier: GPL-2.0-or-later
// Pieces of messages as annotated hexadecimal text (see hex.h), from the figures of the RFCs.
#ifndef DSMIPV4_TEST_WIRE_H
#define DSMIPV4_TEST_WIRE_H

// Addresses of dsmipgen's scenarios.
#define HOA "c633644d(198.51.100.77) "
#define HOA2 "c633644e(198.51.100.78) "
#define HA "c6336401(198.51.100.1) "
#define HA2 "c6336402(198.51.100.2) "
#define COA "c0000221(192.0.2.33) "
#define COA2 "c0000222(192.0.2.34) "
#define FA "cb007109(203.0.113.9) "
#define PRIVATE "0a000021(10.0.0.33) "
#define NO_ADDRESS "00000000 "
#define ID "e8fe6f80(2023-11-14 22:13:20) 00000001 "

// Legs of a registration, where they are not the default: a co-located node straight to its agent.
#define MN_TO_FA .src = "198.51.100.77", .dst = "203.0.113.9", .ttl = 255
#define FA_TO_HA .src = "203.0.113.9", .dst = "198.51.100.1"

// Fixed parts: request RFC 3344 3.3, reply RFC 3344 3.4, revocation and its answer RFC 3543 3.3, 3.4.
#define RRQ_ID(flags, life, hoa, ha, coa, id) "01 " flags " " life " " hoa ha coa id
#define RRQ(flags, life, hoa, ha, coa) RRQ_ID(flags, life, hoa, ha, coa, ID)
#define COLOCATED RRQ("22(D,T)", "0258", HOA, HA, COA)
#define BEHIND_NAT RRQ("22(D,T)", "0258", HOA, HA, PRIVATE)
#define VIA_FA RRQ("02(T)", "0258", HOA, HA, FA)
#define RRP_ID(code, life, hoa, ha, id) "03 " code " " life " " hoa ha id
#define RRP(code, life) RRP_ID(code, life, HOA, HA, ID)
#define ACCEPTED RRP("00", "0258")
#define REVOCATION_OF(hoa, ha, coa) "07 00 8000(A) " hoa ha coa "00000001 "
#define REVOCATION REVOCATION_OF(HOA, HA, COA)
#define REVOCATION_ACK "0f 00 0000 " HOA "00000001 "
#define TUNNEL_DATA "04 29(IPv6) 0000 "

// Extensions: RFC 5454 2.1, 2.2, 2.3; RFC 3344 3.5.2-3.5.4; RFC 4721 5; RFC 3519 3.1, 3.2.
#define REQ(len, prefix) "98 12 01 " len " " prefix " "
#define REP(code, len, prefix) "98 14 02 " code " " len " 00 " prefix " "
#define P48 "20010db8000a0000 0000000000000000"
#define P64 "20010db8000a0001 0000000000000000"
#define P48B "20010db8000b0000 0000000000000000"
#define LINK_LOCAL "fe80000000000000 00000000c633644d"
#define REQ48 REQ("30(/48)", P48)
#define REQ48B REQ("30(/48)", P48B)
#define REQ_LL REQ("ff", LINK_LOCAL)
#define REP48 REP("01", "30(/48)", P48)
#define MODE "98 02 03 00 "
#define DIGEST "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf "
#define MHAE "20 14 00000100 " DIGEST
#define MFAE "21 14 00000101 " DIGEST
#define FHAE "22 14 00000102 " DIGEST
#define MN_AAA "24 01 0014 00000002(CHAP_SPI) " DIGEST
#define NAI "83 05 6d6e406578(mn@ex) "
#define NAI2 "83 05 6d6f406578(mo@ex) "
#define EDS "82 00 "
#define CHALLENGE "84 04 01020304 "
#define UTRQ "90 06 00 00 00 00 0000 "
#define UTRP "2c 06 00 00 0000 006e(110 s) "

#endif
