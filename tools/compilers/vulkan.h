// The declarations of Vulkan 1.3 that shim.c uses, so that no header package is needed. 64-bit machines only: there every
// handle is as wide as a pointer. Names are those of the specification, without their prefix.
#include <stddef.h>
#include <stdint.h>

typedef int32_t Result;
typedef void *Handle;
typedef void (*Function)(void);
typedef Function (*GetProcAddr)(Handle owner, const char *name);

enum {
  SUCCESS = 0,
  SEMAPHORE_TYPE_CREATE_INFO = 1000207002,
  TIMELINE_SEMAPHORE_SUBMIT_INFO = 1000207003,
  MEMORY_BUDGET_PROPERTIES = 1000237000,
  PIPELINE_EXECUTABLE_FEATURES = 1000269000,
  PIPELINE_INFO = 1000269001,
  PIPELINE_EXECUTABLE_PROPERTIES = 1000269002,
  PIPELINE_EXECUTABLE_INFO = 1000269003,
  PIPELINE_EXECUTABLE_STATISTIC = 1000269004,
  PIPELINE_EXECUTABLE_REPRESENTATION = 1000269005,
};

// Bits of a pipeline's flags, of memory types and of heaps.
enum { CAPTURE_STATISTICS = 0x40, CAPTURE_REPRESENTATIONS = 0x80 };
enum { DEVICE_LOCAL = 1, HOST_VISIBLE = 2, HOST_COHERENT = 4, HOST_CACHED = 8, DEVICE_LOCAL_HEAP = 1 };
// Kinds of a statistic's value.
enum { BOOL32 = 0, INT64 = 1, UINT64 = 2, FLOAT64 = 3 };

// Every structure begins so.
typedef struct Base {
  int32_t type;
  const struct Base *next;
} Base;

typedef struct {
  Base base;
  uint32_t kind;
  uint64_t initial;
} SemaphoreTypeCreateInfo;

typedef struct {
  Base base;
  Handle semaphore;
  uint64_t value;
} SemaphoreSignalInfo;

typedef struct {
  Base base;
  uint32_t waits;
  const Handle *wait;
  const uint32_t *stages;
  uint32_t buffers;
  const Handle *buffer;
  uint32_t signals;
  const Handle *signal;
} SubmitInfo;

typedef struct {
  Base base;
  uint32_t waits;
  const uint64_t *wait;
  uint32_t signals;
  const uint64_t *signal;
} TimelineSemaphoreSubmitInfo;

typedef struct {
  Base base;
  Handle semaphore;
  uint64_t value;
  uint64_t stages;
  uint32_t device;
} SemaphoreSubmitInfo;

typedef struct {
  Base base;
  uint32_t flags;
  uint32_t waits;
  const SemaphoreSubmitInfo *wait;
  uint32_t buffers;
  const void *buffer;
  uint32_t signals;
  const SemaphoreSubmitInfo *signal;
} SubmitInfo2;

typedef struct {
  Base base;
  uint32_t flags;
  uint32_t queues;
  const void *queue;
  uint32_t layers;
  const char *const *layer;
  uint32_t extensions;
  const char *const *extension;
  const void *features;
} DeviceCreateInfo;

typedef struct {
  Base base;
  uint32_t enabled;
} PipelineExecutableFeatures;

typedef struct {
  Base base;
  uint32_t flags;
  Base stage;
  uint32_t stage_flags, stage_bit;
  Handle module;
  const char *entry;
  const void *specialization;
  Handle layout, parent;
  int32_t parent_index;
} ComputePipelineCreateInfo;

typedef struct {
  Base base;
  Handle pipeline;
} PipelineInfo;

typedef struct {
  Base base;
  uint32_t stages;
  char name[256], description[256];
  uint32_t subgroup_size;
} PipelineExecutableProperties;

typedef struct {
  Base base;
  Handle pipeline;
  uint32_t index;
} PipelineExecutableInfo;

typedef struct {
  Base base;
  char name[256], description[256];
  int32_t format;
  union {
    uint32_t b32;
    int64_t i64;
    uint64_t u64;
    double f64;
  } value;
} PipelineExecutableStatistic;

typedef struct {
  Base base;
  char name[256], description[256];
  uint32_t is_text;
  size_t size;
  void *data;
} PipelineExecutableRepresentation;

typedef struct {
  uint32_t types;
  struct {
    uint32_t flags, heap;
  } type[32];
  uint32_t heaps;
  struct {
    uint64_t size;
    uint32_t flags;
  } heap[16];
} MemoryProperties;

typedef struct {
  Base base;
  MemoryProperties properties;
} MemoryProperties2;

typedef struct {
  Base base;
  uint64_t budget[16], usage[16];
} MemoryBudget;

typedef struct {
  uint64_t size, alignment;
  uint32_t types;
} MemoryRequirements;

typedef struct {
  Base base;
  MemoryRequirements requirements;
} MemoryRequirements2;

typedef struct {
  Base base;
  uint64_t size;
  uint32_t type;
} MemoryAllocateInfo;
