#include "report.h"
#include <stdlib.h>
#include <string.h>

enum { MOST_EXECUTABLES = 8, MOST_STATISTICS = 64, MOST_REPRESENTATIONS = 16 };

static void print_text(FILE *file, const char *text) {
  fputc('"', file);
  for (; *text; text++) {
    unsigned char c = (unsigned char)*text;
    if (c == '"' || c == '\\') fprintf(file, "\\%c", c);
    else if (c < 32 || c > 126) fprintf(file, "\\u%04x", c);
    else fputc(c, file);
  }
  fputc('"', file);
}

static void print_statistics(FILE *file, GetProcAddr device_proc, Handle device, const PipelineExecutableInfo *info) {
  static PipelineExecutableStatistic found[MOST_STATISTICS];
  memset(found, 0, sizeof found);
  for (int i = 0; i < MOST_STATISTICS; i++) found[i].base.type = PIPELINE_EXECUTABLE_STATISTIC;
  uint32_t count = MOST_STATISTICS;
  ((Result(*)(Handle, const PipelineExecutableInfo *, uint32_t *, PipelineExecutableStatistic *))device_proc(
      device, "vkGetPipelineExecutableStatisticsKHR"))(device, info, &count, found);
  for (uint32_t i = 0; i < count; i++) {
    fputs(i ? ", " : "", file);
    print_text(file, found[i].name);
    if (found[i].format == FLOAT64) fprintf(file, ": %g", found[i].value.f64);
    else if (found[i].format == BOOL32) fprintf(file, ": %u", found[i].value.b32);
    else fprintf(file, ": %lld", (long long)found[i].value.i64);
  }
}

// The last text that a driver gives is the machine code.
static void print_listing(FILE *file, GetProcAddr device_proc, Handle device, const PipelineExecutableInfo *info) {
  static PipelineExecutableRepresentation found[MOST_REPRESENTATIONS];
  memset(found, 0, sizeof found);
  for (int i = 0; i < MOST_REPRESENTATIONS; i++) found[i].base.type = PIPELINE_EXECUTABLE_REPRESENTATION;
  Result (*get)(Handle, const PipelineExecutableInfo *, uint32_t *, PipelineExecutableRepresentation *) =
      (void *)device_proc(device, "vkGetPipelineExecutableInternalRepresentationsKHR");
  uint32_t count = MOST_REPRESENTATIONS;
  get(device, info, &count, found);
  for (uint32_t i = 0; i < count; i++) found[i].data = calloc(1, found[i].size + 1);
  get(device, info, &count, found);
  const char *last = "";
  for (uint32_t i = 0; i < count; i++) {
    if (found[i].is_text) last = found[i].data;
  }
  print_text(file, last);
  for (uint32_t i = 0; i < count; i++) free(found[i].data);
}

void report_pipeline(FILE *file, GetProcAddr device_proc, Handle device, Handle pipeline, double milliseconds) {
  PipelineInfo info = {{PIPELINE_INFO, NULL}, pipeline};
  static PipelineExecutableProperties found[MOST_EXECUTABLES];
  memset(found, 0, sizeof found);
  for (int i = 0; i < MOST_EXECUTABLES; i++) found[i].base.type = PIPELINE_EXECUTABLE_PROPERTIES;
  uint32_t count = MOST_EXECUTABLES;
  ((Result(*)(Handle, const PipelineInfo *, uint32_t *, PipelineExecutableProperties *))device_proc(
      device, "vkGetPipelineExecutablePropertiesKHR"))(device, &info, &count, found);
  fprintf(file, "{\"milliseconds\": %.3f, \"executables\": [", milliseconds);
  for (uint32_t i = 0; i < count; i++) {
    PipelineExecutableInfo executable = {{PIPELINE_EXECUTABLE_INFO, NULL}, pipeline, i};
    fprintf(file, "%s{\"name\": ", i ? ", " : "");
    print_text(file, found[i].name);
    fprintf(file, ", \"subgroup_size\": %u, \"statistics\": {", found[i].subgroup_size);
    print_statistics(file, device_proc, device, &executable);
    fputs("}, \"listing\": ", file);
    if (getenv("SHIM_LISTING")) print_listing(file, device_proc, device, &executable);
    else fputs("\"\"", file);
    fputc('}', file);
  }
  fputs("]}\n", file);
}
