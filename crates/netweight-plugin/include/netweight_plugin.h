/* netweight_plugin.h: a format plugin for netweight in C or C++. ABI 1.
 *
 * A plugin is one shared library with two symbols:
 *
 *   netweight_manifest   a text that says what the plugin reads; it is read without running the
 *                        plugin (NW_MANIFEST below)
 *   netweight_import     a function that reads one model file and sends its layers as JSON lines:
 *                        a head, one record a layer, an end. `netweight schema model` describes
 *                        them.
 *
 * The plugin runs in a process of its own that can read the model file and the files beside it,
 * through this interface, and nothing else: no other files, no network, no new processes, limited
 * time and memory. Whatever it does there, the program goes on.
 *
 * Build:  cc -shared -fPIC -O2 -o libnetweight_NAME.so NAME.c
 * Check:  netweight plugin check libnetweight_NAME.so example.NAME
 */
#ifndef NETWEIGHT_PLUGIN_H
#define NETWEIGHT_PLUGIN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32)
#define NW_EXPORT __declspec(dllexport)
#else
#define NW_EXPORT __attribute__((visibility("default")))
#endif

/* The version of this interface. It changes only when old plugins would break. */
#define NW_ABI 1u

/* What the host gives. All memory is read-only and stays valid until the process ends. Newer
 * hosts append fields: read a field that is not here today only where `size` covers it. */
typedef struct nw_input {
  uint32_t size;       /* sizeof(nw_input) of the host */
  uint32_t abi;        /* NW_ABI of the host */
  const uint8_t *data; /* the whole model file; may be NULL if len is 0 */
  uint64_t len;        /* its length in bytes */
  const char *name;    /* the file's name without its folder, UTF-8, no NUL at the end */
  size_t name_len;
  const char *options; /* what the user adds, as JSON: {"input_shapes": [["x", [null, 28]]]} */
  size_t options_len;
  void *ctx; /* first argument of open */
  /* Maps another file of the model's folder (a shard, external weights). Plain names only.
   * Returns 0, else an errno value: ENOENT, EINVAL (not a plain name), ELOOP (a link that leads
   * out of the folder), EMFILE (not among the first 1,000 files), ENOMEM. From one thread at a time. */
  int32_t (*open)(void *ctx, const char *name, size_t name_len, const uint8_t **data,
                  uint64_t *len);
} nw_input;

/* What the plugin gives back. From one thread at a time. */
typedef struct nw_output {
  uint32_t size; /* sizeof(nw_output) of the host */
  uint32_t reserved;
  void *ctx; /* first argument of emit and fail */
  /* The next bytes of the JSON lines, cut anywhere. Not 0: the host has had enough; return. */
  int32_t (*emit)(void *ctx, const void *bytes, size_t len);
  /* One sentence for the user on why there is no model; return non-zero after it. A line that
   * is not finished is dropped. */
  void (*fail)(void *ctx, const char *message, size_t len);
} nw_output;

/* NW_MANIFEST("{\"abi\": 1, \"id\": \"sketch\", \"name\": \"Sketch\", \"version\": \"1.0\"}");
 * at file level: one literal, a text in JSON of no more than 64 KiB. */
#define NW_MANIFEST(json)                                                                          \
  NW_EXPORT extern const char netweight_manifest[];                                                \
  const char netweight_manifest[] = json

/* Reads one model file. Returns 0 when the end record is sent. */
NW_EXPORT int32_t netweight_import(const nw_input *in, const nw_output *out);

/* ---- To write JSON with. Each returns what emit returned. ---- */

/* Sends text as it is. */
static inline int32_t nw_text(const nw_output *out, const char *text) {
  return out->emit(out->ctx, text, strlen(text));
}

/* Sends a whole number. */
static inline int32_t nw_number(const nw_output *out, uint64_t number) {
  char digits[20];
  size_t start = sizeof digits;
  do {
    digits[--start] = (char)('0' + number % 10);
    number /= 10;
  } while (number != 0);
  return out->emit(out->ctx, digits + start, sizeof digits - start);
}

/* Length of the UTF-8 sequence at the start of `text`; 0 where there is none. */
static inline size_t nw_utf8(const unsigned char *text, size_t len) {
  const unsigned char first = text[0];
  const size_t want = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  size_t i;
  if ((first >= 0x80 && first < 0xC2) || first > 0xF4 || want > len) {
    return 0;
  }
  for (i = 1; i < want; i++) {
    if ((text[i] & 0xC0) != 0x80) {
      return 0;
    }
  }
  /* Overlong forms, surrogates, and what lies beyond Unicode. */
  if ((first == 0xE0 && text[1] < 0xA0) || (first == 0xED && text[1] > 0x9F) ||
      (first == 0xF0 && text[1] < 0x90) || (first == 0xF4 && text[1] > 0x8F)) {
    return 0;
  }
  return want;
}

/* Sends bytes as a JSON string, quoted and escaped; what is not UTF-8 becomes U+FFFD. */
static inline int32_t nw_string(const nw_output *out, const char *text, size_t len) {
  static const char hex[] = "0123456789abcdef";
  const unsigned char *at = (const unsigned char *)text;
  int32_t enough = nw_text(out, "\"");
  while (len > 0 && enough == 0) {
    char escaped[7] = {'\\', 'u', '0', '0', '0', '0', 0};
    size_t length = nw_utf8(at, len);
    if (length == 0) {
      enough = nw_text(out, "\xEF\xBF\xBD");
      length = 1;
    } else if (*at < 0x20 || *at == '"' || *at == '\\') {
      escaped[4] = hex[*at >> 4];
      escaped[5] = hex[*at & 15];
      enough = nw_text(out, escaped);
    } else {
      enough = out->emit(out->ctx, at, length);
    }
    at += length;
    len -= length;
  }
  return enough != 0 ? enough : nw_text(out, "\"");
}

/* Tells why there is no model; returns what netweight_import is to return. */
static inline int32_t nw_fail(const nw_output *out, const char *message) {
  out->fail(out->ctx, message, strlen(message));
  return 1;
}

#ifdef __cplusplus
}
#endif
#endif
