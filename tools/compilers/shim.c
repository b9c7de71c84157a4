// A Vulkan driver between the loader and Mesa's. Mesa's drivers compile for GPUs that the machine lacks (RADV_FORCE_FAMILY,
// or a simulated kernel interface); this shim adds what an application needs to open such a device, and drops all work.
//
//   SHIM_DRIVER   path of the driver's library
//   SHIM_OUT      file that receives a line of JSON for each compute pipeline: its compile time, and for each executable
//                 the driver's statistics (VK_KHR_pipeline_executable_properties)
//   SHIM_LISTING  if set, the machine code too
//   SHIM_MEMORY   if set, the driver's own memory types are kept (RADV's null device has none)
#include "report.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define EXPORT __attribute__((visibility("default")))
#define GIGABYTES(n) ((uint64_t)(n) << 30)

static void *driver;
static GetProcAddr instance_proc, device_proc;

static void fail(const char *problem) {
  fprintf(stderr, "shim: %s\n", problem);
  exit(4);
}

static void load(void) {
  if (driver) return;
  const char *path = getenv("SHIM_DRIVER");
  if (!path) fail("SHIM_DRIVER is not set");
  driver = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!driver) fail(dlerror());
  instance_proc = (GetProcAddr)dlsym(driver, "vk_icdGetInstanceProcAddr");
  if (!instance_proc) fail("the driver has no vk_icdGetInstanceProcAddr");
}

// Semaphores and fences. All work is finished when it is submitted, because nothing is done.

typedef struct {
  uint64_t value;
} Semaphore;

static Result create_semaphore(Handle device, const Base *info, const void *allocator, Handle *out) {
  (void)device, (void)allocator;
  Semaphore *semaphore = calloc(1, sizeof *semaphore);
  for (const Base *more = info->next; more; more = more->next) {
    if (more->type == SEMAPHORE_TYPE_CREATE_INFO) semaphore->value = ((const SemaphoreTypeCreateInfo *)more)->initial;
  }
  *out = semaphore;
  return SUCCESS;
}

static Result create_fence(Handle device, const Base *info, const void *allocator, Handle *out) {
  (void)device, (void)info, (void)allocator;
  *out = calloc(1, sizeof(Semaphore));
  return SUCCESS;
}

static void destroy(Handle device, Handle object, const void *allocator) {
  (void)device, (void)allocator;
  free(object);
}

static Result counter_value(Handle device, Semaphore *semaphore, uint64_t *value) {
  (void)device;
  *value = semaphore->value;
  return SUCCESS;
}

static Result signal_semaphore(Handle device, const SemaphoreSignalInfo *info) {
  (void)device;
  ((Semaphore *)info->semaphore)->value = info->value;
  return SUCCESS;
}

static Result submit(Handle queue, uint32_t count, const SubmitInfo *submits, Handle fence) {
  (void)queue, (void)fence;
  for (uint32_t i = 0; i < count; i++) {
    for (const Base *more = submits[i].base.next; more; more = more->next) {
      if (more->type != TIMELINE_SEMAPHORE_SUBMIT_INFO) continue;
      const TimelineSemaphoreSubmitInfo *values = (const void *)more;
      for (uint32_t k = 0; k < values->signals && k < submits[i].signals; k++) {
        ((Semaphore *)submits[i].signal[k])->value = values->signal[k];
      }
    }
  }
  return SUCCESS;
}

static Result submit2(Handle queue, uint32_t count, const SubmitInfo2 *submits, Handle fence) {
  (void)queue, (void)fence;
  for (uint32_t i = 0; i < count; i++) {
    for (uint32_t k = 0; k < submits[i].signals; k++) {
      ((Semaphore *)submits[i].signal[k].semaphore)->value = submits[i].signal[k].value;
    }
  }
  return SUCCESS;
}

static Result done(void) { return SUCCESS; }

// Memory: one type of the device, one that the host can map. The driver itself takes all from the machine.

