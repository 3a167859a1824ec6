# SPDX-License-Identifier: GPL-2.0-or-later
# The plugin as a part of Wireshark's own build: copy this folder to plugins/epan/dsmipv4 of Wireshark's source tree, and
# put this line into CMakeListsCustom.txt there:
#
#   set(CUSTOM_PLUGIN_SRC_DIR plugins/epan/dsmipv4)
include(WiresharkPlugin)

set_module_info(dsmipv4 1 0 0 0)
add_compile_definitions(DSMIPV4_VERSION="${PLUGIN_VERSION}")

# What the core asks for, by the names that it has in this project.
set(Wireshark_INCLUDE_DIR ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/include)
foreach(library IN ITEMS GLIB2 GCRYPT)
	string(REPLACE GLIB2 GLIB name ${library})
	add_library(PkgConfig::${name} INTERFACE IMPORTED)
	target_include_directories(PkgConfig::${name} INTERFACE ${${library}_INCLUDE_DIRS})
	target_link_libraries(PkgConfig::${name} INTERFACE ${${library}_LIBRARIES})
endforeach()

add_subdirectory(core)
add_wireshark_plugin_library(dsmipv4 epan)
set_target_properties(dsmipv4 PROPERTIES C_VISIBILITY_PRESET hidden)
target_compile_definitions(dsmipv4 PRIVATE $<$<BOOL:${WIN32}>:WS_BUILD_DLL>)
target_link_libraries(dsmipv4 PRIVATE dsmipv4_core epan wiretap wsutil)
install_plugin(dsmipv4 epan)
install(DIRECTORY profile/DSMIPv4 DESTINATION ${CMAKE_INSTALL_DATADIR}/profiles)
