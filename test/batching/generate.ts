import fc from 'fast-check';

const LABELS = ['namespace', 'service', 'pod', 'node', 'zone'];
const LISTS = fc.subarray(LABELS).map((labels) => `(${labels.join(', ')})`);
const one = (...all: string[]): fc.Arbitrary<string> => fc.constantFrom(...all);
const joined = (...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((all) => all.filter((part) => part !== '').join(' '));

/** Vectors without regard to sense, of what depends on the read and of what does not; of one size, so that most have rows. */
const { vector } = fc.letrec<{ vector: string; selected: string; matching: string }>((tie) => {
  const inner = tie('vector').map((text) => `(${text})`);
  return {
    selected: fc.oneof(
      { weight: 6, arbitrary: one('m{*}', 'n{*}', 'm{*,node="n1"}', 'top{*}') },
      { weight: 1, arbitrary: one('n', 'quota', 'node_info', 'total', 'sum by (namespace) (n)', 'vector(1)') },
      { weight: 1, arbitrary: one('rate(c_total{*}[4s])', 'm{*} offset 2s', 'max_over_time(m{*}[5s:1s])') },
    ),
    matching: fc.oneof(
      { weight: 2, arbitrary: one('') },
      { weight: 3, arbitrary: joined(one('on', 'ignoring'), LISTS) },
      { weight: 1, arbitrary: joined(one('on', 'ignoring'), LISTS, one('group_left', 'group_right'), LISTS) },
    ),
    vector: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { weight: 2, arbitrary: tie('selected') },
      { weight: 3, arbitrary: joined(one('sum', 'max', 'count', 'avg'), one('by', 'without'), LISTS, inner) },
      { weight: 3, arbitrary: joined(inner, one('+', '/', '==', '>', '> bool'), tie('matching'), inner) },
      {
        weight: 2,
        arbitrary: joined(
          inner,
          one('and', 'or', 'unless'),
          one('', 'on (pod)', 'on ()', 'ignoring (zone)', 'on (namespace, pod)'),
          inner,
        ),
      },
      { weight: 1, arbitrary: joined(inner, one('* 2', '> 5', '- scalar(total)')) },
      { weight: 1, arbitrary: inner.map((text) => `label_replace(${text}, "x", "$1", "namespace", "(.*)")`) },
      { weight: 1, arbitrary: inner.map((text) => `label_replace(${text}, "node", "$1", "service", "(.*)")`) },
    ),
  };
});

/** Templates with `{*` for the matchers of the read. */
export const anyQuery: fc.Arbitrary<string> = vector;
