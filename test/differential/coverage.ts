/** Counts what a run has used of what there is, and hands out what was used least: few draws leave nothing out. */
export class Coverage {
  readonly #random: () => number;
  readonly #uses = new Map<string, number>();

  constructor(random: () => number) {
    this.#random = random;
  }

  /** One of the least used, by chance. kind and the choice's name together are the key. */
  choose<T extends { name: string }>(kind: string, choices: readonly T[]): T {
    const uses = choices.map((choice) => this.#count(kind, choice));
    const least = Math.min(...uses);
    const candidates = choices.filter((_choice, index) => uses[index] === least);
    const chosen = candidates[Math.floor(this.#random() * candidates.length)];
    if (!chosen) throw new Error(`nothing to choose of ${kind}`);
    this.use(kind, chosen.name);
    return chosen;
  }

  use(kind: string, name: string): void {
    const key = `${kind}: ${name}`;
    this.#uses.set(key, (this.#uses.get(key) ?? 0) + 1);
  }

  /** Of these, what was never used. */
  unused(kind: string, choices: readonly { name: string }[]): string[] {
    return choices.filter((choice) => this.#count(kind, choice) === 0).map(({ name }) => `${kind}: ${name}`);
  }

  #count(kind: string, { name }: { name: string }): number {
    return this.#uses.get(`${kind}: ${name}`) ?? 0;
  }
}
