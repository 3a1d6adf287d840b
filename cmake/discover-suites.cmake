# Read by ctest: one test for each suite of a GoogleTest program that Node runs. A process for each single test, as
# gtest_discover_tests makes, would spend its time on starting Node.
#   set(name …), set(program …) and set(emulator …) come first
if(NOT EXISTS ${program})
  add_test(${name}_is_not_built ${program})
  return()
endif()
execute_process(COMMAND ${emulator} ${program} --gtest_list_tests OUTPUT_VARIABLE tests COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "\n[^ \n]+\\." suites "\n${tests}")
foreach(suite IN LISTS suites)
  string(STRIP ${suite} suite)
  add_test(${name}.${suite} ${emulator} ${program} --gtest_brief=1 "--gtest_filter=${suite}*")
endforeach()
