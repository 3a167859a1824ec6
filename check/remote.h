// SPDX-License-Identifier: GPL-2.0-or-later
// Jobs on many machines, by GNU parallel. They share the folders of the captures and of temporary files.
#ifndef DSMIPCHECK_REMOTE_H
#define DSMIPCHECK_REMOTE_H

#include "jobs.h"

// As jobs_run(); `hosts` is a file for parallel --sshloginfile, `folder` one for what the jobs print.
void remote_run(struct job *jobs, gsize count, guint limit, const char *hosts, const char *folder);

#endif
