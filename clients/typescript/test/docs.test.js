// What docs/watching.md shows works as it stands there.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { after, before, test } from 'node:test';
import vm from 'node:vm';
import { FleetClient } from '@fleet/client';
import { startStandalone } from './support/fleet.js';
import { root, until } from './support/process.js';

const patience = { timeout: 120_000 };
const execute = promisify(execFile);
const here = fileURLToPath(new URL('..', import.meta.url));

let server;
let fleet;
let snippets;
before(async () => {
  server = await startStandalone();
  fleet = new FleetClient({ url: server.url });
  const page = await readFile(join(root, 'docs/watching.md'), 'utf8');
  snippets = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, text]) => ({ language, text }));
}, { timeout: 120_000 });
after(() => server?.stop());

/** The snippets of a language, with the server's address, and a run's id where one is wanted. */
function snippetsOf(language, run) {
  const found = snippets.filter((snippet) => snippet.language === language);
  assert.ok(found.length > 0, `There is no ${language} in docs/watching.md.`);
  return found.map(({ text }) => text.replaceAll('http://127.0.0.1:8080', server.url).replaceAll('RUN_ID', run));
}

/** A folder in the package, from where it is found by its name. */
async function folder(context) {
  const made = await mkdtemp(join(here, 'test-docs-'));
  context.after(() => rm(made, { recursive: true, force: true }));
  return made;
}

test('the modules run in Node.js', patience, async (context) => {
  const [loop, feed] = snippetsOf('js');
  const made = await folder(context);
  const run = async (name, text) => {
    await writeFile(join(made, name), text);
    return (await execute(process.execPath, [join(made, name)])).stdout;
  };

  assert.match(await run('loop.mjs', loop), /^25 %\n50 %\n75 %\n100 %\ndone \{ seconds: [\d.]+ \}\n$/);
  const { id } = await fleet.runs.create({ job: 'sleep', input: { seconds: 60 } });
  assert.match(await run('feed.mjs', feed), /live[^]*at first 1|at first 1[^]*live/);
  await fleet.runs.cancel(id);
});

test('the page shows a run with a plain script tag', patience, async (context) => {
  const { id } = await fleet.runs.create({ job: 'noop' });
  const [page] = snippetsOf('html', id);
  const [, script] = /<script>\n(.*)<\/script>/s.exec(page);
  const lines = [];
  // What the page uses of a browser. The bundle takes Node.js's WebSocket, which it asks for as it would be asked for without a bundler.
  const list = { append: ({ textContent }) => lines.push(textContent) };
  globalThis.document = { createElement: () => ({}), getElementById: (name) => (page.includes(`id="${name}"`) ? list : null) };
  globalThis.require = createRequire(createRequire(import.meta.url).resolve('@microsoft/signalr'));
  context.after(() => {
    delete globalThis.document;
    delete globalThis.require;
  });

  vm.runInThisContext(await readFile(join(here, 'dist/fleet-client.global.js'), 'utf8'));
  const client = vm.runInThisContext(`(() => { ${script}\nreturn fleet; })()`);

  await until(() => lines.some((line) => line.includes('succeeded')), 'the end is shown');
  client.close();
  assert.deepEqual(lines.map((line) => line.split(' ').slice(0, 2).join(' ')), ['1 queued', '2 started', '3 succeeded']);
});

test('the hooks of React fit the types', patience, async (context) => {
  const [hooks] = snippetsOf('tsx');
  const made = await folder(context);
  await writeFile(join(made, 'hooks.tsx'), hooks);
  const compile = (file) => execute(process.execPath, [
    join(here, 'node_modules/typescript/bin/tsc'), '--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext', '--jsx', 'react-jsx', '--lib', 'es2023,dom',
    '--types', 'react', '--skipLibCheck', '--ignoreConfig', file,
  ], { cwd: made });

  await compile('hooks.tsx');

  // And what does not fit is found: the check above could fail.
  await writeFile(join(made, 'wrong.tsx'), hooks.replace('onSnapshot: setRun', 'onSnapshot: setEvents'));
  await assert.rejects(compile('wrong.tsx'), ({ stdout }) => /error TS/.test(stdout));
});

test('curl shows a run', patience, async () => {
  const { id } = await fleet.runs.create({ job: 'noop' });
  const [command] = snippetsOf('sh', id);

  const { stdout } = await execute('sh', ['-c', command]);

  assert.deepEqual([...stdout.matchAll(/^event: (\w+)$/gm)].map(([, type]) => type), ['queued', 'started', 'succeeded']);
});
