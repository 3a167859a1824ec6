// SPDX-License-Identifier: GPL-2.0-or-later
// inet_pton() and inet_ntop(), wherever the system has them.
#ifndef DSMIPV4_INET_H
#define DSMIPV4_INET_H

#ifdef _WIN32
#include <winsock2.h>
#include <ws2tcpip.h>
#else
#include <arpa/inet.h>
#endif

#endif
