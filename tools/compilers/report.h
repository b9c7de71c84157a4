// Reports a compute pipeline: a line of JSON with its compile time and, for each executable, the driver's statistics
// (VK_KHR_pipeline_executable_properties) and, if SHIM_LISTING is set, the machine code.
#include "vulkan.h"
#include <stdio.h>

void report_pipeline(FILE *file, GetProcAddr device_proc, Handle device, Handle pipeline, double milliseconds);
