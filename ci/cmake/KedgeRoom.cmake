# kedge_room(NAME SOURCES a.cc ... [LINKS public...] [PRIVATE_LINKS private...])
#   One folder = one static library `kedge_NAME` with alias kedge::NAME.
# kedge_test(NAME SOURCES a_test.cc ... [LINKS ...] [LABELS ...] [TIMEOUT seconds] [COST seconds])
#   One GoogleTest program `NAME_test`, one CTest entry; results also as XML in <build>/test-results.
#   CTest starts the tests that cost most first, so that no long one is left to run alone at the end.
#   The target `concurrent_tests` builds all programs with the label `concurrent`.
add_custom_target(concurrent_tests)

function(kedge_room name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
  list(TRANSFORM ARG_LINKS REPLACE "^kedge::" "kedge_")
  list(TRANSFORM ARG_PRIVATE_LINKS REPLACE "^kedge::" "kedge_")
  add_library(kedge_${name} STATIC ${ARG_SOURCES})
  add_library(kedge::${name} ALIAS kedge_${name})
  target_include_directories(kedge_${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(kedge_${name} PUBLIC ${ARG_LINKS} PRIVATE ${ARG_PRIVATE_LINKS})
endfunction()

function(kedge_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT;COST" "SOURCES;LINKS;LABELS" ${ARGN})
  if(NOT KEDGE_BUILD_TESTS)
    return()
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  list(TRANSFORM ARG_LINKS REPLACE "^kedge::" "kedge_")
  add_executable(${name}_test ${ARG_SOURCES})
  target_include_directories(${name}_test PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name}_test PRIVATE ${ARG_LINKS} kedge::testing GTest::gmock GTest::gtest_main)
  # What is measured is the product's code; the tests' own need not be fast, and compiles in two
  # thirds of the time.
  target_compile_options(${name}_test PRIVATE $<$<CONFIG:Release>:-O1>)
  add_test(NAME ${name} COMMAND ${name}_test --gtest_output=xml:${CMAKE_BINARY_DIR}/test-results/${name}.xml
           WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}"
                       ENVIRONMENT "KEDGE_BUILD_DIR=${CMAKE_BINARY_DIR}")
  if(ARG_COST)
    set_tests_properties(${name} PROPERTIES COST ${ARG_COST})
  endif()
  if("concurrent" IN_LIST ARG_LABELS)
    add_dependencies(concurrent_tests ${name}_test)
  endif()
endfunction()
