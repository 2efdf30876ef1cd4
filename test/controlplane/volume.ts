import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Files of a volume: content by path below its mount point. */
export type Files = ReadonlyMap<string, Buffer>;

/**
 * Writes files the way a kubelet writes a ConfigMap or Secret volume: into a new folder, to which the symbolic link `..data`
 * is swung at once, so that a reader sees all of the old content or all of the new.
 */
export function writeVolume(folder: string, files: Files): void {
  mkdirSync(folder, { recursive: true });
  const fresh = mkdtempSync(join(folder, '..'.concat(new Date().toISOString().replaceAll(/[:T]/g, '_'), '.')));
  for (const [path, content] of files) {
    const target = join(fresh, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
  const data = join(folder, '..data');
  const previous = existsSync(data) ? join(folder, readlinkSync(data)) : null;
  symlinkSync(basename(fresh), `${data}_tmp`);
  renameSync(`${data}_tmp`, data);

  const tops = new Set([...files.keys()].map((path) => path.split('/')[0]!));
  for (const top of tops) if (!existsSync(join(folder, top))) symlinkSync(join('..data', top), join(folder, top));
  for (const entry of readdirSync(folder)) if (!entry.startsWith('..') && !tops.has(entry)) rmSync(join(folder, entry));
  if (previous) rmSync(previous, { recursive: true });
}
