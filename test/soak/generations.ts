/** When the rules files with the numbers 1, 2, ... were put in place; epoch milliseconds. */
export type Generations = readonly number[];

/** Whether a read may have been answered by this rules file: it was there, and no newer one should have been in force when it was asked. */
export function mayAnswer(
  generations: Generations,
  generation: number,
  { askedAt, answeredAt, withinSeconds }: { askedAt: number; answeredAt: number; withinSeconds: number },
): boolean {
  const put = generations[generation - 1];
  const newer = generations[generation];
  return put !== undefined && put <= answeredAt && (newer === undefined || newer + withinSeconds * 1000 > askedAt);
}