static void memory_properties(Handle device, MemoryProperties *out) {
  (void)device;
  memset(out, 0, sizeof *out);
  out->types = out->heaps = 2;
  out->type[0].flags = DEVICE_LOCAL;
  out->type[1].flags = HOST_VISIBLE | HOST_COHERENT | HOST_CACHED;
  out->type[1].heap = 1;
  out->heap[0].size = out->heap[1].size = GIGABYTES(256);
  out->heap[0].flags = DEVICE_LOCAL_HEAP;
}

static void memory_properties2(Handle device, MemoryProperties2 *out) {
  memory_properties(device, &out->properties);
  for (const Base *more = out->base.next; more; more = more->next) {
    if (more->type != MEMORY_BUDGET_PROPERTIES) continue;
    MemoryBudget *budget = (MemoryBudget *)more;
    memset(budget->budget, 0, sizeof budget->budget);
    memset(budget->usage, 0, sizeof budget->usage);
    budget->budget[0] = budget->budget[1] = GIGABYTES(256);
  }
}

static Function real_requirements[2], real_requirements2[2], real_allocate;

#define REQUIREMENTS(name, i)                                                                     \
  static void name##_requirements(Handle device, Handle object, MemoryRequirements *out) {        \
    ((void (*)(Handle, Handle, MemoryRequirements *))real_requirements[i])(device, object, out);  \
    out->types = 3;                                                                               \
  }                                                                                               \
  static void name##_requirements2(Handle device, const Base *info, MemoryRequirements2 *out) {   \
    ((void (*)(Handle, const Base *, MemoryRequirements2 *))real_requirements2[i])(device, info, out); \
    out->requirements.types = 3;                                                                  \
  }
REQUIREMENTS(buffer, 0)
REQUIREMENTS(image, 1)

static Result allocate(Handle device, const MemoryAllocateInfo *info, const void *allocator, Handle *out) {
  MemoryAllocateInfo first = *info;
  first.type = 0;
  return ((Result(*)(Handle, const MemoryAllocateInfo *, const void *, Handle *))real_allocate)(device, &first, allocator, out);
}

// Pipelines: created with statistics, which are reported.

static Function real_create_device, real_create_pipelines;

