import type { Ask, Answered } from './ask.ts';

/** A fault planted in front of a server: each must be found by whoever claims to test it. */
export type Mutant = { name: string; plant(ask: Ask): Ask };

type Item = { value: string; metricLabels?: unknown };
type List = { kind: string; items: Item[] };

/** In a list of resources the same kind stands further behind. */
const LIST = /^\{"kind":"(External)?MetricValueList"/;

/** Changes the items of a list of values; other answers pass. */
const items =
  (change: (item: Item) => Item) =>
  (ask: Ask): Ask =>
  async (asked) => {
    const answer = await ask(asked);
    if (!LIST.test(answer.text)) return answer;
    const list = JSON.parse(answer.text) as List;
    return { ...answer, text: JSON.stringify({ ...list, items: list.items.map(change) }) };
  };

const answers =
  (change: (answer: Answered) => Answered) =>
  (ask: Ask): Ask =>
  async (asked) =>
    change(await ask(asked));

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'rounds quantities to whole numbers',
    plant: items((item) => ({ ...item, value: item.value.endsWith('m') ? '1' : item.value })),
  },
  {
    name: 'leaves metricLabels out',
    plant: items(({ metricLabels: _left, ...item }) => item),
  },
  {
    name: 'answers 200 where there is no such metric',
    plant: answers((answer) => (answer.code === 404 ? { ...answer, code: 200 } : answer)),
  },
  {
    name: 'asks for the metric in another namespace',
    plant: (ask) => (asked) =>
      ask({ ...asked, path: asked.path.replace(/\/namespaces\/[^/]+\//, '/namespaces/shop/') }),
  },
  {
    name: 'sends Retry-After with errors',
    plant: answers((answer) =>
      answer.code >= 400 ? { ...answer, headers: { ...answer.headers, 'retry-after': '1' } } : answer,
    ),
  },
];
