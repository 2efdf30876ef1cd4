import { describe, expect, it } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const SRC = resolve('src');

/** What each room may import: other rooms, and packages. docs/architecture.md says why. */
const WALLS: Record<string, { rooms: string[]; packages: RegExp }> = {
  domain: { rooms: ['domain'], packages: /^(luxon|croner|re2js|@prometheus-io\/lezer-promql|@lezer\/(common|lr))$/ },
  ports: { rooms: ['ports', 'domain'], packages: /^luxon$/ },
  app: { rooms: ['app', 'domain', 'ports'], packages: /^luxon$/ },
  config: { rooms: ['config', 'domain'], packages: /^(zod|yaml|node:crypto|luxon)$/ },
  adapters: { rooms: ['domain', 'ports'], packages: /./ },
  server: {
    rooms: ['server', 'app', 'domain', 'ports', 'config'],
    packages: /^(express|prom-client|luxon|node:(https?|tls|crypto|net|url|querystring)|zod|pino)/,
  },
  operator: { rooms: ['operator', 'app', 'domain', 'ports', 'config'], packages: /^(node-cron|luxon)$/ },
  cli: { rooms: ['cli', 'app', 'domain', 'ports', 'config'], packages: /^(yaml|luxon|node:util)$/ },
  telemetry: { rooms: ['telemetry', 'domain', 'ports'], packages: /^(pino|prom-client)$/ },
};

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

const importsOf = (text: string): string[] =>
  [
    ...text.matchAll(
      /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s+'([^']+)'|import\('([^']+)'\)|(?:^|\n)import '([^']+)'/g,
    ),
  ].map((match) => match[1] ?? match[2] ?? match[3]!);

/** Adapters may not import one another: each folder is its own; what lies beside the folders decorates a port. */
const adapterOf = (path: string): string => relative(join(SRC, 'adapters'), path).split('/')[0]!;

function breaches(file: string, text: string): string[] {
  const room = relative(SRC, file).split('/')[0]!;
  const wall = WALLS[room];
  if (!wall) return [];
  return importsOf(text).flatMap((name) => {
    if (!name.startsWith('.')) return wall.packages.test(name) ? [] : [`${relative(SRC, file)} imports ${name}`];
    const target = resolve(dirname(file), name);
    const targetRoom = relative(SRC, target).split('/')[0]!;
    const own = room === 'adapters' && targetRoom === 'adapters' && adapterOf(file) === adapterOf(target);
    return own || wall.rooms.includes(targetRoom) ? [] : [`${relative(SRC, file)} imports ${relative(SRC, target)}`];
  });
}

const all = filesBelow(SRC).map((file) => ({ file, text: readFileSync(file, 'utf8') }));

describe('the house', () => {
  it('keeps its walls: every import goes in an allowed direction', () => {
    expect(all.flatMap(({ file, text }) => breaches(file, text))).toEqual([]);
  });

  it.each([
    ['domain', "import { x } from '../ports/clock.ts';"],
    ['domain', "import axios from 'axios';"],
    ['app', "import { x } from '../adapters/files/policy-folder.ts';"],
    ['cli', "import { readFile } from 'node:fs/promises';"],
    ['adapters/files', "import { x } from '../model/load.ts';"],
  ])('would notice a planted breach in %s', (room, line) => {
    expect(breaches(join(SRC, room, 'planted.ts'), `${line}\n`)).toHaveLength(1);
  });

  it('has a domain without clock, randomness, environment, timers or console', () => {
    const impure =
      /\b(Date\.now|new Date\(\)|DateTime\.(now|local|utc)\(\)|Math\.random|process\.|setTimeout|setInterval|console\.)/;
    expect(
      all
        .filter(({ file, text }) => file.includes('/domain/') && impure.test(text))
        .map(({ file }) => relative(SRC, file)),
    ).toEqual([]);
  });

  it('reads argv and the environment in main.ts alone', () => {
    const outside = all.filter(
      ({ file, text }) => !file.endsWith('src/main.ts') && /\bprocess\.(argv|env|exit)\b/.test(text),
    );
    expect(outside.map(({ file }) => relative(SRC, file))).toEqual([]);
  });

  it('has no file over 400 lines', () => {
    const long = [...filesBelow(SRC), ...filesBelow(resolve('test'))]
      .map((file) => ({ file: relative('.', file), lines: readFileSync(file, 'utf8').split('\n').length }))
      .filter(({ lines }) => lines > 400);
    expect(long).toEqual([]);
  });

  it("knows no installation's namespace or service names outside of the model platform", () => {
    const names = /tidecaster-system|'monitoring'|streaming-service|cdn-gateway|video-api/;
    const knowing = all.filter(({ file, text }) => !file.includes('/adapters/model/') && names.test(text));
    expect(knowing.map(({ file }) => relative(SRC, file))).toEqual([]);
  });
});
