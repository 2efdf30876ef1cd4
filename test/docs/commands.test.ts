import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { commands, groupOf } from '../../src/cli/commands.ts';
import { demoTable } from '../../src/cli/demo-table.ts';
import { EXIT_CODES } from '../../src/cli/exit-code.ts';
import { type Document, blocks, documentOf, documents, spans, tableRows } from './documents.ts';

const all = documents();
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

/** Every line of code in a page: comments cut off, continued lines joined. */
const codeLines = (document: Document): string[] =>
  [...spans(document), ...blocks(document).flatMap(({ text }) => text.replaceAll('\\\n', ' ').split('\n'))].map(
    (line) => line.replace(/\s#.*$/, ''),
  );

/** What `tidecaster NAME --flag` in a line is not as the program has it. */
function wrongUses(line: string): string[] {
  const use = /^(?:npx )?tidecaster\s+([\w-]+)(.*)$/.exec(line.trim().replace(/^why\s+/, ''));
  if (!use) return [];
  const [, name = '', rest = ''] = use;
  if (name === 'COMMAND' || name.startsWith('--')) return [];
  const command = commandNamed(`${name}${rest}`);
  if (groupOf(name).length > 0 && rest.trim() === '') return [];
  if (!command) return [`tidecaster ${name}: no such command`];
  return flagsIn(rest)
    .filter((flag) => !has(command.options, flag))
    .map((flag) => `tidecaster ${name} ${flag}: no such flag`);
}

/** By its first word, or its first two. */
const commandNamed = (text: string): (typeof commands)[number] | undefined =>
  commands.find((one) => `${text} `.startsWith(`${one.name} `));

const flagsIn = (text: string): string[] => [...text.matchAll(/(?<![\w-])--?[A-Za-z][\w-]*/g)].map(([flag]) => flag);

function has(options: Readonly<Record<string, { short?: string | undefined }>>, flag: string): boolean {
  const name = flag.replace(/^--?/, '');
  if (name === 'help') return true;
  return flag.startsWith('--') ? name in options : Object.values(options).some(({ short }) => short === name);
}

/** `npm run X` and `npm start -- --flag`. */
function wrongScripts(line: string): string[] {
  const missing = [...line.matchAll(/npm run ([\w:-]+)/g)].flatMap(([, name = '']) =>
    name in scripts ? [] : [`npm run ${name}: no such script`],
  );
  const demo = /npm start -- (.*)$/.exec(line);
  return [...missing, ...wrongUses(demo ? `tidecaster demo ${demo[1]}` : '')];
}

describe('commands in the docs', () => {
  it('are commands and flags that the program has', () => {
    expect(all.flatMap(codeLines).flatMap(wrongUses)).toEqual([]);
  });

  it('are scripts that package.json has', () => {
    expect(all.flatMap(codeLines).flatMap(wrongScripts)).toEqual([]);
  });

  it.each([['tidecaster pla'], ['npx tidecaster plan --hour 3'], ['tidecaster release --All'], ['tidecaster plan -x']])(
    'would be noticed where they are not: %s',
    (line) => {
      expect(wrongUses(line)).toHaveLength(1);
    },
  );

  it('are flags of some command also where they stand alone', () => {
    const known = commands.map(({ options }) => options);
    // other programs' flags
    const foreign = new Set([
      '--server-side',
      '--ignore-scripts',
      '--kube-api-qps',
      '--concurrent-horizontal-pod-autoscaler-syncs',
    ]);
    const alone = all.flatMap(spans).filter((span) => /^--?[a-z][\w-]*( [A-Z]+)?$/.test(span) && !foreign.has(span));
    expect(alone.filter((span) => !known.some((options) => has(options, span.split(' ')[0]!)))).toEqual([]);
  });

  it('are all in the table of README', () => {
    const named = tableRows(documentOf('README.md'), 'command').map(
      ([cell = '']) => commandNamed(cell.replace(/^tidecaster /, ''))?.name,
    );
    expect(named).toEqual(commands.map(({ name }) => name));
  });
});

describe('exit codes in the docs', () => {
  it('are those of the program', () => {
    const rows = tableRows(documentOf('README.md'), 'code');
    expect(rows).toEqual(EXIT_CODES.map(({ code, means }) => [String(code), means]));
  });

  it('stand in one table alone', () => {
    const tables = all.filter((document) => tableRows(document, 'code').length > 0);
    expect(tables.map(({ file }) => file)).toEqual(['README.md']);
  });
});

describe("README's first screen", () => {
  const screen = documentOf('README.md').text.split('\n').slice(0, 45).join('\n');

  it.each([['npm ci && npm start'], ['npm ci && npm test'], ['curl -k'], ['docs/policies.md'], ['docs/install.md']])(
    'shows %s',
    (what) => {
      expect(screen).toContain(what);
    },
  );

  it('shows the table with the columns that it has', () => {
    const empty = demoTable({ at: '', revision: '', holder: null, problems: [], decisions: [] });
    const header = empty.split('\n').find((line) => line.startsWith('HPA'));
    expect(header).toBeDefined();
    expect(screen.split('\n').map((line) => line.replaceAll(/ +/g, ' '))).toContain(header?.replaceAll(/ +/g, ' '));
  });
});
