// The batch as most kernels see it: to read. Linked after batch_layout.
@group(0) @binding(2) var<storage, read> batch: Batch;
