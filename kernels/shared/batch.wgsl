// The batch as most kernels see it: to read.
// gives: batch
// needs: Batch
@group(0) @binding(2) var<storage, read> batch: Batch;
