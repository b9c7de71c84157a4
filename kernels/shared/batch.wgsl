// The batch, read-only, as most kernels use it.
// gives: batch
// needs: Batch
@group(0) @binding(2) var<storage, read> batch: Batch;
