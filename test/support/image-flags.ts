import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '../controlplane/tidecaster.ts';

/** The flags that Node gets in the image, which are measured as well. @throws Error where the Dockerfile has no such ENTRYPOINT */
export function imageFlags(): string[] {
  const dockerfile = readFileSync(join(REPOSITORY, 'Dockerfile'), 'utf8');
  const entrypoint = /^ENTRYPOINT (\[.*\])$/m.exec(dockerfile)?.[1];
  const [node, ...rest] = JSON.parse(entrypoint ?? '[]') as string[];
  if (node !== 'node' || !rest.at(-1)?.endsWith('tidecaster.js')) {
    throw new Error('the ENTRYPOINT of the Dockerfile is not `node [flags] .../tidecaster.js`');
  }
  return rest.slice(0, -1);
}
