import { propertiesOf, textsOf } from "./keywords.ts";
import { isObject, type JsonObject, type Located, SchemaError, token } from "./located.ts";

/**
 * `dependentRequired` and `dependentSchemas` as alternatives, one group a property: either the property is absent, or it
 * is there with what depends on it.
 * @throws SchemaError for a keyword that is malformed
 */
export function dependenciesOf(schema: JsonObject, pointer: string): Located[][] {
  const lists = schema.dependentRequired ?? {};
  const at = `${pointer}/dependentRequired`;
  if (!isObject(lists)) throw new SchemaError(at, "expected an object");
  const schemas = propertiesOf(schema, pointer, "dependentSchemas");
  return [
    ...Object.keys(lists).map((name) =>
      group(name, `${at}/${token(name)}`, { required: [name, ...textsOf(lists, at, name)] })
    ),
    ...[...schemas].map(([name, { schema: one, pointer: where }]) =>
      group(name, where, { allOf: [one, { required: [name] }] })
    ),
  ];
}

function group(name: string, pointer: string, present: JsonObject): Located[] {
  return [
    { schema: { properties: { [name]: false } }, pointer: `${pointer}/absent` },
    { schema: present, pointer: `${pointer}/present` },
  ];
}
