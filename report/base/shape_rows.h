// SPDX-License-Identifier: GPL-2.0-or-later
// Rows of the tables of shapes. A member of an object is spelled as that of the struct.
#ifndef DSMIPV4_REPORT_SHAPE_ROWS_H
#define DSMIPV4_REPORT_SHAPE_ROWS_H

#include <stddef.h>

#include "base/shape.h"

#define MEMBER(type, name, kind)                                                                                       \
	{                                                                                                              \
#name, kind, offsetof(struct type, name), NULL, NULL                                                   \
	}
#define WORD(type, name, words)                                                                                        \
	{                                                                                                              \
#name, SHAPE_WORD, offsetof(struct type, name), NULL, words                                            \
	}
#define OBJECT(type, name, shape)                                                                                      \
	{                                                                                                              \
#name, SHAPE_OBJECT, offsetof(struct type, name), &(shape), NULL                                       \
	}
#define POINTER(type, name, shape)                                                                                     \
	{                                                                                                              \
#name, SHAPE_POINTER_0, offsetof(struct type, name), &(shape), NULL                                    \
	}
#define LIST(type, name, shape)                                                                                        \
	{                                                                                                              \
#name, SHAPE_LIST, offsetof(struct type, name), &(shape), NULL                                         \
	}
#define END_OF_SHAPE                                                                                                   \
	{                                                                                                              \
		NULL, SHAPE_TEXT, 0, NULL, NULL                                                                        \
	}

#define SHAPE(type) static const struct shape type##_shape = {sizeof(struct type), type##_members}

#endif
