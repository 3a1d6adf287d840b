# Toolchain file: the Emscripten whose emcc is on PATH, with Node to run what it builds.
find_program(MINI_LLM_EMCC emcc REQUIRED)
if(NOT EMSCRIPTEN_ROOT_PATH)
  execute_process(COMMAND em-config EMSCRIPTEN_ROOT
    OUTPUT_VARIABLE EMSCRIPTEN_ROOT_PATH OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
endif()

if(NOT CMAKE_CROSSCOMPILING_EMULATOR)
  find_program(MINI_LLM_NODE NAMES node nodejs REQUIRED)
  set(emulator ${MINI_LLM_NODE})
  # Node 20 keeps relaxed SIMD behind a flag.
  execute_process(COMMAND ${MINI_LLM_NODE} --version OUTPUT_VARIABLE node_version)
  if(node_version MATCHES "^v20\\.")
    list(APPEND emulator --experimental-wasm-relaxed-simd)
  endif()
  set(CMAKE_CROSSCOMPILING_EMULATOR "${emulator}" CACHE STRING "Runs the tests")
endif()

include(${EMSCRIPTEN_ROOT_PATH}/cmake/Modules/Platform/Emscripten.cmake)
