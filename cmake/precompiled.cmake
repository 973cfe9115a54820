# Headers of libraries, parsed once for many sources: half the work of a build from nothing is reading them again.
#
# CMake's own target_precompile_headers names the file by its full path and so takes a build out of the compiler cache of
# every other clone. Here the compiler is given the path from the build folder, and ccache a digest of what is in the
# file (NAME.pch.sum; see CMakePresets.json), so that one clone's objects serve the next.

# reeve_precompile(NAME HEADER [option...]): compiles cmake/HEADER with the options of the directory and these. A header names
# headers of libraries only; every source still includes what it uses, and gcc builds without any of this.
function(reeve_precompile name header)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang" OR NOT CMAKE_GENERATOR STREQUAL "Ninja")
    return()
  endif()
  string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
  separate_arguments(flags UNIX_COMMAND "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${type}}")
  get_directory_property(options COMPILE_OPTIONS)
  set(compile ${CMAKE_CXX_COMPILER} -I${CMAKE_SOURCE_DIR} ${flags} ${options} ${ARGN} -std=c++20
    -x c++-header ${CMAKE_SOURCE_DIR}/cmake/${header})
  list(JOIN compile "' '" spelled)
  set(out ${CMAKE_BINARY_DIR}/precompiled/${name}.pch)
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/precompiled)
  add_custom_command(OUTPUT ${out} ${out}.sum DEPENDS ${CMAKE_SOURCE_DIR}/cmake/${header} DEPFILE ${out}.d VERBATIM
    COMMENT "Precompiling ${header} for ${name}"
    COMMAND ${compile} -Xclang -fno-pch-timestamp -MD -MT ${out} -MF ${out}.d -o ${out}
    COMMAND sh -c "'${spelled}' -E -P | sha256sum >${out}.sum")
  add_custom_target(reeve_precompiled_${name} DEPENDS ${out} ${out}.sum)
endfunction()

# The sources of `target` read NAME first. Its options must be those of NAME.
function(reeve_use_precompiled target name)
  if(TARGET reeve_precompiled_${name})
    add_dependencies(${target} reeve_precompiled_${name})
    target_compile_options(${target} PRIVATE "SHELL:-include-pch precompiled/${name}.pch")
  endif()
endfunction()
