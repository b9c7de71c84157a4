import { TemplateError } from "../values/values.ts";

/** A template that Jinja2 does not compile. */
export class TemplateSyntaxError extends TemplateError {
  /** `line` is the template's line; `construct` the tag that is being read, such as `{% for %}`, if any. */
  constructor(message: string, readonly line: number, readonly construct?: string) {
    super(message);
  }
}
