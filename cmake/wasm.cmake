# WebAssembly: for each variant one ES module and one .wasm, published under public/wasm, and its GoogleTest program
# for Node (wasm-tests.cmake).
set(wasm_out ${CMAKE_SOURCE_DIR}/public/wasm)

# For every program. STACK_SIZE: Emscripten's 64 KB is too little. emmalloc is 3 KB smaller, gzipped, than the usual
# allocator and no slower here: training and generation allocate nothing. The heap may grow up to what 32 bits can
# address, in steps small enough that it ends where the need does; each costs microseconds.
set(memory_options -sALLOW_MEMORY_GROWTH -sMEMORY_GROWTH_LINEAR_STEP=16MB -sMAXIMUM_MEMORY=4GB -sSTACK_SIZE=1MB -sMALLOC=emmalloc)

# DYNAMIC_EXECUTION=0: the page's Content-Security-Policy allows no eval.
set(module_options
  -lembind --no-entry -O2
  -sMODULARIZE -sEXPORT_ES6 -sEXPORT_NAME=createMiniLlm -sENVIRONMENT=web,worker,node
  -sDYNAMIC_EXECUTION=0 -sFILESYSTEM=0 -sASSERTIONS=0)

set(no_wait_async ${CMAKE_SOURCE_DIR}/cmake/no-wait-async.js)
set(bindings ${CMAKE_SOURCE_DIR}/cpp/bindings/embind.cpp)

# add_wasm_variant(NAME): what the name contains is switched on: "relaxed" is relaxed SIMD (fused multiply-add), "threads"
# is shared memory, "wide" is kernels for engines that pack pairs of 128-bit operations into 256-bit ones.
function(add_wasm_variant name)
  foreach(switch relaxed threads wide)
    string(FIND ${name} ${switch} ${switch})
    if(${switch} EQUAL -1)
      set(${switch} OFF)
    else()
      set(${switch} ON)
    endif()
  endforeach()
  # variant-NAME: what everything of this variant is compiled and linked with.
  set(variant variant-${name})
  add_library(${variant} INTERFACE)
  target_compile_options(${variant} INTERFACE -msimd128 -fwasm-exceptions)
  target_compile_definitions(${variant} INTERFACE MINI_LLM_VARIANT="${name}")
  target_link_options(${variant} INTERFACE -fwasm-exceptions ${memory_options})
  if(relaxed)
    target_compile_options(${variant} INTERFACE -mrelaxed-simd)
    target_compile_definitions(${variant} INTERFACE MINI_LLM_RELAXED)
  endif()
  if(threads)
    target_compile_options(${variant} INTERFACE -pthread)
    target_compile_definitions(${variant} INTERFACE MINI_LLM_THREADS)
    # Growing shared memory is slow for JavaScript's views only, and ours are taken afresh after every call.
    target_link_options(${variant} INTERFACE
      -pthread -sDEFAULT_PTHREAD_STACK_SIZE=1MB -Wno-pthreads-mem-growth)
  endif()

  if(wide)
    target_compile_definitions(${variant} INTERFACE MINI_LLM_WIDE)
  endif()

  # The core's objects, which the module and the tests share. Time is spent in the kernels. Everything else only calls
  # them: compiled for size it halves the download. The kernels are vectorized by hand; a compiler's vectorizing and
  # -O3 make them larger and not faster.
  add_library(kernels-${name} OBJECT ${kernel_sources})
  target_compile_options(kernels-${name} PRIVATE -O2 -fno-vectorize -fno-slp-vectorize)
  add_library(core-${name} OBJECT ${core_sources})
  target_compile_options(core-${name} PRIVATE -Oz)
  target_precompile_headers(core-${name} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/precompiled.h)
  foreach(target kernels-${name} core-${name})
    use_our_flags(${target})
    target_link_libraries(${target} PUBLIC ${variant})
  endforeach()

  add_wasm_module(${name} ${threads})
  add_wasm_tests(${name} ${threads})
endfunction()

# The ES module that the page and the command line load.
function(add_wasm_module name threads)
  set(file mini-llm-${name})
  if(name STREQUAL "baseline")
    set(file mini-llm)
  endif()
  add_executable(${file} ${bindings})
  use_our_flags(${file})
  target_compile_options(${file} PRIVATE -Oz)
  target_precompile_headers(${file} REUSE_FROM core-${name})
  target_link_libraries(${file} PRIVATE kernels-${name} core-${name})
  target_link_options(${file} PRIVATE ${module_options})
  if(name STREQUAL "baseline")
    # The types of the bindings; Emscripten runs the module to learn them.
    target_link_options(${file} PRIVATE --emit-tsd mini-llm.d.ts)
  endif()
  if(threads)
    # The module asks its creator for the number of workers to start, createMiniLlm({poolSize: n}), and its
    # PThread ends them when it is no longer needed.
    target_link_options(${file} PRIVATE
      "-sPTHREAD_POOL_SIZE=Module['poolSize']" -sEXPORTED_RUNTIME_METHODS=PThread
      --pre-js ${no_wait_async})
    set_target_properties(${file} PROPERTIES LINK_DEPENDS ${no_wait_async})
  endif()

  # Runs at every build, in milliseconds: what it makes has a name that is not known before.
  add_custom_target(publish-${file} ALL
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${wasm_out} -DFILE=${file} -P ${CMAKE_SOURCE_DIR}/cmake/publish.cmake
    WORKING_DIRECTORY ${CMAKE_BINARY_DIR}
    DEPENDS ${file})
  if(name STREQUAL "baseline")
    add_core_types(${file})
  endif()
endfunction()

# TypeScript's tables and types of the core, which the baseline module describes.
function(add_core_types file)
  set(generator ${CMAKE_SOURCE_DIR}/web/engine/generate-core-types.mjs)
  set(core_types ${CMAKE_SOURCE_DIR}/web/engine/generated/core-types.ts)
  find_program(node_program NAMES node nodejs REQUIRED)
  add_custom_command(
    OUTPUT ${core_types}
    COMMAND ${node_program} ${generator} ${file}.js ${file}.d.ts ${core_types}
    DEPENDS ${file} ${generator}
    WORKING_DIRECTORY ${CMAKE_BINARY_DIR})
  add_custom_target(core-types ALL DEPENDS ${core_types})
  add_dependencies(publish-${file} core-types)
endfunction()

include(cmake/wasm-tests.cmake)

foreach(variant ${MINI_LLM_VARIANTS})
  if(NOT variant IN_LIST all_variants)
    list(JOIN all_variants ", " names)
    message(FATAL_ERROR "MINI_LLM_VARIANTS names \"${variant}\"; it may name ${names}.")
  endif()
  add_wasm_variant(${variant})
endforeach()
