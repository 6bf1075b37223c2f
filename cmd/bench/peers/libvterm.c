/* libvterm: libvterm COLS ROWS TIMES FILE...
   Prints as JSON what it took to feed each file in writes of 4 KiB, the median of
   so many times on a new screen. Without arguments it prints its version. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <vterm.h>

static double cpu_ms(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e3 + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e3;
}

static int by_size(const void *a, const void *b) {
  double d = *(const double *)a - *(const double *)b;
  return (d > 0) - (d < 0);
}

static double feed(const char *bytes, long n, int cols, int rows) {
  VTerm *t = vterm_new(rows, cols);
  vterm_set_utf8(t, 1);
  VTermScreen *s = vterm_obtain_screen(t);
  vterm_screen_enable_altscreen(s, 1);
  vterm_screen_reset(s, 1);
  double begin = cpu_ms();
  for (long at = 0; at < n; at += 4096) vterm_input_write(t, bytes + at, n - at < 4096 ? n - at : 4096);
  double took = cpu_ms() - begin;
  vterm_free(t);
  return took;
}

int main(int argc, char **argv) {
  if (argc < 5) {
    printf("%d.%d\n", VTERM_VERSION_MAJOR, VTERM_VERSION_MINOR);
    return 0;
  }
  int cols = atoi(argv[1]), rows = atoi(argv[2]), times = atoi(argv[3]);
  double *took = malloc(times * sizeof *took);
  for (int a = 4; a < argc; a++) {
    FILE *f = fopen(argv[a], "rb");
    if (!f) return perror(argv[a]), 1;
    fseek(f, 0, SEEK_END);
    long n = ftell(f);
    rewind(f);
    char *bytes = malloc(n + 1);
    if (!bytes || fread(bytes, 1, n, f) != (size_t)n) return perror(argv[a]), 1;
    fclose(f);
    for (int i = 0; i < times; i++) took[i] = feed(bytes, n, cols, rows);
    qsort(took, times, sizeof *took, by_size);
    const char *name = strrchr(argv[a], '/');
    printf("%s{\"work\":\"%.*s\",\"cpu_ms\":%.3f,\"rows\":%ld}", a == 4 ? "[" : ",",
           (int)strcspn(name ? name + 1 : argv[a], "."), name ? name + 1 : argv[a], took[times / 2], n);
    free(bytes);
  }
  puts("]");
  return 0;
}
