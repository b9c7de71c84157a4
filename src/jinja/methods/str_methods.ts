import { STR_FORMAT } from "./format.ts";
import type { Methods } from "./methods.ts";
import { STR_KINDS } from "./str_kinds.ts";
import { STR_SEARCH } from "./str_search.ts";
import { STR_SHAPE } from "./str_shape.ts";

/** All public methods of str. */
export const STR_METHODS: Methods<string> = { ...STR_SEARCH, ...STR_SHAPE, ...STR_KINDS, ...STR_FORMAT };
