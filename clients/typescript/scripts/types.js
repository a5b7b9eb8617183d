// Turns the schemas of an OpenAPI document into TypeScript.

const preamble = `// Made by \`npm run types\` from the API's own description, GET /openapi/v1.json. Do not edit: a test compares it with what the API serves.
`;

/** The TypeScript of a document's schemas, by name. */
export function typesOf(document) {
  const schemas = Object.entries(document.components.schemas).sort(([one], [other]) => (one < other ? -1 : 1));
  return [preamble, ...schemas.map(([name, schema]) => declare(name, schema))].join('\n');
}

function declare(name, schema) {
  const head = comment(schema.description, '');
  if (!schema.properties) return `${head}export type ${name} = ${typeOf(schema)};\n`;
  const required = new Set(schema.required);
  const members = Object.entries(schema.properties).map(([member, value]) =>
    `${comment(descriptionOf(value), '  ')}  ${member}${required.has(member) ? '' : '?'}: ${typeOf(value)}${required.has(member) ? '' : ' | undefined'};\n`);
  return `${head}export interface ${name} {\n${members.join('')}}\n`;
}

function typeOf(schema) {
  if (schema.$ref) return schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.oneOf) return nullLast(schema.oneOf.map(typeOf)).join(' | ');
  if (schema.type === undefined) return 'unknown';
  return nullLast([schema.type].flat().map((type) => named(type, schema))).join(' | ');
}

function named(type, schema) {
  switch (type) {
    case 'integer':
      return 'number';
    case 'array': {
      const items = typeOf(schema.items);
      return items.includes(' ') ? `(${items})[]` : `${items}[]`;
    }
    case 'object':
      return `Record<string, ${schema.additionalProperties ? typeOf(schema.additionalProperties) : 'unknown'}>`;
    case 'null':
    case 'string':
    case 'number':
    case 'boolean':
      return type;
    default:
      throw new Error(`The document has a type that is not known here: ${JSON.stringify(schema)}`);
  }
}

function nullLast(types) {
  return [...types.filter((type) => type !== 'null'), ...types.filter((type) => type === 'null')];
}

/** What is said of a value, which for one that may be null stands with what it is otherwise. */
function descriptionOf(schema) {
  return schema.description ?? schema.oneOf?.map(descriptionOf).find((text) => text);
}

function comment(text, indent) {
  return text ? `${indent}/** ${text.replaceAll('\n', ' ').replaceAll('*/', '*\\/')} */\n` : '';
}
