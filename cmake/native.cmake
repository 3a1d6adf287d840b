# Native: the same sources at 128 bits (the compiler's default target; never -march=native, so that results
# agree with the WebAssembly build), tested by GoogleTest and timed by Google Benchmark.
include(GoogleTest)
find_package(Threads REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark QUIET)

if(MINI_LLM_SANITIZERS)
  add_compile_options(-fno-omit-frame-pointer -fsanitize=${MINI_LLM_SANITIZERS} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${MINI_LLM_SANITIZERS})
endif()

add_library(mini_llm_core STATIC ${kernel_sources} ${core_sources})
use_our_flags(mini_llm_core)
target_precompile_headers(mini_llm_core PRIVATE ${CMAKE_SOURCE_DIR}/cmake/precompiled.h)
target_link_libraries(mini_llm_core PUBLIC Threads::Threads)

add_library(mini_llm_reference STATIC ${reference_sources})
use_our_flags(mini_llm_reference)
target_compile_options(mini_llm_reference PRIVATE ${reference_options})

if(MINI_LLM_SANITIZERS MATCHES thread)
  # Only what runs on threads, and what it needs.
  list(FILTER test_sources INCLUDE REGEX "/(parallel|trainer)_test|/support\\.cpp")
endif()
add_executable(mini_llm_tests ${test_sources})
use_our_flags(mini_llm_tests)
target_precompile_headers(mini_llm_tests PRIVATE ${CMAKE_SOURCE_DIR}/cpp/tests/support.h)
target_link_libraries(mini_llm_tests PRIVATE mini_llm_reference mini_llm_core GTest::gtest GTest::gtest_main)
# PRE_TEST: asked when ctest runs, so that a build does not start the program.
gtest_discover_tests(mini_llm_tests DISCOVERY_MODE PRE_TEST)

file(GLOB bench_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/cpp/bench/*.cpp)
if(benchmark_FOUND AND bench_sources AND NOT MINI_LLM_SANITIZERS)
  add_executable(mini_llm_bench ${bench_sources})
  use_our_flags(mini_llm_bench)
  target_link_libraries(mini_llm_bench PRIVATE mini_llm_core benchmark::benchmark benchmark::benchmark_main)
endif()
