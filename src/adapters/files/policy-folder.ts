import { readFile, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Problem, describeError } from '../../domain/errors.ts';
import { type AutoscalingPolicy, policyKey } from '../../domain/policy/autoscaling-policy.ts';
import type { PolicyReading, PolicySource } from '../../ports/policy-source.ts';

/** config/policy.ts, handed in: adapters know no schema. */
export type PolicyFormat = {
  parse(file: string, text: string): { policies: AutoscalingPolicy[]; problems: Problem[] };
  revisionOf(files: ReadonlyMap<string, string>): string;
};

/** How long a content must read the same before it is taken up. */
const SETTLE_MS = 500;

/**
 * The policies in a folder, read anew at each call: level, not edge, so no notification can be missed. What stands there is
 * taken up once it has read the same for half a second, so that a half-written file, an editor's rename or a ConfigMap's symlink swap in
 * between is never acted on; the first read is taken as it is. Of a file that is refused the last good content stays in
 * force; of a folder that is missing or empty all of it.
 */
export function policyFolder(
  folder: string,
  format: PolicyFormat,
  monotonic = (): number => performance.now(),
): PolicySource {
  let inForce: PolicyReading | null = null;
  let seen = { revision: '', since: 0 };
  const lastGood = new Map<string, AutoscalingPolicy[]>();

  return {
    async read() {
      const content = await readFolder(folder);
      const revision = format.revisionOf(
        new Map([...content].map(([file, text]) => [basename(file), typeof text === 'string' ? text : text.why])),
      );
      if (revision !== seen.revision) seen = { revision, since: monotonic() };
      const settled = monotonic() - seen.since >= SETTLE_MS;
      if (inForce === null || (settled && revision !== inForce.revision)) {
        inForce = { ...takeUp(folder, content, format, lastGood), revision };
      }
      return inForce;
    },
  };
}

/** A file's text, or why it could not be read. */
type Content = Map<string, string | Unreadable>;
type Unreadable = { why: string };

/** Reads the folder's YAML files. Kustomize's own file and hidden ones (a ConfigMap's ..data) are not policies. */
async function readFolder(folder: string): Promise<Content> {
  const content: Content = new Map();
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    return content.set(folder, unreadable(error));
  }
  for (const name of names.toSorted()) {
    if (!/\.ya?ml$/.test(name) || name.startsWith('.') || /^kustomization\.ya?ml$/.test(name)) continue;
    const file = join(folder, name);
    content.set(file, await readPolicyFile(file).catch(unreadable));
  }
  return content;
}

/** The format refuses less; this keeps a log or a core dump out of memory. */
const MAX_BYTES = 10_000_000;

/** A pipe or a device would never end. */
async function readPolicyFile(file: string): Promise<string | Unreadable> {
  const found = await stat(file);
  if (!found.isFile()) return { why: 'it is not a regular file' };
  if (found.size > MAX_BYTES) return { why: `it has ${found.size} bytes, expected less than ${MAX_BYTES / 1e6} MB` };
  return await readFile(file, 'utf8');
}

const unreadable = (error: unknown): Unreadable => ({ why: describeError(error) });

function takeUp(
  folder: string,
  content: Content,
  format: PolicyFormat,
  lastGood: Map<string, AutoscalingPolicy[]>,
): Omit<PolicyReading, 'revision'> {
  const problems: Problem[] = [];
  const policies: AutoscalingPolicy[] = [];
  if (content.size === 0) {
    problems.push({
      place: placeOf(folder),
      message: 'the folder has no policy, expected *.yaml files: what is in force stays',
    });
  }
  for (const [file, text] of content) {
    const parsed =
      typeof text === 'string'
        ? format.parse(file, text)
        : { policies: [], problems: [{ place: placeOf(file), message: `cannot be read: ${text.why}` }] };
    problems.push(...parsed.problems);
    if (parsed.problems.length === 0) lastGood.set(file, parsed.policies);
    policies.push(...(parsed.problems.length === 0 ? parsed.policies : (lastGood.get(file) ?? [])));
  }
  const clean = problems.length === 0;
  if (clean) {
    for (const file of lastGood.keys()) if (!content.has(file)) lastGood.delete(file);
  } else {
    // A source that cannot be trusted drops nothing: files that are gone stay in force, unless their policy moved elsewhere.
    const present = new Set(policies.map(policyKey));
    const gone = [...lastGood].filter(([file]) => !content.has(file)).flatMap(([, kept]) => kept);
    policies.push(...gone.filter((policy) => !present.has(policyKey(policy))));
  }
  return { policies, problems, clean };
}

const placeOf = (file: string): Problem['place'] => ({ file, line: 1, column: 1, path: '' });
