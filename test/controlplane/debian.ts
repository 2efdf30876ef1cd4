import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A program that is had as a Debian package: its name, and where the program is in it. */
export type DebianPackage = { package: string; path: string };

/**
 * Takes one program out of a Debian package into a folder, without installing the package: no root, no service that starts.
 *
 * @throws Error that says what to install, where apt cannot get it
 */
export async function unpack(
  { package: name, path }: DebianPackage,
  into: string,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const aside = mkdtempSync(join(tmpdir(), 'tidecaster-debian-'));
  try {
    // Lists of its own: those of the machine may be missing, old, or somebody else's to write.
    for (const folder of ['lists/partial', 'cache/archives/partial'])
      mkdirSync(join(aside, folder), { recursive: true });
    const own = ['-qq', '-o', `Dir::State::lists=${aside}/lists`, '-o', `Dir::Cache=${aside}/cache`];
    const inPlace = { cwd: aside, env: environment };
    await run('apt-get', [...own, 'update'], inPlace);
    await run('apt-get', [...own, 'download', name], inPlace);
    const archive = readdirSync(aside).find((file) => file.endsWith('.deb'));
    if (!archive) throw new Error(`apt-get download ${name} left no package`);
    await run('dpkg', ['-x', archive, 'unpacked'], inPlace);
    mkdirSync(into, { recursive: true });
    const program = path.slice(path.lastIndexOf('/') + 1);
    copyFileSync(join(aside, 'unpacked', path), join(into, `.${program}`));
    renameSync(join(into, `.${program}`), join(into, program));
  } catch (cause) {
    throw new Error(
      `${name}: not in TIDECASTER_BIN, not on PATH, and apt cannot get it. Install the Debian package ${name}, or put its ${path} into a folder and name that in TIDECASTER_BIN.`,
      { cause },
    );
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

type Where = { cwd: string; env: NodeJS.ProcessEnv };

function run(command: string, args: readonly string[], where: Where): Promise<void> {
  const child = spawn(command, args, { ...where, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4000)));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}:\n${said}`));
    });
  });
}
