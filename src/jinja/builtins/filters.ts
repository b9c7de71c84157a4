import type { Filter } from "./filter_support.ts";
import { HTML_FILTERS } from "./filters_html.ts";
import { LIST_FILTERS } from "./filters_list.ts";
import { NUMBER_FILTERS } from "./filters_number.ts";
import { ORDER_FILTERS } from "./filters_order.ts";
import { TEXT_FILTERS } from "./filters_text.ts";

export type { Filter } from "./filter_support.ts";

/** All Jinja2 filters by name; `tojson` is that of transformers. */
export const FILTERS: ReadonlyMap<string, Filter> = new Map(Object.entries({
  ...TEXT_FILTERS,
  ...LIST_FILTERS,
  ...ORDER_FILTERS,
  ...NUMBER_FILTERS,
  ...HTML_FILTERS,
}));
