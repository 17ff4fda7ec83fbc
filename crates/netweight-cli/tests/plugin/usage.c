/* Runs a program; tells its seconds and its memory in KiB at the most. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
  struct timespec start, end;
  struct rusage usage;
  int status;
  pid_t child;
  (void)argc;
  clock_gettime(CLOCK_MONOTONIC, &start);
  child = fork();
  if (child == 0) {
    dup2(open("/dev/null", O_WRONLY), 1);
    execv(argv[1], argv + 1);
    _exit(127);
  }
  if (waitpid(child, &status, 0) < 0 || status != 0) return 1;
  clock_gettime(CLOCK_MONOTONIC, &end);
  getrusage(RUSAGE_CHILDREN, &usage);
  printf("%f %ld\n", (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9, usage.ru_maxrss);
  return 0;
}
