import { createBatching } from '../../src/domain/batch/batching.ts';
import { splitRows } from '../../src/domain/batch/split.ts';
import type { Row } from '../../src/domain/rules/external-metric-value.ts';
import { type AskedRule, type Question, promqlOf } from '../../src/domain/rules/question.ts';
import { type Asked, aQuestion } from '../domain/batch/a-question.ts';

/** The rows of a query, or what the backend says of it. */
export type Answer = { type: 'rows'; rows: readonly Row[] } | { type: 'error'; message: string };
export type Ask = (promql: string) => Promise<Answer>;

/** together: how many questions shared a query. alone: of the others, why. */
export type Compared = { together: number; alone: readonly string[]; differences: readonly string[] };

/** An instant query at one time, so that whoever asks later is told the same. time: epoch seconds. */
export function asking(url: string, time: number): Ask {
  return async (query) => {
    const body = new URLSearchParams({ query, time: String(time) });
    const response = await fetch(`${url}/api/v1/query`, { method: 'POST', body, signal: AbortSignal.timeout(10_000) });
    const answer = (await response.json()) as {
      status: string;
      error?: string;
      data?: { resultType: string; result: unknown };
    };
    if (answer.status !== 'success' || !answer.data) return { type: 'error', message: answer.error ?? '' };
    const { resultType, result } = answer.data;
    if (resultType === 'scalar') return { type: 'rows', rows: [rowOf(null, result as [number, string])] };
    const vector = result as { metric: Record<string, string>; value: [number, string] }[];
    return { type: 'rows', rows: vector.map(({ metric, value }) => rowOf(metric, value)) };
  };
}

const rowOf = (labels: Row['labels'], [timestamp, value]: [number, string]): Row => ({
  labels,
  timestamp,
  value: Number(value.replace('Inf', 'Infinity')),
});

/** Asks each read singly and with the others, and says where that makes a difference. */
export async function compare(rule: AskedRule, reads: readonly Asked[], ask: Ask): Promise<Compared> {
  const batching = createBatching();
  const questions = reads.map((read) => aQuestion(rule, read));
  const groups = new Map<string, Question[]>();
  const alone: string[] = [];
  for (const question of questions) {
    const asked = batching.askingOf(question);
    if (asked.type === 'alone') alone.push(asked.why);
    else groups.set(asked.group, [...(groups.get(asked.group) ?? []), question]);
  }
  const batches = [...groups.values()].flatMap((group) => batching.batchesOf(group, { maxBytes: 16_384 }));
  const differences: string[] = [];
  for (const batch of batches) {
    const answer = await ask(batch.promql);
    const singles = await Promise.all(batch.questions.map((question) => ask(promqlOf(question))));
    const failed = singles.find(({ type }) => type === 'error');
    if (answer.type === 'error') {
      // it is asked again in halves then; that only helps where it is one question's fault
      if (!failed) differences.push(`${batch.promql} fails, though singly all work: ${answer.message}`);
      continue;
    }
    const { rows, strays } = splitRows(batch, answer.rows);
    if (strays > 0) differences.push(`${batch.promql} has ${strays} strays`);
    batch.questions.forEach((question, index) => {
      const single = singles[index]!;
      const texts = (all: readonly Row[]): string[] => all.filter((row) => isAskedFor(question, row)).map(textOf);
      const expected = single.type === 'error' ? [single.message] : texts(single.rows);
      const own = texts(rows.get(question) ?? []);
      if (JSON.stringify(own.toSorted()) !== JSON.stringify(expected.toSorted()))
        differences.push(`${promqlOf(question)} is ${expected.join(' ')}, but ${own.join(' ')} of ${batch.promql}`);
    });
  }
  return { together: questions.length - alone.length, alone, differences };
}

/** Rows find their objects in memory. */
function isAskedFor({ objects }: Question, { labels }: Row): boolean {
  return objects === null || objects.names.includes(labels?.[objects.label] ?? '');
}

/** A row, to be compared with another. */
export function textOf({ labels, timestamp, value }: Row): string {
  const sorted = labels && Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1));
  // the order in which numbers are added up may differ in the last digit
  return JSON.stringify([sorted, timestamp, Number.isFinite(value) ? value.toPrecision(13) : String(value)]);
}
