# libFuzzer's targets, compiled by clang: cpp/fuzz/NAME_fuzz.cpp becomes fuzz_NAME, which calls its function with inputs that
# it invents, and mini_llm_fuzz_seeds writes the inputs to begin with.
find_package(Threads REQUIRED)
set(sanitizers -fsanitize=${MINI_LLM_SANITIZERS} -fno-sanitize-recover=all)
add_compile_options(-fno-omit-frame-pointer ${sanitizers} -fsanitize=fuzzer-no-link)
add_link_options(${sanitizers})
# Without what no target reaches.
list(FILTER core_sources EXCLUDE REGEX "/generate/|/io/(describe|gguf|npz|onnx|onnx_graph|protobuf|q8_0)\\.cpp|/train/estimate\\.cpp")
add_library(mini_llm_core STATIC ${kernel_sources} ${core_sources})
use_our_flags(mini_llm_core)
target_precompile_headers(mini_llm_core PRIVATE ${CMAKE_SOURCE_DIR}/cmake/precompiled.h)
target_link_libraries(mini_llm_core PUBLIC Threads::Threads)

add_custom_target(fuzz)
function(add_fuzz_program name source)
  add_executable(${name} ${source})
  use_our_flags(${name})
  target_link_libraries(${name} PRIVATE mini_llm_core ${ARGN})
  add_dependencies(fuzz ${name})
endfunction()

add_fuzz_program(mini_llm_fuzz_seeds ${CMAKE_SOURCE_DIR}/cpp/fuzz/seeds.cpp)
file(GLOB fuzz_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/cpp/fuzz/*_fuzz.cpp)
foreach(source ${fuzz_sources})
  get_filename_component(name ${source} NAME_WE)
  string(REGEX REPLACE "(.*)_fuzz" "fuzz_\\1" name ${name})
  add_fuzz_program(${name} ${source} -fsanitize=fuzzer)
endforeach()
