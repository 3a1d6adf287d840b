# Native: the same sources at 128 bits (the compiler's default target; never -march=native, so that results
# agree with the WebAssembly build), tested by GoogleTest and timed by Google Benchmark.
find_package(Threads REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark QUIET)

if(SANITIZE)
  # -O1: fast enough to train in the tests, and stack traces stay readable.
  string(REPLACE "-O3" "-O1" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")
  add_compile_options(-g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
endif()

add_library(mini_llm_core STATIC ${core_sources})
use_our_flags(mini_llm_core)
target_link_libraries(mini_llm_core PUBLIC Threads::Threads)

add_library(mini_llm_reference STATIC ${reference_sources})
use_our_flags(mini_llm_reference)
target_compile_options(mini_llm_reference PRIVATE ${reference_options})

file(GLOB test_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/cpp/tests/*.cpp)
add_executable(mini_llm_tests ${test_sources})
use_our_flags(mini_llm_tests)
target_link_libraries(mini_llm_tests PRIVATE mini_llm_reference mini_llm_core GTest::gtest GTest::gtest_main)

file(GLOB bench_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/cpp/bench/*.cpp)
if(benchmark_FOUND AND bench_sources AND NOT SANITIZE)
  add_executable(mini_llm_bench ${bench_sources})
  use_our_flags(mini_llm_bench)
  target_link_libraries(mini_llm_bench PRIVATE mini_llm_core benchmark::benchmark benchmark::benchmark_main)
endif()
