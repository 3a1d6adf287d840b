# The GoogleTest suite as a program for Node, one for each variant, of the very objects that the module is made
# of. Built by the target wasm-tests.
add_custom_target(wasm-tests)

# In a package of their own: they are CommonJS scripts, and ours is a package of ES modules.
set(wasm_tests_out ${CMAKE_BINARY_DIR}/tests)
file(WRITE ${wasm_tests_out}/package.json "{}\n")

# GoogleTest has to be compiled for WebAssembly too, from the sources that Debian's package googletest holds.
find_path(MINI_LLM_GOOGLETEST NAMES src/gtest-all.cc
  PATHS /usr/src/googletest/googletest /usr/src/googletest /usr/local/src/googletest/googletest
  NO_CMAKE_FIND_ROOT_PATH)
if(NOT MINI_LLM_GOOGLETEST)
  add_custom_command(TARGET wasm-tests
    COMMAND ${CMAKE_COMMAND} -E echo "The sources of GoogleTest were not found \\(Debian: package googletest\\)."
    COMMAND false VERBATIM)
endif()

function(add_wasm_tests name threads)
  if(NOT MINI_LLM_GOOGLETEST)
    return()
  endif()
  set(tests mini-llm-tests-${name})
  add_library(reference-${name} OBJECT EXCLUDE_FROM_ALL ${reference_sources})
  use_our_flags(reference-${name})
  target_compile_options(reference-${name} PRIVATE ${reference_options})
  target_link_libraries(reference-${name} PUBLIC variant-${name})
  add_executable(${tests} EXCLUDE_FROM_ALL
    ${test_sources} ${MINI_LLM_GOOGLETEST}/src/gtest-all.cc ${MINI_LLM_GOOGLETEST}/src/gtest_main.cc)
  add_dependencies(wasm-tests ${tests})
  use_our_flags(${tests})
  target_include_directories(${tests} SYSTEM PRIVATE ${MINI_LLM_GOOGLETEST}/include ${MINI_LLM_GOOGLETEST})
  # -O0 compiles fast. What is tested is the core: it is linked first, so its instances of inline functions win.
  target_compile_options(${tests} PRIVATE -O0)
  target_precompile_headers(${tests} PRIVATE ${CMAKE_SOURCE_DIR}/cpp/tests/support.h)
  target_link_libraries(${tests} PRIVATE kernels-${name} core-${name} reference-${name})
  # NODERAWFS: the machine's own disk, where the golden files lie.
  target_link_options(${tests} PRIVATE -O0 -sNODERAWFS -sEXIT_RUNTIME -sENVIRONMENT=node,worker)
  set_target_properties(${tests} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${wasm_tests_out})
  if(threads)
    target_link_options(${tests} PRIVATE -sPTHREAD_POOL_SIZE=8)
  endif()
  set(program ${wasm_tests_out}/${tests}.js)
  # tools/setup.sh --tests installs Nodes that pack, but has them for one system only.
  if(NOT name MATCHES wide OR NOT "${CMAKE_HOST_SYSTEM_NAME} ${CMAKE_HOST_SYSTEM_PROCESSOR}" STREQUAL "Linux x86_64")
    discover_suites(${name} ${program} "${CMAKE_CROSSCOMPILING_EMULATOR}")
    return()
  endif()
  # The optimizing compiler packs, so it compiles from the first call on. That takes seconds: once for all suites.
  foreach(version 24 26)
    set(node ${CMAKE_SOURCE_DIR}/tools/nodes/node_modules/node${version}/bin/node)
    add_test(NAME ${name}.node${version}
      COMMAND ${node} --experimental-wasm-revectorize --no-liftoff ${program} --gtest_brief=1)
  endforeach()
endfunction()

# Makes the suites of a program tests of ctest, which lists them when it runs.
function(discover_suites name program emulator)
  file(WRITE ${wasm_tests_out}/${name}.cmake
    "set(name ${name})\nset(program ${program})\nset(emulator \"${emulator}\")\n"
    "include(${CMAKE_SOURCE_DIR}/cmake/discover-suites.cmake)\n")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${wasm_tests_out}/${name}.cmake)
endfunction()
