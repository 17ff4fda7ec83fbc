/* tiny.c: a plugin for .tiny files, a dense layer a line: its path, its inputs, its outputs.
 *
 * Build:  make
 * Check:  netweight plugin check libnetweight_tiny.so example.tiny
 */
#include "netweight_plugin.h"

NW_MANIFEST("{\"abi\": 1, \"id\": \"tiny\", \"name\": \"tiny\", \"version\": \"0.1.0\","
            " \"summary\": \"dense layers, one a line\", \"extensions\": [\"tiny\"],"
            " \"magic\": [{\"at\": 0, \"text\": \"tiny 1\\n\"}]}");

static const char first_line[] = "tiny 1\n";

/* The text up to a letter, of which it takes one more; NULL where the letter does not come. */
static const char *until(char letter, const char **at, const char *end, size_t *len) {
  const char *start = *at;
  const char *found = start < end ? memchr(start, letter, (size_t)(end - start)) : NULL;
  if (found == NULL) {
    return NULL;
  }
  *len = (size_t)(found - start);
  *at = found + 1;
  return start;
}

/* A number of up to 18 digits; 0 where there is none. */
static uint64_t number(const char *text, size_t len) {
  uint64_t value = 0;
  size_t i;
  for (i = 0; i < len && len <= 18; i++) {
    if (text[i] < '0' || text[i] > '9') {
      return 0;
    }
    value = value * 10 + (uint64_t)(text[i] - '0');
  }
  return value;
}

int32_t netweight_import(const nw_input *in, const nw_output *out) {
  const char *at = (const char *)in->data;
  const char *end = at + in->len;
  uint64_t layers = 0;
  if (in->len < sizeof first_line - 1 || memcmp(at, first_line, sizeof first_line - 1) != 0) {
    return nw_fail(out, "the first line is not `tiny 1`");
  }
  at += sizeof first_line - 1;
  nw_text(out, "{\"schema\": \"netweight-model/1\", \"format\": \"tiny\"}\n");
  while (at < end) {
    size_t path_len = 0, inputs_len = 0, outputs_len = 0;
    const char *path = until(' ', &at, end, &path_len);
    const char *inputs = path ? until(' ', &at, end, &inputs_len) : NULL;
    const char *outputs = inputs ? until('\n', &at, end, &outputs_len) : NULL;
    if (outputs == NULL || number(inputs, inputs_len) == 0 || number(outputs, outputs_len) == 0) {
      return nw_fail(out, "a line is not a path and two sizes");
    }
    nw_text(out, "{\"path\": ");
    nw_string(out, path, path_len);
    nw_text(out, ", \"type\": \"dense\", \"kind\": \"dense\", \"args\": {\"input_size\": ");
    nw_number(out, number(inputs, inputs_len));
    nw_text(out, ", \"output_size\": ");
    nw_number(out, number(outputs, outputs_len));
    nw_text(out, "}}\n");
    layers++;
  }
  nw_text(out, "{\"end\": ");
  nw_number(out, layers);
  nw_text(out, "}\n");
  return 0;
}
