# Run at each build: cmake -D SOURCE_DIR= -D OUTPUT= -D VERSION= -D COMPILER= -P build_info.cmake
# --no-optional-locks: a build must not take the index lock from someone who commits meanwhile.

find_program(GIT git)
set(COMMIT unknown)
set(DIRTY false)
if(GIT)
  execute_process(
    COMMAND "${GIT}" -c safe.directory=${SOURCE_DIR} --no-optional-locks
            describe --always --dirty --abbrev=12 --exclude=*
    WORKING_DIRECTORY "${SOURCE_DIR}" OUTPUT_VARIABLE described RESULT_VARIABLE failed
    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT failed)
    if(described MATCHES "-dirty$")
      set(DIRTY true)
    endif()
    string(REGEX REPLACE "-dirty$" "" COMMIT "${described}")
  endif()
endif()
configure_file("${CMAKE_CURRENT_LIST_DIR}/build_info.cc.in" "${OUTPUT}" @ONLY)