static Result create_device(Handle physical, const DeviceCreateInfo *info, const void *allocator, Handle *out) {
  Result (*create)(Handle, const DeviceCreateInfo *, const void *, Handle *) = (void *)real_create_device;
  if (!getenv("SHIM_OUT")) return create(physical, info, allocator, out);
  DeviceCreateInfo more = *info;
  const char **extensions = malloc((info->extensions + 1) * sizeof *extensions);
  memcpy(extensions, info->extension, info->extensions * sizeof *extensions);
  extensions[more.extensions++] = "VK_KHR_pipeline_executable_properties";
  more.extension = extensions;
  PipelineExecutableFeatures features = {{PIPELINE_EXECUTABLE_FEATURES, info->base.next}, 1};
  more.base.next = &features.base;
  Result result = create(physical, &more, allocator, out);
  free(extensions);
  return result;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static Result create_pipelines(Handle device, Handle cache, uint32_t count, const ComputePipelineCreateInfo *infos,
                               const void *allocator, Handle *out) {
  Result (*create)(Handle, Handle, uint32_t, const ComputePipelineCreateInfo *, const void *, Handle *) =
      (void *)real_create_pipelines;
  const char *path = getenv("SHIM_OUT");
  if (!path) return create(device, cache, count, infos, allocator, out);
  for (uint32_t i = 0; i < count; i++) {
    ComputePipelineCreateInfo info = infos[i];
    info.flags |= CAPTURE_STATISTICS | (getenv("SHIM_LISTING") ? CAPTURE_REPRESENTATIONS : 0);
    double start = now();
    Result result = create(device, cache, 1, &info, allocator, &out[i]);
    double milliseconds = now() - start;
    if (result != SUCCESS) return result;
    FILE *file = fopen(path, "a");
    if (!file) fail("SHIM_OUT cannot be written");
    report_pipeline(file, device_proc, device, out[i], milliseconds);
    fclose(file);
  }
  return SUCCESS;
}

// Names to functions.

typedef struct {
  const char *name;
  void *function;
  Function *real; // receives the driver's own function
  int memory;     // only where the driver's memory types are not kept
} Entry;

static Function device_function(Handle device, const char *name);

static const Entry entries[] = {
    {"vkCreateSemaphore", create_semaphore, NULL, 0},
    {"vkDestroySemaphore", destroy, NULL, 0},
    {"vkGetSemaphoreCounterValue", counter_value, NULL, 0},
    {"vkGetSemaphoreCounterValueKHR", counter_value, NULL, 0},
    {"vkWaitSemaphores", done, NULL, 0},
    {"vkWaitSemaphoresKHR", done, NULL, 0},
    {"vkSignalSemaphore", signal_semaphore, NULL, 0},
    {"vkSignalSemaphoreKHR", signal_semaphore, NULL, 0},
    {"vkCreateFence", create_fence, NULL, 0},
    {"vkDestroyFence", destroy, NULL, 0},
    {"vkGetFenceStatus", done, NULL, 0},
    {"vkResetFences", done, NULL, 0},
    {"vkWaitForFences", done, NULL, 0},
    {"vkQueueSubmit", submit, NULL, 0},
    {"vkQueueSubmit2", submit2, NULL, 0},
    {"vkQueueSubmit2KHR", submit2, NULL, 0},
    {"vkQueueWaitIdle", done, NULL, 0},
    {"vkDeviceWaitIdle", done, NULL, 0},
    {"vkBeginCommandBuffer", done, NULL, 0},
    {"vkEndCommandBuffer", done, NULL, 0},
    {"vkResetCommandBuffer", done, NULL, 0},
    {"vkResetCommandPool", done, NULL, 0},
    {"vkCreateDevice", create_device, &real_create_device, 0},
    {"vkCreateComputePipelines", create_pipelines, &real_create_pipelines, 0},
    {"vkGetDeviceProcAddr", device_function, (Function *)&device_proc, 0},
    {"vkGetPhysicalDeviceMemoryProperties", memory_properties, NULL, 1},
    {"vkGetPhysicalDeviceMemoryProperties2", memory_properties2, NULL, 1},
    {"vkGetPhysicalDeviceMemoryProperties2KHR", memory_properties2, NULL, 1},
    {"vkGetBufferMemoryRequirements", buffer_requirements, &real_requirements[0], 1},
    {"vkGetImageMemoryRequirements", image_requirements, &real_requirements[1], 1},
    {"vkGetBufferMemoryRequirements2", buffer_requirements2, &real_requirements2[0], 1},
    {"vkGetBufferMemoryRequirements2KHR", buffer_requirements2, &real_requirements2[0], 1},
    {"vkGetImageMemoryRequirements2", image_requirements2, &real_requirements2[1], 1},
    {"vkGetImageMemoryRequirements2KHR", image_requirements2, &real_requirements2[1], 1},
    {"vkAllocateMemory", allocate, &real_allocate, 1},
};

// The shim's function of that name, or the driver's.
static Function replace(const char *name, Function real) {
  if (!real) return NULL;
  if (!strncmp(name, "vkCmd", 5)) return (Function)done;
  for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
    const Entry *entry = &entries[i];
    if (strcmp(entry->name, name) || (entry->memory && getenv("SHIM_MEMORY"))) continue;
    if (entry->real && real != (Function)entry->function) *entry->real = real;
    return (Function)entry->function;
  }
  return real;
}

static Function device_function(Handle device, const char *name) { return replace(name, device_proc(device, name)); }

EXPORT Function vk_icdGetInstanceProcAddr(Handle instance, const char *name) {
  load();
  return replace(name, instance_proc(instance, name));
}

EXPORT Result vk_icdNegotiateLoaderICDInterfaceVersion(uint32_t *version) {
  load();
  Result (*negotiate)(uint32_t *) = (void *)dlsym(driver, "vk_icdNegotiateLoaderICDInterfaceVersion");
  if (negotiate) return negotiate(version);
  return SUCCESS;
}

EXPORT Function vk_icdGetPhysicalDeviceProcAddr(Handle instance, const char *name) {
  load();
  GetProcAddr get = (GetProcAddr)dlsym(driver, "vk_icdGetPhysicalDeviceProcAddr");
  return get ? replace(name, get(instance, name)) : NULL;
}
