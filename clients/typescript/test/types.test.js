// The committed types are those of what the API serves.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { typesOf } from '../scripts/types.js';
import { startStandalone } from './support/fleet.js';

test('the committed types are those of the API\'s own description', { timeout: 120_000 }, async (context) => {
  const server = await startStandalone();
  context.after(() => server.stop());
  const answer = await fetch(new URL('/openapi/v1.json', server.url));
  const committed = await readFile(new URL('../src/generated/api.ts', import.meta.url), 'utf8');

  assert.equal(committed, typesOf(await answer.json()), 'The API changed: run `npm run types` and commit src/generated/api.ts.');
});
