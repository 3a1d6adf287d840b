# The header-only libraries, as links in the build folder. A distribution keeps them in /usr/include beside its
# own libc, and that folder must never come onto Emscripten's include path.
set(MINI_LLM_STAGED_HEADERS ${CMAKE_BINARY_DIR}/headers)
file(MAKE_DIRECTORY ${MINI_LLM_STAGED_HEADERS})

foreach(library xtensor xtl nlohmann)
  find_path(${library}_parent NAMES ${library}
    HINTS ${MINI_LLM_HEADERS} ENV CPATH
    PATHS /usr/include /usr/local/include /opt/homebrew/include ENV CONDA_PREFIX
    PATH_SUFFIXES include
    NO_CMAKE_FIND_ROOT_PATH)
  if(NOT ${library}_parent)
    message(FATAL_ERROR "The headers of ${library} were not found; install them, or give the folder that holds "
      "them with -DMINI_LLM_HEADERS=FOLDER.")
  endif()
  file(CREATE_LINK ${${library}_parent}/${library} ${MINI_LLM_STAGED_HEADERS}/${library} SYMBOLIC)
endforeach()
