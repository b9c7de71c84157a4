import { TemplateError } from "../values/values.ts";

/** The error for a template that Jinja2 cannot compile. */
export class TemplateSyntaxError extends TemplateError {
  /** `line` is the template line; `construct` is the tag being parsed, such as `{% for %}`, if any. */
  constructor(message: string, readonly line: number, readonly construct?: string) {
    super(message);
  }
}
