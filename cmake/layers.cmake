# The two words that the CMakeLists.txt files of src/ and tests/ are written in.

# crowdflow_layer(<name> [PURE] [DIRS <dir>...] [LIBS <target>...] [PRIVATE <target>...])
#
# Defines crowdflow_<name> from the *.cc files of DIRS (default: the calling directory), an
# INTERFACE target when there are none. main.cc is left out: it belongs to an executable.
# LIBS are what the layer's headers need, PRIVATE what only its .cc files need.
# A PURE layer links only pure layers and tl::expected: no I/O, no clock, no threads.
function(crowdflow_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 layer "PURE" "" "DIRS;LIBS;PRIVATE")
  if(layer_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "crowdflow_layer(${name}): unknown ${layer_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT layer_DIRS)
    set(layer_DIRS .)
  endif()
  list(TRANSFORM layer_DIRS PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")
  list(TRANSFORM layer_DIRS APPEND "/*.cc")
  file(GLOB sources CONFIGURE_DEPENDS ${layer_DIRS})
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")

  set(target crowdflow_${name})
  if(layer_PURE)
    foreach(lib IN LISTS layer_LIBS layer_PRIVATE)
      if(NOT lib STREQUAL "tl::expected")
        get_target_property(pure ${lib} CROWDFLOW_PURE)
        if(NOT pure)
          message(FATAL_ERROR "${target} is pure and may not link ${lib}, which is not")
        endif()
      endif()
    endforeach()
  endif()

  if(sources)
    add_library(${target} STATIC ${sources})
    target_include_directories(${target} PUBLIC "${PROJECT_SOURCE_DIR}/src"
                                                "${PROJECT_SOURCE_DIR}/include")
    target_link_libraries(${target} PUBLIC ${layer_LIBS}
                                    PRIVATE ${layer_PRIVATE} crowdflow_warnings)
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE "${PROJECT_SOURCE_DIR}/src"
                                                   "${PROJECT_SOURCE_DIR}/include")
    target_link_libraries(${target} INTERFACE ${layer_LIBS})
  endif()
  set_target_properties(${target} PROPERTIES CROWDFLOW_PURE "${layer_PURE}")
endfunction()

# crowdflow_gtest(<target> LABEL <label> [DIR <dir>] [TIMEOUT <s>] [LIBS <target>...])
#
# One GoogleTest executable from the *_test.cc files of DIR (default: the calling directory); each
# test in it becomes a ctest with the label. tests/ is an include root; "paths.h" says where the
# checkout and the build tree are. The target `unit_tests` builds all with the label unit.
function(crowdflow_gtest target)
  cmake_parse_arguments(PARSE_ARGV 1 test "" "LABEL;DIR;TIMEOUT" "LIBS")
  if(NOT test_DIR)
    set(test_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
  endif()
  if(NOT test_TIMEOUT)
    set(test_TIMEOUT 60)
  endif()
  file(GLOB sources CONFIGURE_DEPENDS "${test_DIR}/*_test.cc")
  add_executable(${target} ${sources})
  target_link_libraries(${target} PRIVATE ${test_LIBS} crowdflow_test_paths GTest::gmock_main
                                          crowdflow_warnings)
  if(test_LABEL STREQUAL "unit")
    add_dependencies(unit_tests ${target})
  endif()
  if(TARGET crowdflow_test_support)
    target_link_libraries(${target} PRIVATE crowdflow_test_support)
  endif()
  gtest_discover_tests(${target} DISCOVERY_MODE PRE_TEST NO_PRETTY_VALUES TEST_PREFIX "${target}."
                       PROPERTIES LABELS "${test_LABEL}" TIMEOUT ${test_TIMEOUT})
endfunction()
