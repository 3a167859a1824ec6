// SPDX-License-Identifier: GPL-2.0-or-later
// A thread that receives registration replies on an interface.
#ifndef DSMIPGEN_RECEIVER_H
#define DSMIPGEN_RECEIVER_H

#include "send/answers.h"
#include "send/interface.h"

typedef struct receiver receiver_t;

// Opens the socket, for which privileges are needed. What arrives waits.
receiver_t *receiver_new(const interface_t *interface, GError **error);

// Starts the thread, which hands each reply to the answers: those of the caller, and they outlive it.
void receiver_start(receiver_t *receiver, answers_t *answers);

// Stops the thread, if there is one, once it has taken what has arrived, and frees all.
void receiver_free(receiver_t *receiver);

#endif
