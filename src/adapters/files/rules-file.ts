import { readFile } from 'node:fs/promises';
import { type Place, describeError } from '../../domain/errors.ts';
import type { RulesReading, RulesSource } from '../../ports/rules-source.ts';

/** config/rules.ts, handed in: adapters know no schema. */
export type ParseRules = (file: string, text: string) => Parsed;
/** refused: the paths of rules that were refused alone; not there where nothing of the file can be used. */
type Parsed = RulesReading & { refused?: readonly string[] };

/**
 * The rules in a file, read anew at each call. What stands there is taken up when two reads in a row agree, so that a
 * half-written file is never acted on; the first read is taken as it is. A file that is gone or refused whole changes no rule;
 * in the place of a rule that is refused alone stays the one that was in force there.
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
        inForce = { content, reading: takeUp(take(), inForce?.reading ?? nothing) };
      }
      return inForce.reading;
    },
  };
}

const nothing = { rules: [], customRules: [], resourceRules: null };

function takeUp(
  { refused, ...read }: Parsed,
  before: Pick<RulesReading, 'rules' | 'customRules' | 'resourceRules'>,
): RulesReading {
  if (read.problems.length === 0) return read;
  if (refused === undefined) return { ...before, problems: read.problems };
  // In front, so that of one name the rule that stands in the file now answers.
  const stays = ({ place }: { place: Place }): boolean => refused.includes(place.path);
  return {
    ...read,
    rules: [...before.rules.filter(stays), ...read.rules],
    customRules: [...before.customRules.filter(stays), ...read.customRules],
  };
}

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
