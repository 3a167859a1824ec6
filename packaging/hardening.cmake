# SPDX-License-Identifier: GPL-2.0-or-later
# Packets and scenarios come from anywhere: what compiler and linker have against their misuse. -D and -f options that
# the builder gives in CFLAGS come before these.
include(CheckCCompilerFlag)
include(CheckLinkerFlag)
include(CheckPIESupported)
check_pie_supported(LANGUAGES C)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

foreach(flag IN ITEMS -fstack-protector-strong -fstack-clash-protection -fcf-protection=full
		-mbranch-protection=standard)
	string(MAKE_C_IDENTIFIER "DSMIPV4_HAS${flag}" variable)
	check_c_compiler_flag("-Werror ${flag}" ${variable})
	if(${variable})
		add_compile_options(${flag})
	endif()
endforeach()

# Level 3 (from GCC 12 on) knows sizes of allocations, too. It needs optimization.
add_compile_options($<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE> $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=3>)

foreach(flag IN ITEMS relro now noexecstack)
	check_linker_flag(C "LINKER:-z,${flag}" DSMIPV4_LINKS_${flag})
	if(DSMIPV4_LINKS_${flag})
		add_link_options("LINKER:-z,${flag}")
	endif()
endforeach()
