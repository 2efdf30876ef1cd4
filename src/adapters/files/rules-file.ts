import { readFile } from 'node:fs/promises';
import { describeError } from '../../domain/errors.ts';
import type { RulesReading, RulesSource } from '../../ports/rules-source.ts';

/** config/rules.ts, handed in: adapters know no schema. */
export type ParseRules = (file: string, text: string) => RulesReading;

/**
 * The rules in a file, read anew at each call. What stands there is taken up when two reads in a row agree, so that a
 * half-written file is never acted on; the first read is taken as it is. A file that is gone or refused changes no rule.
 */
export function rulesFile(file: string, parse: ParseRules): RulesSource {
  let inForce: { content: string; reading: RulesReading } | null = null;
  let lastSeen: string | null = null;

  return {
    async read() {
      const { content, take } = await look(file, parse);
      const settled = inForce === null || content === lastSeen;
      lastSeen = content;
      if (inForce === null || (settled && content !== inForce.content)) {
        const read = take();
        const good = read.problems.length > 0 ? (inForce?.reading ?? nothing) : read;
        inForce = { content, reading: { ...good, problems: read.problems } };
      }
      return inForce.reading;
    },
  };
}

const nothing = { rules: [], customRules: [], resourceRules: null };

/** What stands there, comparable as text, and how to make rules of it. */
async function look(file: string, parse: ParseRules): Promise<{ content: string; take: () => ReturnType<ParseRules> }> {
  try {
    const text = await readFile(file, 'utf8');
    return { content: `read ${text}`, take: () => parse(file, text) };
  } catch (error) {
    const message = `cannot be read: ${describeError(error)}`;
    const problem = { place: { file, line: 1, column: 1, path: '' }, message };
    return { content: `failed ${message}`, take: () => ({ ...nothing, problems: [problem] }) };
  }
}
