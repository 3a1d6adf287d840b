# Copies a built module and its .wasm to FOLDER/HASH/, in place of the version before. The hash of their content is part
# of the address, so a cache cannot serve an old core to a new page.
#   cmake -DFOLDER=… -DFILE=mini-llm -P publish.cmake, run where the files were built
file(SHA256 ${FILE}.js script)
file(SHA256 ${FILE}.wasm binary)
string(SHA256 hash "${script}${binary}")
string(SUBSTRING ${hash} 0 10 hash)
set(target ${FOLDER}/${hash})

file(GLOB published ${FOLDER}/*/${FILE}.js ${FOLDER}/${FILE}.js)
foreach(script IN LISTS published)
  get_filename_component(folder ${script} DIRECTORY)
  if(NOT folder STREQUAL target)
    file(REMOVE ${folder}/${FILE}.js ${folder}/${FILE}.wasm)
    file(GLOB left ${folder}/*)
    if(NOT left)
      file(REMOVE_RECURSE ${folder})
    endif()
  endif()
endforeach()
file(COPY ${FILE}.wasm ${FILE}.js DESTINATION ${target})
