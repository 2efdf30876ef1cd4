import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tools } from '../../src/cli/command.ts';
import { ConflictError, NotFoundError } from '../../src/domain/errors.ts';
import { createTools } from '../../src/wiring/tools.ts';

let folder: string;
let tools: Tools;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidecaster-tools-'));
  tools = createTools({
    env: {},
    signal: new AbortController().signal,
    stdout: () => {},
    stderr: () => {},
    terminal: false,
    build: { version: '1.2.3', node: '24.0.0', zoneData: '2026c' },
  });
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('new files', () => {
  it('are written into a folder that is made for them', async () => {
    await tools.writeNewFiles(join(folder, 'a', 'b'), new Map([['x.yaml', 'x: 1\n']]));
    expect(readFileSync(join(folder, 'a', 'b', 'x.yaml'), 'utf8')).toBe('x: 1\n');
  });

  it('overwrite nothing: where one is there, none is written', async () => {
    writeFileSync(join(folder, 'y.yaml'), 'mine');
    const files = new Map([
      ['x.yaml', 'x'],
      ['y.yaml', 'y'],
    ]);
    await expect(tools.writeNewFiles(folder, files)).rejects.toThrow(ConflictError);
    expect(readdirSync(folder)).toEqual(['y.yaml']);
    expect(readFileSync(join(folder, 'y.yaml'), 'utf8')).toBe('mine');
  });

  it('need a folder where a file is', async () => {
    writeFileSync(join(folder, 'file'), 'mine');
    const writing = tools.writeNewFiles(join(folder, 'file'), new Map([['x.yaml', 'x']]));
    await expect(writing).rejects.toThrow(NotFoundError);
    await expect(writing).rejects.toThrow('file is no folder that can be written');
  });
});
