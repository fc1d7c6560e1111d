# kedge_embed(OUTPUT out.cc HEADER header.h NAMESPACE ns FUNCTION name FILES a.yaml ...)
#   Writes a source file that defines `const std::vector<EmbeddedFile>& name()`, declared in `header`:
#   the files' paths and bytes, so that the program needs no data files beside it. CMake runs again
#   when a file changes.
function(kedge_embed)
  cmake_parse_arguments(ARG "" "OUTPUT;HEADER;NAMESPACE;FUNCTION" "FILES" ${ARGN})
  set(draft ${ARG_OUTPUT}.draft)
  file(WRITE ${draft} "#include \"${ARG_HEADER}\"\n\nnamespace ${ARG_NAMESPACE} {\n\n"
                      "const std::vector<EmbeddedFile>& ${ARG_FUNCTION}() {\n"
                      "  static const std::vector<EmbeddedFile> files = {\n")
  foreach(path ${ARG_FILES})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${path})
    file(READ ${CMAKE_CURRENT_SOURCE_DIR}/${path} text)
    file(APPEND ${draft} "      {\"${path}\", R\"EMBED(${text})EMBED\"},\n")
  endforeach()
  file(APPEND ${draft} "  };\n  return files;\n}\n\n}  // namespace ${ARG_NAMESPACE}\n")
  configure_file(${draft} ${ARG_OUTPUT} COPYONLY)
endfunction()
