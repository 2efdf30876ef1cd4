import { mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeVolume } from './volume.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'volume-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const files = (content: Record<string, string>) =>
  new Map(Object.entries(content).map(([path, text]) => [path, Buffer.from(text)]));
const visible = () => readdirSync(folder).filter((name) => !name.startsWith('..'));

test('a volume looks as a kubelet leaves it: links through ..data to one folder that is swapped whole', () => {
  writeVolume(folder, files({ 'a.yaml': 'one', 'b.yaml': 'two' }));
  const first = readlinkSync(join(folder, '..data'));
  expect(readlinkSync(join(folder, 'a.yaml'))).toBe('..data/a.yaml');

  writeVolume(folder, files({ 'a.yaml': 'three', 'c/d.yaml': 'four' }));
  expect(visible()).toEqual(['a.yaml', 'c']);
  expect(readFileSync(join(folder, 'a.yaml'), 'utf8')).toBe('three');
  expect(readFileSync(join(folder, 'c/d.yaml'), 'utf8')).toBe('four');
  expect(readdirSync(folder)).not.toContain(first);
});

test('an emptied volume has no files', () => {
  writeVolume(folder, files({ 'a.yaml': 'one' }));
  writeVolume(folder, files({}));
  expect(visible()).toEqual([]);
});
