# How everything is compiled: the standard, sanitizers, linker, and how many jobs fit into memory.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

# Paths in messages and debug information are those of the repository, wherever it was cloned to.
add_compile_options("-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()

# Ours alone: generated and third-party code is compiled without it.
add_library(crowdflow_warnings INTERFACE)
target_compile_options(crowdflow_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor
  -Wno-missing-field-initializers  # a designated initialiser names what matters on purpose
  # GCC 12 sees overlapping copies in std::string's operator+ (its bug 105651).
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>
  $<$<BOOL:${CROWDFLOW_WERROR}>:-Werror>)

if(CROWDFLOW_SANITIZE)
  add_compile_options(-fsanitize=${CROWDFLOW_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${CROWDFLOW_SANITIZE})
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
endif()

find_program(CROWDFLOW_CCACHE ccache)
if(CROWDFLOW_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER "${CROWDFLOW_CCACHE}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CROWDFLOW_CCACHE}")
endif()

find_program(CROWDFLOW_MOLD mold)
if(CROWDFLOW_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# A file that pulls in Beast or Boost.Geometry takes up to 1.5 GB to compile: small machines
# would rather wait than swap.
cmake_host_system_information(RESULT memory_mb QUERY AVAILABLE_PHYSICAL_MEMORY)
cmake_host_system_information(RESULT cores QUERY NUMBER_OF_LOGICAL_CORES)
math(EXPR jobs "${memory_mb} / ${CROWDFLOW_JOB_MB}")
if(jobs GREATER cores)
  set(jobs ${cores})
elseif(jobs LESS 1)
  set(jobs 1)
endif()
set_property(GLOBAL PROPERTY JOB_POOLS heavy=${jobs})
set(CMAKE_JOB_POOL_COMPILE heavy)
set(CMAKE_JOB_POOL_LINK heavy)
