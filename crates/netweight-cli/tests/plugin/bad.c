/* A plugin that misbehaves in the way that the model file names. */
#define _GNU_SOURCE
#include <alloca.h>
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "netweight_plugin.h"

NW_MANIFEST("{\"abi\": 1, \"id\": \"bad\", \"name\": \"bad\", \"version\": \"1\", \"extensions\": [\"bad\"]}");

#ifdef CONSTRUCTOR
__attribute__((constructor)) static void early(void) {
  socket(AF_INET, SOCK_STREAM, 0);
}
#endif

static const nw_output *out;

static const char head[] = "{\"schema\": \"netweight-model/1\", \"format\": \"bad\"}\n";
static const char layer[] = "{\"path\": \"a\", \"type\": \"A\"}\n";

static int32_t good(void) {
  nw_text(out, head);
  nw_text(out, layer);
  return nw_text(out, "{\"end\": 1}\n");
}

/* Tells an error's name, as the plugin's own reason. */
static int32_t told(const char *what) {
  char text[256];
  snprintf(text, sizeof text, "%s: %s", what, strerror(errno));
  return nw_fail(out, text);
}

static int32_t tried(int result, const char *what) {
  return result < 0 ? told(what) : nw_fail(out, "it was let do it");
}

static volatile int depth;

static int overflow(int level) {
  volatile char room[4096];
  room[0] = (char)level;
  depth = level;
  return overflow(level + 1) + room[0];
}

static void *wait_long(void *nothing) {
  sleep(100);
  return nothing;
}

static int32_t threads(void) {
  int n;
  for (n = 0; n < 5000; n++) {
    pthread_t thread;
    int error = pthread_create(&thread, NULL, wait_long, NULL);
    if (error != 0) {
      errno = error;
      return told(n > 4 && n < 200 ? "some threads, then" : "an odd number of threads");
    }
  }
  return nw_fail(out, "5000 threads");
}

static int32_t memory(void) {
  size_t mib = 0;
  char *block;
  while ((block = malloc(1 << 20)) != NULL) {
    memset(block, 1, 1 << 20);
    mib++;
  }
  return nw_fail(out, mib > 150 && mib <= 256 ? "out of memory in time" : "an odd amount of memory");
}

static int32_t sibling(const nw_input *in, const char *name) {
  const uint8_t *data;
  uint64_t len;
  int32_t error = in->open(in->ctx, name, strlen(name), &data, &len);
  if (error != 0) {
    errno = error;
    return told(name);
  }
  return len == 5 && memcmp(data, "hello", 5) == 0 ? good() : nw_fail(out, "other bytes");
}

static int32_t endless(const char *text) {
  while (nw_text(out, text) == 0) {
  }
  return 1;
}

/* Dense layers with two arguments and two tensors each. */
static int32_t layers(uint64_t number) {
  char text[512];
  uint64_t i;
  nw_text(out, head);
  for (i = 0; i < number; i++) {
    snprintf(text, sizeof text,
             "{\"path\":\"layers.%d.fc\",\"type\":\"Linear\",\"kind\":\"dense\","
             "\"args\":{\"input_size\":2,\"output_size\":3},\"weights\":["
             "{\"name\":\"layers.%d.fc.weight\",\"role\":\"kernel\",\"category\":\"trainable\","
             "\"shape\":[3,2],\"dtype\":\"float32\",\"stored_bytes\":24},"
             "{\"name\":\"layers.%d.fc.bias\",\"role\":\"bias\",\"category\":\"trainable\","
             "\"shape\":[3],\"dtype\":\"float32\",\"stored_bytes\":12}]}\n",
             (int)i, (int)i, (int)i);
    nw_text(out, text);
  }
  nw_text(out, "{\"end\": ");
  nw_number(out, number);
  return nw_text(out, "}\n");
}

static int is(const nw_input *in, const char *mode) {
  return in->len == strlen(mode) && memcmp(in->data, mode, in->len) == 0;
}

