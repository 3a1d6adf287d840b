# WebAssembly: one ES module and one .wasm for each variant, copied to public/wasm.
set(wasm_out ${CMAKE_SOURCE_DIR}/public/wasm)

# For every variant alike. STACK_SIZE: Emscripten's 64 KB is too little. DYNAMIC_EXECUTION=0: the page's
# Content-Security-Policy allows no eval. The heap may grow up to what 32 bits can address.
set(wasm_link_options
  -lembind --no-entry -O3
  -sMODULARIZE -sEXPORT_ES6 -sEXPORT_NAME=createMiniLlm -sENVIRONMENT=web,worker,node
  -sALLOW_MEMORY_GROWTH -sMAXIMUM_MEMORY=4GB -sSTACK_SIZE=1MB
  -sDYNAMIC_EXECUTION=0 -sFILESYSTEM=0 -sASSERTIONS=0)

# add_wasm_variant(NAME RELAXED THREADS): RELAXED builds with relaxed SIMD (fused multiply-add), THREADS with
# shared memory. The module asks its creator for the number of workers to start: createMiniLlm({poolSize: n}).
function(add_wasm_variant name relaxed threads)
  set(compile_options -msimd128 -fwasm-exceptions)
  set(link_options ${wasm_link_options} -fwasm-exceptions)
  set(definitions MINI_LLM_VARIANT="${name}")
  if(relaxed)
    list(APPEND compile_options -mrelaxed-simd)
    list(APPEND definitions MINI_LLM_RELAXED)
  endif()
  if(threads)
    list(APPEND compile_options -pthread)
    list(APPEND definitions MINI_LLM_THREADS)
    # Growing shared memory is slow for JavaScript's views only, and ours are taken afresh after every call.
    list(APPEND link_options -pthread "-sPTHREAD_POOL_SIZE=Module['poolSize']" -sDEFAULT_PTHREAD_STACK_SIZE=1MB
      -Wno-pthreads-mem-growth)
  endif()

  if(name STREQUAL "baseline")
    set(file mini-llm)
    # The types of the bindings; Emscripten runs the module to learn them.
    list(APPEND link_options --emit-tsd mini-llm.d.ts)
  else()
    set(file mini-llm-${name})
  endif()

  add_executable(${file} ${core_sources} ${CMAKE_SOURCE_DIR}/cpp/bindings/embind.cpp)
  use_our_flags(${file})
  target_compile_definitions(${file} PRIVATE ${definitions})
  target_compile_options(${file} PRIVATE ${compile_options})
  target_link_options(${file} PRIVATE ${link_options})

  add_custom_command(
    OUTPUT ${wasm_out}/${file}.js ${wasm_out}/${file}.wasm
    COMMAND ${CMAKE_COMMAND} -E make_directory ${wasm_out}
    COMMAND ${CMAKE_COMMAND} -E copy ${file}.js ${file}.wasm ${wasm_out}
    DEPENDS ${file}
    WORKING_DIRECTORY ${CMAKE_BINARY_DIR})
  add_custom_target(publish-${file} ALL DEPENDS ${wasm_out}/${file}.js ${wasm_out}/${file}.wasm)
endfunction()

foreach(variant ${MINI_LLM_VARIANTS})
  if(variant STREQUAL "baseline")
    add_wasm_variant(baseline OFF OFF)
  elseif(variant STREQUAL "relaxed")
    add_wasm_variant(relaxed ON OFF)
  elseif(variant STREQUAL "threads")
    add_wasm_variant(threads OFF ON)
  elseif(variant STREQUAL "relaxed-threads")
    add_wasm_variant(relaxed-threads ON ON)
  else()
    message(FATAL_ERROR "MINI_LLM_VARIANTS names \"${variant}\"; it may name baseline, relaxed, threads and "
      "relaxed-threads.")
  endif()
endforeach()
