/** Places for so many queries at once. Who waits for a read goes before who refreshes. */
export type Slots = {
  /** Waits for a place. */
  take(urgency: Urgency): Promise<void>;
  giveBack(): void;
  /** How many wait. */
  waiting(urgency: Urgency): number;
};

export type Urgency = 'read' | 'refresh';

export function createSlots(most: number): Slots {
  const queues: Record<Urgency, (() => void)[]> = { read: [], refresh: [] };
  let free = most;
  return {
    take(urgency) {
      if (free > 0) {
        free--;
        return Promise.resolve();
      }
      return new Promise((resolve) => void queues[urgency].push(resolve));
    },
    giveBack() {
      const next = queues.read.shift() ?? queues.refresh.shift();
      if (next) next();
      else free++;
    },
    waiting: (urgency) => queues[urgency].length,
  };
}
