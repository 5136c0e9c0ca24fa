# cmake -D BUNDLE=<folder> -D OUTPUT=<folder> -P embed_page.cmake
#
# Writes page.S, which takes in every file of BUNDLE and its gzip by .incbin (an array in C++ would
# take a compiler a hundred times as long), and page.cc, the table that console/page.h declares.

set(type_html "text/html; charset=utf-8")
set(type_js "text/javascript; charset=utf-8")
set(type_css "text/css; charset=utf-8")
set(type_svg "image/svg+xml")
set(type_png "image/png")
set(type_ico "image/x-icon")
set(type_json "application/json")
set(type_webmanifest "application/manifest+json")
set(type_txt "text/plain; charset=utf-8")
set(type_woff2 "font/woff2")

find_program(GZIP gzip REQUIRED)
file(GLOB_RECURSE files RELATIVE "${BUNDLE}" "${BUNDLE}/*")
list(FILTER files EXCLUDE REGEX "^SOURCE\\.sha256$")  # says what the bundle was built from
list(SORT files)
file(REMOVE_RECURSE "${OUTPUT}/gzip")

set(assembly "    .section .rodata\n")
set(declarations "")
set(table "")
set(count 0)

function(take_in symbol path)  # appends to assembly and declarations
  string(APPEND assembly
    "    .balign 16\n    .global ${symbol}\n${symbol}:\n    .incbin \"${path}\"\n"
    "    .global ${symbol}_end\n${symbol}_end:\n")
  string(APPEND declarations "extern const char ${symbol}[];\nextern const char ${symbol}_end[];\n")
  set(assembly "${assembly}" PARENT_SCOPE)
  set(declarations "${declarations}" PARENT_SCOPE)
endfunction()

foreach(file IN LISTS files)
  cmake_path(GET file EXTENSION LAST_ONLY extension)
  string(REPLACE "." "" extension "${extension}")
  if(NOT DEFINED type_${extension})
    message(FATAL_ERROR "${BUNDLE}/${file}: no content type is known for .${extension}")
  endif()
  file(SHA256 "${BUNDLE}/${file}" hash)
  string(SUBSTRING "${hash}" 0 16 hash)

  set(symbol "crowdflow_page_${count}")
  take_in(${symbol} "${BUNDLE}/${file}")
  set(packed "{}")
  set(gzip "${OUTPUT}/gzip/${file}.gz")
  cmake_path(GET gzip PARENT_PATH folder)
  file(MAKE_DIRECTORY "${folder}")
  # -n: no time stamp, so that the same page gives the same program.
  execute_process(COMMAND "${GZIP}" -9 -n -c "${BUNDLE}/${file}" OUTPUT_FILE "${gzip}"
                  COMMAND_ERROR_IS_FATAL ANY)
  file(SIZE "${BUNDLE}/${file}" plain_size)
  file(SIZE "${gzip}" gzip_size)
  if(gzip_size LESS plain_size)
    take_in(${symbol}_gzip "${gzip}")
    set(packed "between(${symbol}_gzip, ${symbol}_gzip_end)")
  endif()
  string(APPEND table
    "      {.path = \"/${file}\",\n       .content_type = \"${type_${extension}}\",\n"
    "       .etag = \"W/\\\"${hash}\\\"\",\n       .bytes = between(${symbol}, ${symbol}_end),\n"
    "       .gzip = ${packed}},\n")
  math(EXPR count "${count} + 1")
endforeach()
string(APPEND assembly "    .section .note.GNU-stack,\"\",%progbits\n")

file(WRITE "${OUTPUT}/page.S" "${assembly}")
file(WRITE "${OUTPUT}/page.cc" "#include \"console/page.h\"

#include <array>

extern \"C\" {
${declarations}}

namespace crowdflow::console {

std::span<const http::Asset> page() {
  const auto between = [](const char* begin, const char* end) {
    return std::string_view(begin, static_cast<std::size_t>(end - begin));
  };
  static const std::array<http::Asset, ${count}> kAssets{{
${table}  }};
  return kAssets;
}

}  // namespace crowdflow::console
")