int32_t netweight_import(const nw_input *in, const nw_output *output) {
  out = output;
  if (in->name_len == 10 && memcmp(in->name, "shrink.bad", 10) == 0) {
    sleep(3);
    return in->data[in->len - 1] == 1 ? good() : nw_fail(out, "other bytes");
  }
  if (is(in, "good")) return good();
  if (is(in, "many")) return layers(100000);
  if (is(in, "print")) return puts("hello") < 0 || fflush(stdout) != 0 ? 1 : good();
  if (is(in, "segv")) *(volatile int *)8 = 1;
  if (is(in, "write-map")) *(volatile uint8_t *)(uintptr_t)in->data = 1;
  if (is(in, "alloca")) memset(alloca(256 << 20), 1, 256 << 20);
  if (is(in, "abort")) abort();
  if (is(in, "overflow")) return overflow(0);
  if (is(in, "trap")) __builtin_trap();
  if (is(in, "divide")) return 7 / depth;
  if (is(in, "loop")) for (;;) depth++;
  if (is(in, "sleep")) for (;;) sleep(100);
  if (is(in, "memory")) return memory();
  if (is(in, "shared-memory")) {
    void *block = mmap(NULL, 1 << 30, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return tried(block == MAP_FAILED ? -1 : 0, "shared mmap");
  }
  if (is(in, "shared-later")) {
    void *block = mmap(NULL, 1 << 20, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return tried(block == MAP_FAILED ? -1 : 0, "shared mmap");
  }
  if (is(in, "threads")) return threads();
  if (is(in, "flood-line")) return endless("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
  if (is(in, "flood-layers")) {
    nw_text(out, head);
    return endless("{\"path\": \"\", \"type\": \"\"}\n");
  }
  if (is(in, "amplify")) {
    nw_text(out, head);
    for (;;) {
      nw_text(out, "{\"path\":\"\",\"type\":\"\",\"inner\":[");
      for (depth = 0; depth < 600000; depth++) nw_text(out, "{\"path\":\"\",\"type\":\"\"},");
      if (nw_text(out, "{\"path\":\"\",\"type\":\"\"}]}\n") != 0) return 1;
    }
  }
  if (is(in, "flood-errors")) for (;;) fputs("noise\n", stderr);
  if (is(in, "words")) {
    fputs("begin", stderr);
    for (depth = 0; depth < 8192; depth++) fputc('x', stderr);
    exit(7);
  }
  if (is(in, "exit")) exit(0);
  if (is(in, "exit-7")) exit(7);
  if (is(in, "nothing")) return 0;
  if (is(in, "nothing-3")) return 3;
  if (is(in, "close")) return close(1), close(2), close(3), 0;
  if (is(in, "exit-half")) {
    nw_text(out, head);
    for (depth = 0; depth < 10000; depth++) nw_text(out, layer);
    _exit(0);
  }
  if (is(in, "no-end")) return nw_text(out, head);
  if (is(in, "wrong-end")) return nw_text(out, head), nw_text(out, "{\"end\": 5}\n");
  if (is(in, "garbage")) return nw_text(out, "\x80\x81 what\n");
  if (is(in, "nan")) return nw_text(out, head), nw_text(out, "{\"path\": NaN}\n");
  if (is(in, "deep")) {
    nw_text(out, head);
    for (depth = 0; depth < 100000; depth++) nw_text(out, "{\"inner\":[");
    return nw_text(out, "\n");
  }
  if (is(in, "fail-half")) return nw_text(out, head), nw_text(out, "{\"path\": \"a"), nw_fail(out, "tensor 3 has a bad type");
  if (is(in, "escape")) return nw_fail(out, "\x1b[31mred\x1b[0m\n");
  if (is(in, "passwd")) return tried(open("/etc/passwd", O_RDONLY), "open");
  if (is(in, "passwd-raw")) return tried((int)syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY, 0), "openat");
  if (is(in, "maps")) return tried(open("/proc/self/maps", O_RDONLY), "open");
  if (is(in, "stat")) {
    struct stat found;
    return tried(stat("/etc/passwd", &found), "stat");
  }
  if (is(in, "by-path")) return tried(open("sibling.txt", O_RDONLY), "open");
  if (is(in, "sibling")) return sibling(in, "sibling.txt");
  if (is(in, "sibling-link")) return sibling(in, "inside.txt");
  if (is(in, "sibling-up")) return sibling(in, "../sibling.txt");
  if (is(in, "sibling-outside")) return sibling(in, "outside.txt");
  if (is(in, "sibling-missing")) return sibling(in, "missing.txt");
  if (is(in, "sibling-pipe")) return sibling(in, "pipe");
  if (is(in, "write")) return tried(open("written.txt", O_WRONLY | O_CREAT, 0644), "open");
  if (is(in, "chmod")) return tried(chmod("sibling.txt", 0777), "chmod");
  if (is(in, "unlink")) return tried(unlink("sibling.txt"), "unlink");
  if (is(in, "socket")) return tried(socket(AF_INET, SOCK_STREAM, 0), "socket");
  if (is(in, "connect")) {
    struct sockaddr_in where = {AF_INET, 0, {0}, {0}};
    return tried(connect(0, (struct sockaddr *)&where, sizeof where), "connect");
  }
  if (is(in, "fork")) return tried(fork(), "fork");
  if (is(in, "exec")) return tried(execl("/bin/true", "true", (char *)NULL), "exec");
  if (is(in, "system")) return system("true") == 0 ? nw_fail(out, "it was let do it") : nw_fail(out, "system failed");
  if (is(in, "ptrace")) return tried((int)ptrace(PTRACE_TRACEME, 0, 0, 0), "ptrace");
  if (is(in, "kill")) return tried(kill(getppid(), SIGTERM), "kill");
  if (is(in, "io-uring")) return tried((int)syscall(SYS_io_uring_setup, 1, NULL), "io_uring");
  if (is(in, "limit")) {
    struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
    return tried(setrlimit(RLIMIT_CPU, &limit), "setrlimit");
  }
  if (is(in, "memfd")) return tried((int)syscall(SYS_memfd_create, "x", 0), "memfd");
#if defined(__x86_64__)
  if (is(in, "int-80")) {
    int answer;
    __asm__ volatile("int $0x80" : "=a"(answer) : "a"(20) : "memory");
    return tried(answer, "int 0x80");
  }
  if (is(in, "x32")) return tried((int)syscall(0x40000000 + SYS_getpid), "x32");
#endif
  if (is(in, "executable")) {
    void *block = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return tried(block == MAP_FAILED ? -1 : 0, "mmap");
  }
  if (is(in, "dlopen")) return dlopen("libresolv.so.2", RTLD_NOW) ? good() : nw_fail(out, "dlopen failed");
  return nw_fail(out, "no such mode");
}
