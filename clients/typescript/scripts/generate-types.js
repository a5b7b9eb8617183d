// Writes src/generated/api.ts anew.
//
//   npm run types [URL]    from the API at URL (http://127.0.0.1:8080), or from a file with its description

import { readFile, writeFile } from 'node:fs/promises';
import { typesOf } from './types.js';

const source = process.argv[2] ?? 'http://127.0.0.1:8080';
const document = /^https?:/.test(source) ? await download(new URL('/openapi/v1.json', source)) : JSON.parse(await readFile(source, 'utf8'));
await writeFile(new URL('../src/generated/api.ts', import.meta.url), typesOf(document));

async function download(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}.`);
  return answer.json();
}
